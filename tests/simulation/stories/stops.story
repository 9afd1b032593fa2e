== a stop waits, is triggered by the price it watches, and is placed when that has come
tick      1_000
carol     wallet 10_000
carol     asks 5 @ 1_010
alice     wallet 10_000
alice     stops buy 2 at 1_005 as s
  > waits alice/s stop buy 2 last 1_005
tick      1_004                      # not yet
tick      1_005
  > tick 1_005
  > triggered alice/s 1_005
  > accepted alice/s buy 2 @ 1_055
  > filled carol/1 sell 2 @ 1_010 maker position -2
  > filled alice/s buy 2 @ 1_010 taker position 2
  > mark 1_010

== a stop to sell and a take-profit wait on either side of a long position
tick      1_000
bob       wallet 10_000
alice     wallet 10_000
alice     long 4 @ 1_000 cross
bob       short 4 @ 1_000
alice     stops sell 4 at 990 @ 980 reduce-only as stop
  > waits alice/stop stop sell 4 last 990
alice     takes sell 4 at 1_010 @ 1_000 reduce-only as profit
  > waits alice/profit take_profit sell 4 last 1_010
alice     takes sell 4 at 1_000 reduce-only
  > refused alice would_trigger
bob       buys 4 @ 1_000
  > accepted bob/1 buy 4 @ 1_000
tick      1_010
  > tick 1_010
  > triggered alice/profit 1_010
  > accepted alice/profit sell 4 @ 1_000
  > filled bob/1 buy 4 @ 1_000 maker position 0
  > filled alice/profit sell 4 @ 1_000 taker position 0
  > mark 1_000
tick      990                        # nothing is left to be reduced
  > tick 990
  > triggered alice/stop 990
  > cancelled alice/stop 4 reduce_only

== a trailing stop follows the best price
tick      1_000
alice     wallet 10_000
alice     long 4 @ 1_000 cross
bob       short 4 @ 1_000 isolated 1x
alice     trails sell 4 by 1% @ 1_150 reduce-only as trail
  > waits alice/trail trailing sell 4 last none callback_ppm 10_000
tick      1_100
tick      1_090                      # 1_089 would be 1 % below 1_100
tick      1_200
tick      1_188
  > tick 1_188
  > triggered alice/trail 1_188
  > accepted alice/trail sell 4 @ 1_150
bob       trails buy 4 by 1% as late  # the lowest is 1_188: from 1_199.88 on
  > waits bob/late trailing buy 4 last none
tick      1_199
  > tick 1_199
  > filled alice/trail sell 4 @ 1_150 maker outside position 0 realized 600
tick      1_200
  > tick 1_200
  > triggered bob/late 1_200
  > accepted bob/late buy 4 @ 1_260
  > cancelled bob/late 4 immediate_or_cancel

== a trailing stop may be taken back
tick      1_000
alice     wallet 10_000
alice     trails sell 4 by 1% as one
  > waits alice/one trailing sell 4 last none
alice     trails sell 4 by 2% as two
  > waits alice/two trailing sell 4 last none
alice     cancels one
  > cancelled alice/one 4 cancelled
tick      985
tick      980
  > tick 980
  > triggered alice/two 980
  > accepted alice/two sell 4 @ 931
  > cancelled alice/two 4 immediate_or_cancel

== stops may watch the mark or the index
rules     mark file
tick      1_000
mark      1_000
index     1_000
alice     wallet 10_000
alice     stops buy 1 at 1_010 watching mark as m
  > waits alice/m stop buy 1 mark 1_010
alice     takes buy 1 at 990 watching index as i
  > waits alice/i take_profit buy 1 index 990
tick      1_020
tick      980
mark      1_010
  > tick 980
  > triggered alice/m 1_010
  > accepted alice/m buy 1 @ 1_060
  > cancelled alice/m 1 immediate_or_cancel
index     990
  > tick 980
  > triggered alice/i 990
  > accepted alice/i buy 1 @ 1_060
  > cancelled alice/i 1 immediate_or_cancel

== what a stop may be
contract  tick 5
rules     stops_max 2
carol     wallet 100
carol     stops buy 1 at 1_000
  > refused carol no_price
tick      1_000
carol     stops buy 1 at 1_005 as nothing
  > refused carol invalid_order
carol     stops buy 0 at 1_005
  > refused carol invalid_quantity
carol     stops buy 1 as s
  > refused carol invalid_order
carol     trails buy 1 by 100%
  > refused carol invalid_order
carol     trails buy 1 by 1% at 1_005
  > refused carol invalid_order
carol     stops buy 1 at 1_005 fok
  > refused carol invalid_order
carol     stops buy 1 at 1_006
  > refused carol invalid_price
carol     stops buy 1 at 1_005 @ 1_006
  > refused carol invalid_price
carol     stops buy 1 at 100_005
  > refused carol invalid_price
carol     stops buy 1 at 1_005 as s
  > waits carol/s stop buy 1 last 1_005
carol     stops buy 1 at 1_005 as s
  > refused carol duplicate_order
carol     buys 1 @ 100 as s
  > refused carol duplicate_order
carol     buys 1 @ 100 as o
  > accepted carol/o buy 1 @ 100
carol     stops buy 1 at 1_005 as o
  > refused carol duplicate_order
carol     stops buy 1 at 1_015 @ 1_015 as t
  > waits carol/t stop buy 1 last 1_015
carol     stops buy 1 at 1_010
  > refused carol order_limit
mallory   stops buy 1 at 1_010
  > refused mallory unknown_account
carol     stops DOGE buy 1 at 1_010
  > refused carol unknown_contract
carol     cancels s
  > cancelled carol/s 1 cancelled

== a stop that closes makes the other reduce-only orders of its side yield
tick      1_000
alice     wallet 10_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
alice     sells 4 @ 1_100 reduce-only as old
  > accepted alice/old sell 4 @ 1_100
alice     sells 4 @ 1_200 reduce-only as new
  > accepted alice/new sell 4 @ 1_200
alice     stops sell 6 at 990 close @ 980 as close
  > waits alice/close stop sell 6 last 990
alice     stops sell 20 at 985 reduce-only @ 970 as rest
  > waits alice/rest stop sell 20 last 985
tick      990
  > tick 990
  > triggered alice/close 990
  > cancelled alice/new 4 reduce_only
  > accepted alice/close sell 6 @ 980
tick      985                        # 4 are left, and promised to the order at 1_100
  > tick 985
  > filled alice/close sell 6 @ 980 maker outside position 4 realized -120
  > triggered alice/rest 985
  > cancelled alice/rest 20 reduce_only

== stops go with the orders when their account is liquidated
tick      1_000
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
alice     stops sell 10 at 904 @ 890 as late
  > waits alice/late stop sell 10 last 904
alice     stops ETH buy 1 at 10 as other
  > refused alice no_price
tick      904
  > tick 904
  > cancelled alice/late 10 liquidation
  > breach alice long 10 mark 904 equity 40 maintenance 91 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== an order may end by itself
tick      1_000
alice     wallet 10_000
alice     buys 5 @ 990 until 08:59:59
  > refused alice invalid_order
alice     buys 5 until 09:30:00
  > refused alice invalid_order
alice     buys 5 @ 990 until ever
  > refused alice invalid_order
alice     buys 5 @ 990 until 09:30:00 as first
  > accepted alice/first buy 5 @ 990
alice     buys 5 @ 980 until 09:30:00 as second
  > accepted alice/second buy 5 @ 980
alice     buys 5 @ 970 until 09:20:00 as gone
  > accepted alice/gone buy 5 @ 970
alice     cancels gone
  > cancelled alice/gone 5 cancelled
alice     amends first 5 @ 985       # it is the younger one now
  > amended alice/first 5 @ 985
at        09:29:59
tick      1_000
at        09:30:00
tick      1_000
  > cancelled alice/second 5 expired
  > cancelled alice/first 5 expired

== all orders and stops go at once
tick      1_000
tick      ETH 1_000
alice     wallet 10_000
alice     buys 1 @ 990 as a
  > accepted alice/a buy 1 @ 990
alice     buys ETH 1 @ 990 as b
  > accepted alice/b buy 1 ETH @ 990
alice     stops buy 1 at 1_010 as c
  > waits alice/c stop buy 1 last 1_010
alice     stops ETH buy 1 at 1_010 as d
  > waits alice/d stop buy 1 ETH last 1_010
alice     clears ETH
  > cancelled alice/b ETH 1 cancelled
  > cancelled alice/d ETH 1 cancelled
  > cleared alice ETH 2
alice     clears all
  > cancelled alice/a 1 cancelled
  > cancelled alice/c 1 cancelled
  > cleared alice 2
alice     clears all
  > cleared alice 0
alice     clears DOGE
  > refused alice unknown_contract
mallory   clears all
  > refused mallory unknown_account

== an order is worth something, unless it reduces
contract  notional_min 5_000
tick      1_000
alice     wallet 10_000
alice     buys 4 @ 1_000
  > refused alice notional_min
alice     buys 5 @ 999
  > refused alice notional_min
alice     buys 5 @ 1_000 as a
  > accepted alice/a buy 5 @ 1_000
alice     amends a 4 @ 1_000
  > refused alice notional_min
bob       wallet 10_000
bob       sells 5 @ 1_000
  > accepted bob/1 sell 5 @ 1_000
  > filled alice/a buy 5 @ 1_000 maker position 5
  > filled bob/1 sell 5 @ 1_000 taker position -5
alice     sells 1 @ 1_010 reduce-only
  > accepted alice/3 sell 1 @ 1_010
