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
