== from a file: longs pay shorts, each share rounds towards zero, and the rest is kept apart
funding   file
alice     long 10 @ 1_000
bob       short 5 @ 1_000
carol     short 5 @ 1_000
rate      0.01%                      # 1, and a half to each of the others
  > funding 0.01% mark 1_000
  > paid alice 1
  = rounding 1
rate      -0.03%                     # 3, and 1.5 from each of the others
  > funding -0.03% mark 1_000
  > paid alice -3
  > paid bob 1
  > paid carol 1
  = rounding 0
tick      1_100
  > tick 1_100
  > draws bob 5                      # 500 of loss, and 550 less 55 kept
  > draws carol 5
rate      0.1%                       # at the mark: 11 and 5.5
  > funding 0.1% mark 1_100
  > paid alice 11
  > paid bob -5
  > paid carol -5
  = rounding 1

== the outside market takes part and is not told; without positions nothing is
funding   file
tick      1_000
rate      0.01%
alice     long 10 @ 1_000
outside   short 10 @ 1_000
rate      0.01%
  > funding 0.01% mark 1_000
  > paid alice 1
  = rounding 0
  = wallet outside 1

== an isolated position pays from its own margin, below zero if need be
funding   file
dave      wallet 2_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
rate      1%
  > funding 1% mark 1_000
  > paid dave 100
  = margin dave 900
  = wallet dave 1_000
tick      1_500
rate      10%
  > funding 10% mark 1_500
  > paid dave 1_500
  = margin dave -600                 # and its equity is 4_400
tick      1_100                      # 400 against 110
dave      sells 1
  > accepted dave/1 sell 1 @ 1_045
  > cancelled dave/1 1 immediate_or_cancel

== funding alone can liquidate
funding   file
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 996
rate      9.5%
  > funding 9.5% mark 1_000
  > paid bob -950
  > paid dave 950
  > breach dave:BTC long 10 mark 1_000 equity 50 maintenance 100 bankruptcy 995 cause funding
  > filled carol/1 buy 10 @ 996 maker liquidation position 10
  > close dave 10 @ 996
  > residue dave 10 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 996

== from the premium: the average over the interval, pulled to the interest
funding   premium every 3_600
rules     sample_interval_us 60_000_000
quote     10 @ 999  10 @ 1_001
alice     long 10 @ 1_000
bob       short 10 @ 1_000
index     999                        # the mid is 1 of 999 above it: 0.1001 %, less 0.05 %
at        09:59:59
alice     deposits 1
  > deposited alice 1 wallet 1_000_001
at        10:00:00
tick      1_000
  > funding 0.0501% mark 1_000
  > paid alice 5
  > paid bob -5
at        10:30:00                   # the sample of this instant still has the old premium
index     1_000
at        11:00:00                   # on average 0.05005 %, less 0.04005 %: the interest
mallory   buys 1
  > funding 0.01% mark 1_000
  > paid alice 1
  > paid bob -1
  > refused mallory unknown_account
at        11:00:00
tick      1_000

== each missed settlement is made good by itself
funding   premium every 3_600
quote     10 @ 999  10 @ 1_001
alice     long 10 @ 1_000
bob       short 10 @ 1_000
at        12:30:00
tick      1_000
  > funding 0.01% mark 1_000 at_us 1_704_103_200_000_000
  > paid alice 1
  > paid bob -1
  > funding 0.01% mark 1_000 at_us 1_704_106_800_000_000
  > paid alice 1
  > paid bob -1
  > funding 0.01% mark 1_000 at_us 1_704_110_400_000_000
  > paid alice 1
  > paid bob -1

== the rate is capped on both sides
funding   premium every 3_600 interest 0.01% clamp 0.05% cap 0.75%
quote     10 @ 999  10 @ 1_001
alice     long 10 @ 1_000
bob       short 10 @ 1_000
index     900
at        10:00:00
index     1_100
  > funding 0.75% mark 1_000
  > paid alice 75
  > paid bob -75
at        11:00:00
tick      1_000
  > funding -0.75% mark 1_000
  > paid alice -75
  > paid bob 75

== without a sample only the interest counts, at most the clamp
funding   premium every 3_600 interest 0.2%
rules     sample_interval_us 10_800_000_000
quote     10 @ 999  10 @ 1_001
alice     long 10 @ 1_000
bob       short 10 @ 1_000
index     900
at        10:00:00                   # the first sample is due at 12
tick      1_000
  > funding 0.05% mark 1_000
  > paid alice 5
  > paid bob -5

== due at one instant: contracts by name, each with its own liquidations before the next
funding   premium every 3_600 cap 10%
funding   ETH premium every 3_600 cap 10%
quote     ETH 0 @ 999  0 @ 1_001
quote     10 @ 999  10 @ 1_001
alice     wallet 2_020
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
carol     long 1 ETH @ 1_000
bob       short 10 @ 1_000
bob       short 11 ETH @ 1_000
index     920                        # 80 / 920 = 8.69565 %, less 0.05 %
alice     withdraws 20
  > withdrawn alice 20 wallet 2_000
tick      ETH 898
  > tick ETH 898
  > draws alice ETH 212              # 1_020 of loss, and 898 less 90 kept
  > draws carol ETH 22
at        10:00:00
tick      ETH 898
  > funding 8.645652% mark 1_000
  > paid alice 864
  > paid bob -864
  > breach alice ETH long 10 mark 898 equity 116 maintenance 190 bankruptcy 893
  > deleverage bob buy 10 ETH for 8_926 realized 1_074         # 116 x 90 / 190 = 54 of it
  > ended alice ETH 0 equity 62 maintenance 100
  > breach alice long 10 mark 1_000 equity 62 maintenance 100 bankruptcy 994
  > close alice 10 @ 999
  > residue alice 52 to fund
  > ended alice 0 equity 0 maintenance 0
  > mark 999
  > funding ETH 0.01% mark 898

== an interval pays a part of the average premium: 1/24 of 0.1 % here
funding   premium every 3_600 divisor 24 interest 0% clamp 0%
rules     sample_interval_us 1_800_000_000
alice     wallet 200_000
bob       wallet 200_000
alice     long 100 @ 1_000
bob       short 100 @ 1_000
quote     10 @ 1_000  10 @ 1_002
at        10:15:00
index     1_000
  > funding 0% mark 1_000
at        11:00:00
tick      1_000
  > funding 0.004167% mark 1_000
  > paid alice 4
  > paid bob -4

== what is clamped is the part, and interest and clamp are not divided
funding   premium every 3_600 divisor 24 interest 0.01% clamp 0.05%
rules     sample_interval_us 1_800_000_000
alice     wallet 200_000
bob       wallet 200_000
alice     long 100 @ 1_000
bob       short 100 @ 1_000
quote     10 @ 1_000  10 @ 1_002
at        10:15:00
index     1_000
  > funding 0.01% mark 1_000
  > paid alice 10
  > paid bob -10
at        11:00:00
tick      1_000
  > funding 0.01% mark 1_000           # 0.004167 % + (0.01 % - that)
  > paid alice 10
  > paid bob -10
