== the outside market has levels, and an end
# touch 999 and 1_001; asks: 10_500 / 1_001 = 10 lots, 20_300 / 1_012 = 20 lots 1 % away,
# 30_700 / 1_022 = 30 lots 2 % away; bids: 10 at 999, 20 at 989, 31 at 979
depth     0%:10_500 1%:30_800 2%:61_500
tick      1_000
alice     wallet 1_000_000
alice     buys 35
  > accepted alice/1 buy 35 @ 1_050
  > filled alice/1 buy 10 @ 1_001 taker outside position 10
  > filled alice/1 buy 20 @ 1_012 taker outside position 30
  > filled alice/1 buy 5 @ 1_022 taker outside position 35
  > mark 1_022
alice     buys 35
  > accepted alice/2 buy 35 @ 1_073
  > filled alice/2 buy 25 @ 1_022 taker outside position 60
  > cancelled alice/2 10 immediate_or_cancel
alice     sells 62
  > accepted alice/3 sell 62 @ 971
  > filled alice/3 sell 10 @ 999 taker outside position 50 realized -161    # 60 cost 60_910
  > filled alice/3 sell 20 @ 989 taker outside position 30 realized -523
  > filled alice/3 sell 31 @ 979 taker outside position -1 realized -1_086
  > cancelled alice/3 1 immediate_or_cancel
  > mark 979

== what was taken is missing, and half of it is back after the half-life
depth     0%:10_500 1%:30_800 2%:61_500 half_life 60
tick      1_000
alice     wallet 1_000_000
alice     buys 60
  > accepted alice/1 buy 60 @ 1_050
  > filled alice/1 buy 10 @ 1_001 taker outside position 10
  > filled alice/1 buy 20 @ 1_012 taker outside position 30
  > filled alice/1 buy 30 @ 1_022 taker outside position 60
  > mark 1_022
alice     buys 1
  > accepted alice/2 buy 1 @ 1_073
  > cancelled alice/2 1 immediate_or_cancel
at        09:01:00
alice     buys 31
  > accepted alice/3 buy 31 @ 1_073
  > filled alice/3 buy 5 @ 1_001 taker outside position 65
  > filled alice/3 buy 10 @ 1_012 taker outside position 75
  > filled alice/3 buy 15 @ 1_022 taker outside position 90
  > cancelled alice/3 1 immediate_or_cancel
at        09:01:30                   # 10, 20 and 30 missing: a quarter is back after half of it
alice     buys 15
  > accepted alice/4 buy 15 @ 1_073
  > filled alice/4 buy 2 @ 1_001 taker outside position 92
  > filled alice/4 buy 5 @ 1_012 taker outside position 97
  > filled alice/4 buy 7 @ 1_022 taker outside position 104
  > cancelled alice/4 1 immediate_or_cancel
at        10:01:30                   # an hour is 60 halvings: all is back
alice     buys 61
  > accepted alice/5 buy 61 @ 1_073
  > filled alice/5 buy 10 @ 1_001 taker outside position 114
  > filled alice/5 buy 20 @ 1_012 taker outside position 134
  > filled alice/5 buy 30 @ 1_022 taker outside position 164
  > cancelled alice/5 1 immediate_or_cancel

== a quarter of the depth in a crash, and levels that move with the touch
# 10_500 / 4 = 2_625: 2 lots of 1_001; (7_700 - 2_625) = 5_075: 5 lots of 1_012
depth     0%:10_500 1%:30_800 scale 25%
tick      1_000
alice     wallet 1_000_000
alice     buys 8
  > accepted alice/1 buy 8 @ 1_050
  > filled alice/1 buy 2 @ 1_001 taker outside position 2
  > filled alice/1 buy 5 @ 1_012 taker outside position 7
  > cancelled alice/1 1 immediate_or_cancel
  > mark 1_012
tick      400                        # touch 399 and 401: 6 lots less 2, and 12 of 406 less 5
  > tick 400
  > draws alice 4_010                # 7 lots cost 7_062 and are worth 2_800; 280 less 28 kept
alice     buys 12
  > accepted alice/2 buy 12 @ 420
  > filled alice/2 buy 4 @ 401 taker outside position 11
  > filled alice/2 buy 7 @ 406 taker outside position 18    # 401 x 1.01 = 405.01
  > cancelled alice/2 1 immediate_or_cancel
  > mark 406

== a band in steps, a spread in percent, and prices on the grid
# half of 1 % of 1_000 is 5: touch 990 and 1_010; 2 steps of (30_800 - 10_500) / 2 = 10_150 each
# asks: 1_010 x 1.005 = 1_015.05 -> 1_020 and 1_010 x 1.01 = 1_020.1 -> 1_030: 9 lots each
# bids: 990 x 0.995 = 985.05 -> 980 and 990 x 0.99 = 980.1 -> 980: 10 lots each
contract  tick 10
depth     0%:10_500 1%:30_800 steps 2 spread 0.5%
tick      1_000
alice     wallet 1_000_000
alice     buys 29
  > accepted alice/1 buy 29 @ 1_050
  > filled alice/1 buy 10 @ 1_010 taker outside position 10
  > filled alice/1 buy 9 @ 1_020 taker outside position 19
  > filled alice/1 buy 9 @ 1_030 taker outside position 28
  > cancelled alice/1 1 immediate_or_cancel
  > mark 1_030
alice     sells 1
  > accepted alice/2 sell 1 @ 980
  > filled alice/2 sell 1 @ 990 taker outside position 27 realized -29   # 28 cost 28_550
  > mark 990
alice     sells 29 @ 980
  > accepted alice/3 sell 29 @ 980
  > filled alice/3 sell 9 @ 990 taker outside position 18 realized -267  # 27 cost 27_531
  > filled alice/3 sell 10 @ 980 taker outside position 8 realized -396  # 18 cost 18_354
  > filled alice/3 sell 10 @ 980 taker outside position -2 realized -318 # and 8 cost 8_158
  > mark 980

== where prices end, levels do
contract  price_max 1_012
depth     0%:10_500 1%:30_800 2%:61_500 100%:100_000
tick      1_000
alice     wallet 1_000_000
alice     buys 40
  > accepted alice/1 buy 40 @ 1_012
  > filled alice/1 buy 10 @ 1_001 taker outside position 10
  > filled alice/1 buy 20 @ 1_012 taker outside position 30
  > cancelled alice/1 10 immediate_or_cancel
  > mark 1_012
alice     sells 100 @ 975            # the last level would be at 0
  > accepted alice/2 sell 100 @ 975
  > filled alice/2 sell 10 @ 999 taker outside position 20 realized -93   # 30 cost 30_250
  > filled alice/2 sell 20 @ 989 taker outside position 0 realized -387
  > filled alice/2 sell 31 @ 979 taker outside position -31
  > mark 979

== a touch is at least one tick
tick      1                          # 1 - 1 would be 0
alice     wallet 1_000
alice     buys 5 @ 1
  > accepted alice/1 buy 5 @ 1
tick      1                          # the bid is 1, the ask 2, and no trade was below 1
quote     5 @ 1  5 @ 2
alice     sells 2
  > accepted alice/2 sell 2 @ 1
  > filled alice/2 sell 2 @ 1 taker outside position -2
  > draws alice 1                    # 0.2 of initial margin is 0, 0.02 of maintenance is 1

== the outside level stands before the resting order of its price
quote     5 @ 99  5 @ 101
carol     bids 5 @ 99
carol     asks 5 @ 101
alice     wallet 1_000
alice     sells 7
  > accepted alice/1 sell 7 @ 95
  > filled alice/1 sell 5 @ 99 taker outside position -5
  > filled carol/1 buy 2 @ 99 maker position 2
  > filled alice/1 sell 2 @ 99 taker position -7
  > mark 99

== a replayed trade fills what it passes, not what it touches
tick      1_000
alice     wallet 1_000
alice     buys 5 @ 995
  > accepted alice/1 buy 5 @ 995
alice     buys 4 @ 994
  > accepted alice/2 buy 4 @ 994
bob       sells 5 @ 1_005
  > refused bob unknown_account
bob       wallet 1_000
bob       sells 5 @ 1_005
  > accepted bob/2 sell 5 @ 1_005
tick      995                        # touch 994 and 996
tick      994                        # touch 993 and 995
  > tick 994
  > filled alice/1 buy 5 @ 995 maker outside position 5
  = position outside -5
tick      980                        # far below: the fill is at her own limit
  > tick 980
  > filled alice/2 buy 4 @ 994 maker outside position 9
tick      1_005
tick      1_006
  > tick 1_006
  > filled bob/2 sell 5 @ 1_005 maker outside position -5

== the best price goes first, then time, and bids before asks
tick      1_000
alice     wallet 10_000
alice     buys 1 @ 994
  > accepted alice/1 buy 1 @ 994
carol     bids 1 @ 995 as early
alice     buys 1 @ 995
  > accepted alice/2 buy 1 @ 995
quote     0 @ 980  0 @ 990
  > tick 1_000
  > filled carol/early buy 1 @ 995 maker outside position 1
  > filled alice/2 buy 1 @ 995 maker outside position 1
  > filled alice/1 buy 1 @ 994 maker outside position 2

== a replayed quote fills what it reaches; trades then move only the last price
quote     5 @ 990  5 @ 1_000
alice     wallet 10_000
alice     buys 3 @ 995
  > accepted alice/1 buy 3 @ 995
alice     buys 3 @ 993
  > accepted alice/2 buy 3 @ 993
bob       wallet 10_000
bob       sells 3 @ 997
  > accepted bob/1 sell 3 @ 997
quote     5 @ 990  5 @ 995
  > tick 995                         # the first quote's mid
  > filled alice/1 buy 3 @ 995 maker outside position 3
quote     5 @ 990  5 @ 1_000
tick      993
tick      992
  > tick 992 bid 990 ask 1_000
  > filled alice/2 buy 3 @ 993 maker outside position 6
quote     5 @ 997  5 @ 1_000
  > tick 992
  > filled bob/1 sell 3 @ 997 maker outside position -3
quote     5 @ 990  5 @ 1_000
bob       sells 3 @ 997
  > accepted bob/2 sell 3 @ 997
tick      997
tick      998
  > tick 998
  > filled bob/2 sell 3 @ 997 maker outside position -6
  = mark 998

== the first quote's mid starts the last price, halves to the even side
quote     0 @ 99  0 @ 102            # 100.5
quote     ETH 0 @ 99  0 @ 104        # 101.5
alice     wallet 1_000
alice     buys 1 @ 98
  > accepted alice/1 buy 1 @ 98
  = last 100
  = last ETH 102

== a level that comes back through a resting order does not show until the next tick
depth     0%:10_010
tick      1_000
alice     wallet 100_000
alice     buys 10
  > accepted alice/1 buy 10 @ 1_050
  > filled alice/1 buy 10 @ 1_001 taker outside position 10
  > mark 1_001
carol     bids 5 @ 1_001             # nothing is offered there now
at        09:01:00                   # 5 lots are back, and stand against her
alice     buys 5
  > accepted alice/2 buy 5 @ 1_051
  > cancelled alice/2 5 immediate_or_cancel
alice     buys 5 @ 1_001 fok
  > refused alice fill_or_kill
tick      1_000
  > tick 1_000
  > filled carol/1 buy 5 @ 1_001 maker outside position 5
alice     buys 6                     # and nothing was taken from the level
  > accepted alice/4 buy 6 @ 1_050
  > filled alice/4 buy 5 @ 1_001 taker outside position 15
  > cancelled alice/4 1 immediate_or_cancel
  > mark 1_001

== a file's book is taken as it is: its levels, its end, and what a new level crosses is gone
book      new 5 @ 999  7 @ 1_001
book      3 @ 998  9 @ 1_003
alice     wallet 1_000_000
alice     buys 20
  > accepted alice/1 buy 20 @ 1_050
  > filled alice/1 buy 7 @ 1_001 taker outside position 7
  > filled alice/1 buy 9 @ 1_003 taker outside position 16
  > cancelled alice/1 4 immediate_or_cancel
  > mark 1_003
alice     sells 2 @ 1_010
  > accepted alice/2 sell 2 @ 1_010
book      4 @ 1_010  0 @ 1_020           # crosses both asks and reaches her order
  > tick 1_003 bid 1_010 ask 1_011
  > filled alice/2 sell 2 @ 1_010 maker outside position 14 realized 16
book      new 6 @ 1_000  6 @ 1_002
alice     sells 14
  > accepted alice/3 sell 14 @ 953
  > filled alice/3 sell 6 @ 1_000 taker outside position 8 realized -12
  > cancelled alice/3 8 immediate_or_cancel
  > mark 1_000
