== the mark is the last price: a trade of ours moves it at once
alice     wallet 1_000
tick      1_000
carol     asks 1 @ 1_004
alice     buys 1
  > accepted alice/1 buy 1 @ 1_050
  > filled carol/1 sell 1 @ 1_004 maker position -1
  > filled alice/1 buy 1 @ 1_004 taker position 1
  > mark 1_004 last 1_004 index 1_000
tick      1_000                      # the file's own trade moves it back, and is not told

== a median mark hardly moves when only the last price falls
rules     mark median sample_interval_us 60_000_000 sample_count 2
depth     0%:0 half_life 86_400_000    # what is taken stays away
quote     10 @ 999  10 @ 1_001
  = mark 1_000
carol     bids 20 @ 980
bob       wallet 10_000
bob       sells 12
  > accepted bob/1 sell 12 @ 950
  > filled bob/1 sell 10 @ 999 taker outside position -10
  > filled carol/1 buy 2 @ 980 maker position 2
  > filled bob/1 sell 2 @ 980 taker position -12
  = last 980
  = index 1_000
  = mark 1_000
at        09:01:00                   # the mid is 990.5, 9.5 below: rounded to the even 10
carol     buys 1 @ 970
  > accepted carol/2 buy 1 @ 970
  > mark 990
at        09:02:00
carol     cancels 2
  > cancelled carol/2 1 cancelled
at        09:03:00                   # 1_010, 1_010 - 10, 980
index     1_010
  = mark 1_000
at        09:04:00                   # the samples are 9.5 and 19.5 below: 14.5, to the even 14
index     1_010
  = mark 996
at        09:05:00                   # the oldest one has gone: 1_020 - 20
index     1_020
  = mark 1_000

== the index feels our own displacement as far as the venue says
rules     mark median index_feedback_ppm 500_000
quote     10 @ 999  10 @ 1_001
carol     bids 20 @ 980
bob       wallet 10_000
bob       sells 12
  > accepted bob/1 sell 12 @ 950
  > filled bob/1 sell 10 @ 999 taker outside position -10
  > filled carol/1 buy 2 @ 980 maker position 2
  > filled bob/1 sell 2 @ 980 taker position -12
  > mark 995 last 980 index 995        # the mid is 9.5 lower: half of it

== at full feedback the venue is its own index
rules     mark median index_feedback_ppm 1_000_000
quote     10 @ 999  10 @ 1_001
carol     bids 20 @ 980
bob       wallet 10_000
bob       sells 12
  > accepted bob/1 sell 12 @ 950
  > filled bob/1 sell 10 @ 999 taker outside position -10
  > filled carol/1 buy 2 @ 980 maker position 2
  > filled bob/1 sell 2 @ 980 taker position -12
  > mark 990 last 980 index 990        # 990.5, to the even one

== an empty side is no displacement, and feedback is added to the file's index
rules     mark median index_feedback_ppm 1_000_000
quote     10 @ 999  10 @ 1_001
index     1_010
  = index 1_010
  = mark 1_010
bob       wallet 10_000
bob       sells 10                   # 1_010 x 0.95 = 959.5
  > accepted bob/1 sell 10 @ 960
  > filled bob/1 sell 10 @ 999 taker outside position -10
  = index 1_010
  = last 999
  = mark 1_010
carol     wallet 1_000
carol     buys 1 @ 991               # mid 996, 4 below the reference
  > accepted carol/1 buy 1 @ 991
  > mark 1_006
tick      1_000
  = index 1_006

== an index that came before the first price counts from then on
rules     mark median
index     1_010
quote     0 @ 999  0 @ 1_001
  = index 1_010
  = mark 1_010

== funding that is still to come is in the median mark
rules     mark median
funding   file every 3_600
quote     0 @ 999  0 @ 1_001
rate      2%                         # nobody holds anything: nothing is said
tick      1_030                      # 1_000 + 2 %, 1_000, 1_030
  = mark 1_020
at        09:30:00                   # half of it
tick      1_030
  = mark 1_010
at        10:00:00                   # a whole interval is to come again
tick      1_030
  = mark 1_020

== an index or a mark is at least 1
rules     mark median index_feedback_ppm 1_000_000
quote     0 @ 99  0 @ 101
carol     bids 1 @ 5
carol     asks 1 @ 104
index     1                          # 91 below zero
  = index 1
  = mark 1

== trades of ours move prices once, at the end of the command
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
carol     bids 1 @ 950
carol     bids 1 @ 970
bob       sells 2 @ 950
  > accepted bob/1 sell 2 @ 950
  > filled carol/2 buy 1 @ 970 maker position 1
  > filled bob/1 sell 1 @ 970 taker position -11
  > filled carol/1 buy 1 @ 950 maker position 2
  > filled bob/1 sell 1 @ 950 taker position -12
  > mark 950

== the mark of a file is the mark, until then it is the index
rules     mark file
quote     10 @ 999  10 @ 1_001
index     1_010
  = mark 1_010
mark      1_004
  = mark 1_004
index     1_020                      # nor does the index move it any more, nor a trade
tick      900
  = mark 1_004
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
mark      905
  > tick 1_000
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > close alice 10 @ 999             # the market never fell: 10 are lost, 990 left
  > residue alice 990 to fund
  > ended alice 0 equity 0 maintenance 0

== a mark from a file is no business of a venue that makes its own
tick      1_000
mark      500
  = mark 1_000

== the mark of index and average basis is moved by neither last nor funding
rules     mark index_mean sample_interval_us 60_000_000 sample_count 2
index     1_000
quote     10 @ 1_005  10 @ 1_007
  = mark 1_000                       # no sample yet
at        09:01:00
tick      1_100                      # the sample of 09:01 is the basis before it: 6
  = mark 1_006
quote     10 @ 1_009  10 @ 1_012
at        09:02:00                   # 6 and 10.5: 8.25
index     1_000
  = mark 1_008
at        09:03:00                   # 10.5 twice, to the even 10
index     1_000
  = mark 1_010

== impact prices walk as far as their money goes, and their basis is averaged
# An order for 10_000 buys 4 at 1_002 and, for the 5_992 left, 6 of the asks at 1_012: 10_080 for
# 10, 1_008 on average. It sells 10 at 998, 9_980, and one at 988 for the 20 left: 10_968 for 11,
# 997.09, twice 1_994 in whole units. The middle, twice, is 4_010 / 2 = 2_005: 2.5 above the index.
rules     mark impact_ema sample_interval_us 1_000_000 sample_count 3
contract  impact 10_000
book      10 @ 998  4 @ 1_002
book      5 @ 988  10 @ 1_012
index     1_000
  = mark 1_000
at        09:00:01                   # the first sample starts the average: 2.5, to the even 2
index     1_000
  = mark 1_002
index     1_010                      # 15 below twice the index now, and the average is still 5
  = mark 1_012
at        09:00:02                   # half of the way from 5 to -15: -5, -2.5 to the even -2
index     1_010
  = mark 1_008

== where a side is empty there is no impact basis, and a small order has the best prices
rules     mark impact_ema sample_interval_us 1_000_000 sample_count 1
book      3 @ 998  0 @ 1_002
index     1_000
at        09:00:01
index     1_000
  = mark 1_000                       # nothing is asked
book      0 @ 997  5 @ 1_008
at        09:00:02                   # the middle is 3 above
index     1_000
  = mark 1_003

== margin may be valued at the last price, while funding goes by the mark
rules     mark file trigger_price last
funding   file
tick      1_000
mark      1_000
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
mark      905                        # nobody is valued at it
  = mark 1_000
  = venue_mark 905
rate      1%
  > funding 1% mark 905
  > paid alice 90
  > paid bob -90
carol     wallet 1_000
carol     buys 1 @ 960
  > refused carol price_band
tick      915
  > tick 915
  > breach alice long 10 mark 915 equity 60 maintenance 92 bankruptcy 909
  > deleverage bob buy 10 for 9_090 realized 910
  > ended alice 0 equity 0 maintenance 0

== margin may be valued at the index
rules     mark last trigger_price index
index     1_000
quote     0 @ 999  0 @ 1_001
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      800                        # the last price is the mark, and liquidates nobody
  = mark 1_000
  = venue_mark 800
index     905
  > tick 800
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== sources of an index are weighed, and one that is far off does not count
rules     mark file
sources   near:2 far:1 wild:1 off 5%
tick      1_000
index     1_000 of near              # alone
  = index 1_000
index     1_010 of far               # two against one
  = index 1_000
index     1_100 of wild              # the median is half way between 1_000 and 1_010
  > tick 1_000
  > source wild outlier 1_100
  = index 1_000
index     1_060 of near              # now wild is 3.8 % off, and far 4.7 %
  > tick 1_000
  > source wild live 1_100
  = index 1_060
index     1_000 of nobody
  > refused IndexTick unknown_source

== where all sources are off, their median is the index
rules     mark file
sources   one:1 two:1 off 5%
tick      1_000
index     1_000 of one
index     1_201 of two               # the middle, 1_100.5, is to the even 1_100
  > tick 1_000
  > source one outlier 1_000
  > source two outlier 1_201
  = index 1_100

== a liquidation waits while nobody tells the index
rules     mark last trigger_price mark
sources   near:1 silent 10
tick      1_000
index     1_000 of near
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
at        09:00:10                   # ten seconds are too long
tick      900
  > source near stale 1_000
  > index stale yes
  > tick 900
  > waits alice stale_index
tick      899
alice     withdraws 1
  > refused alice insufficient_margin
at        09:00:11
index     1_000 of near
  > tick 899
  > source near live 1_000
  > index stale no
  > breach alice long 10 mark 899 equity -10 maintenance 90 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== who waits may be healthy again before the index is
rules     mark last default_mode isolated
sources   silent 10
tick      1_000
index     1_000
alice     wallet 2_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
at        09:01:00
tick      905
  > source stale 1_000
  > index stale yes
  > tick 905
  > waits alice:BTC stale_index
alice     adds 500
  > added alice 500 margin 1_500
tick      900
index     1_000
  > tick 900
  > source live 1_000
  > index stale no

== sources of an index are judged before there is a price
sources   near:1 wild:1 calm:1 off 5% silent 10
index     1_000 of near
index     1_000 of calm
index     2_000 of wild
  > source wild outlier 2_000
alice     wallet 1_000
at        09:00:10
alice     deposits 1
  > source calm stale 1_000
  > source near stale 1_000
  > source wild stale 2_000
  > index stale yes
  > deposited alice 1 wallet 1_001
