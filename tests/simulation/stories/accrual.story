== late samples of the premium count most
funding   premium every 3_600 late interest 0% clamp 0%
rules     sample_interval_us 1_800_000_000
quote     10 @ 999  10 @ 1_001
alice     long 10 @ 1_000
bob       short 10 @ 1_000
at        10:30:00                   # the 1st sample has no premium
index     997
  > funding 0% mark 1_000
at        10:59:59
index     998                        # the 2nd has 2 of 998, 0.2004 %: it counts twice
at        11:00:00
tick      1_000
  > funding 0.133601% mark 1_000
  > paid alice 13
  > paid bob -13

== a rate at the cap makes the interval the shortest, and calm ones make it long again
funding   premium every 7_200 cap 0.01% at_cap shortest least 3_600 calm 2 interest 0% clamp 0%
rules     sample_interval_us 1_800_000_000
quote     10 @ 999  10 @ 1_001
index     900
at        10:10:00
index     1_000
  > interval 3_600_000_000
at        11:59:59                   # one calm one
tick      1_000
at        12:00:00
tick      1_000
  > interval 7_200_000_000
at        18:00:00
tick      1_000

== a rate at the cap halves the interval, and calm ones double it
funding   premium every 14_400 cap 0.01% at_cap halves least 3_600 calm 1 interest 0% clamp 0%
rules     sample_interval_us 1_800_000_000
quote     10 @ 999  10 @ 1_001
index     900
at        15:00:00
index     1_000
  > interval 7_200_000_000 at_us 1_704_110_400_000_000
  > interval 3_600_000_000 at_us 1_704_117_600_000_000
at        23:00:00
tick      1_000
  > interval 7_200_000_000
  > interval 14_400_000_000

== where the interval stays short, calm does not change it
funding   premium every 7_200 cap 0.01% at_cap shortest least 3_600 interest 0% clamp 0%
rules     sample_interval_us 1_800_000_000
quote     10 @ 999  10 @ 1_001
index     900
at        10:10:00
index     1_000
  > interval 3_600_000_000
at        23:00:00
tick      1_000

== funding accrues at the rate of the interval before, and is paid at its end
funding   premium every 3_600 accrues interest 1% clamp 1% cap 1%
quote     10 @ 999  10 @ 1_001
alice     long 10 @ 1_000
bob       short 5 @ 1_000
dave      wallet 2_000
dave      short 5 @ 1_000 isolated 10x
at        10:00:00
tick      1_000
  > rate 1% mark 1_000
at        10:30:00                   # half of 1 % of 10_000 for alice
alice     withdraws 998_951          # 1_000 are tied up and 50 owed
  > refused alice insufficient_margin
alice     withdraws 998_950
  > withdrawn alice 998_950 wallet 1_050
alice     sells 5 @ 999 ioc
  > accepted alice/1 sell 5 @ 999
  > paid alice 50
  > filled alice/1 sell 5 @ 999 taker outside position 5 realized -5
  > mark 999
at        11:00:00
tick      1_000
  > funding 1% mark 1_000
  > paid alice 25
  > paid bob -50
  > paid dave -50
  > rate 1% mark 999

== it is paid before a position changes, and before its margin does
funding   premium every 3_600 accrues interest 1% clamp 1% cap 1%
margin    leverage_with_position reset
quote     10 @ 999  10 @ 1_001
dave      wallet 2_000
dave      long 10 @ 1_000 isolated 10x
bob       short 10 @ 1_000
at        10:00:00
tick      1_000
  > rate 1% mark 1_000
at        10:15:00
dave      adds 100
  > paid dave 25
  > added dave 100 margin 1_075
at        10:30:00
dave      removes 10
  > paid dave 25
  > removed dave 10 margin 1_040
at        10:45:00
dave      crosses
  > paid dave 25
  > mode dave cross margin 0
at        10:50:00
dave      isolates
  > paid dave 8
  > mode dave isolated margin 1_000
at        10:54:00
dave      sets 8x
  > leverage dave 8x
  > paid dave 6
  > added dave 250 margin 1_244 leverage
at        10:55:00
dave      sells 10 @ 999 ioc
  > accepted dave/1 sell 10 @ 999
  > paid dave 1
  > filled dave/1 sell 10 @ 999 taker outside position 0 realized -10
  > mark 999
at        11:00:00
tick      1_000
  > funding 1% mark 1_000
  > paid bob -100
  > rate 1% mark 999

== time alone brings a breach, which is looked at before the next command, even a refused one
funding   premium every 3_600 accrues interest 1% clamp 1% cap 1%
quote     10 @ 999  10 @ 1_001
dave      wallet 200
dave      long 10 @ 1_000 isolated 50x
bob       short 10 @ 1_000
at        10:00:00
tick      999
  > rate 1% mark 1_000
at        10:30:00
mallory   buys 1
  > refused mallory unknown_account
at        10:59:00                   # 190, less 98 that are owed
mallory   buys 1
  > paid dave 98
  > breach dave:BTC long 10 mark 999 equity 92 maintenance 100 bankruptcy 990 cause paid
  > close dave 10 @ 999
  > residue dave 92 to fund
  > ended dave 0 equity 0 maintenance 0
  > refused mallory unknown_account

== interest on what a position is worth beyond its margin
funding   none lends 1% lends_every 3_600
dave      wallet 1_100
dave      long 10 @ 1_000 isolated 10x
alice     wallet 1_500
alice     short 10 @ 1_000 cross 10x
carol     wallet 1_000
carol     long 1 @ 1_000 isolated 1x
bob       short 1 @ 1_000
at        10:00:00
tick      1_000
  > interest alice 90 on 9_000
  > interest bob 9 on 900
  > interest dave 90 on 9_000
  = margin dave 910
  = wallet alice 1_410
  = fees 189

== a fund that holds a position pays no interest for it
closing   takeover inventory,adl
funding   premium every 28_800 interest 0% clamp 0% lends 1% lends_every 3_600
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      905
  > tick 905
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10 insurance_fund -50
  > ended alice 0 equity 0 maintenance 0
at        11:00:00                   # interest of two hours
tick      905
  > interest bob 81 on 8_145
  > interest bob 81 on 8_145
