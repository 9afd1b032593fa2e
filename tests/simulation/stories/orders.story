== a limit order rests until somebody takes it
tick      100
alice     wallet 1_000
bob       wallet 1_000
alice     buys 5 @ 99
  > accepted alice/1 buy 5 @ 99
bob       sells 3 @ 99
  > accepted bob/1 sell 3 @ 99
  > filled alice/1 buy 3 @ 99 maker position 3
  > filled bob/1 sell 3 @ 99 taker position -3
  > mark 99
bob       sells 3 @ 98               # the price is the maker's; what is left rests at 98
  > accepted bob/2 sell 3 @ 98
  > filled alice/1 buy 2 @ 99 maker position 5
  > filled bob/2 sell 2 @ 99 taker position -5
alice     buys 1
  > accepted alice/2 buy 1 @ 103       # 99 x 1.05 = 103.95
  > filled bob/2 sell 1 @ 98 maker position -6
  > filled alice/2 buy 1 @ 98 taker position 6
  > mark 98

== the better price trades first, and at one price whoever came first
tick      100
carol     asks 2 @ 102
dave      asks 2 @ 101
bob       asks 2 @ 101
alice     wallet 1_000
alice     buys 5 @ 102
  > accepted alice/1 buy 5 @ 102
  > filled dave/1 sell 2 @ 101 maker position -2
  > filled alice/1 buy 2 @ 101 taker position 2
  > filled bob/1 sell 2 @ 101 maker position -2
  > filled alice/1 buy 2 @ 101 taker position 4
  > filled carol/1 sell 1 @ 102 maker position -1
  > filled alice/1 buy 1 @ 102 taker position 5
  > mark 102

== a market order goes to the edge of the band and no further
tick      100
carol     bids 1 @ 96
carol     bids 5 @ 94
carol     asks 2 @ 101
carol     asks 5 @ 106
alice     wallet 1_000
alice     buys 5
  > accepted alice/1 buy 5 @ 105
  > filled carol/3 sell 2 @ 101 maker position -2
  > filled alice/1 buy 2 @ 101 taker position 2
  > cancelled alice/1 3 immediate_or_cancel
  > mark 101
alice     sells 5                    # 101 x 0.95 = 95.95
  > accepted alice/2 sell 5 @ 96
  > filled carol/1 buy 1 @ 96 maker position -1 realized 5
  > filled alice/2 sell 1 @ 96 taker position 1 realized -5
  > cancelled alice/2 4 immediate_or_cancel
  > mark 96

== on a grid of 5 a market order stops inside the band, and a sale of one tick at one tick
contract  tick 5
contract  ETH tick 5
tick      130
carol     asks 2 @ 135
alice     wallet 1_000
alice     buys 1                     # 130 x 1.05 = 136.5 -> 135
  > accepted alice/1 buy 1 @ 135
  > filled carol/1 sell 1 @ 135 maker position -1
  > filled alice/1 buy 1 @ 135 taker position 1
  > mark 135
alice     sells 1                    # 135 x 0.95 = 128.25 -> 130
  > accepted alice/2 sell 1 @ 130
  > cancelled alice/2 1 immediate_or_cancel
tick      ETH 2
alice     buys 1 ETH                 # 2 x 1.05 -> 0, and there is no price below one tick
  > accepted alice/3 buy 1 ETH @ 5
  > cancelled alice/3 ETH 1 immediate_or_cancel

== a market order is never above the contract's largest price
contract  price_max 102 tick 5
tick      102
alice     wallet 1_000
alice     buys 1
  > accepted alice/1 buy 1 @ 100
  > cancelled alice/1 1 immediate_or_cancel

== immediate or cancel
tick      100
carol     asks 2 @ 101
alice     wallet 1_000
alice     buys 3 @ 101 ioc
  > accepted alice/1 buy 3 @ 101
  > filled carol/1 sell 2 @ 101 maker position -2
  > filled alice/1 buy 2 @ 101 taker position 2
  > cancelled alice/1 1 immediate_or_cancel
  > mark 101
alice     buys 3 @ 101 ioc
  > accepted alice/2 buy 3 @ 101
  > cancelled alice/2 3 immediate_or_cancel

== fill or kill takes all or nothing
tick      100
carol     asks 2 @ 101
carol     asks 2 @ 102
alice     wallet 1_000
alice     buys 5 @ 102 fok
  > refused alice fill_or_kill
alice     buys 3 @ 101 fok
  > refused alice fill_or_kill
alice     buys 3 @ 102 fok
  > accepted alice/3 buy 3 @ 102
  > filled carol/1 sell 2 @ 101 maker position -2
  > filled alice/3 buy 2 @ 101 taker position 2
  > filled carol/2 sell 1 @ 102 maker position -3
  > filled alice/3 buy 1 @ 102 taker position 3
  > mark 102

== fill or kill counts the outside market, and not what it showed only before
tick      100
quote     3 @ 99  3 @ 101
carol     asks 2 @ 101
alice     wallet 1_000
alice     buys 6 @ 101 fok
  > refused alice fill_or_kill
alice     buys 5 @ 101 fok
  > accepted alice/2 buy 5 @ 101
  > filled alice/2 buy 3 @ 101 taker outside position 3
  > filled carol/1 sell 2 @ 101 maker position -2
  > filled alice/2 buy 2 @ 101 taker position 5
  > mark 101
alice     buys 1 @ 101 fok
  > refused alice fill_or_kill

== fill or kill knows that a maker's reduce-only order will shrink under way
tick      100
bob       wallet 10_000
bob       long 5 @ 100
alice     short 5 @ 100
bob       sells 3 @ 101
  > accepted bob/1 sell 3 @ 101
bob       sells 5 @ 102 reduce-only
  > accepted bob/2 sell 5 @ 102
carol     asks 1 @ 103
alice     buys 7 @ 103 fok           # 3 from bob's first, then only 2 of his second, 1 of carol's
  > refused alice fill_or_kill
alice     buys 6 @ 103 fok
  > accepted alice/2 buy 6 @ 103
  > filled bob/1 sell 3 @ 101 maker position 2 realized 3
  > trimmed bob/2 2
  > filled alice/2 buy 3 @ 101 taker position -2 realized -3
  > filled bob/2 sell 2 @ 102 maker position 0 realized 4
  > filled alice/2 buy 2 @ 102 taker position 0 realized -4
  > filled carol/1 sell 1 @ 103 maker position -1
  > filled alice/2 buy 1 @ 103 taker position 1
  > mark 103

== fill or kill does not count one's own orders
tick      100
alice     wallet 1_000
alice     sells 2 @ 101
  > accepted alice/1 sell 2 @ 101
carol     asks 2 @ 102
alice     buys 3 @ 102 fok
  > refused alice fill_or_kill
alice     buys 2 @ 102 fok
  > accepted alice/3 buy 2 @ 102
  > cancelled alice/1 2 self_trade
  > filled carol/1 sell 2 @ 102 maker position -2
  > filled alice/3 buy 2 @ 102 taker position 2
  > mark 102

== fill or kill cannot be filled where the venue would cancel the taker
rules     self_trade cancel_taker
tick      100
alice     wallet 1_000
alice     sells 2 @ 101
  > accepted alice/1 sell 2 @ 101
carol     asks 2 @ 102
alice     buys 2 @ 102 fok
  > refused alice fill_or_kill

== post-only never takes
tick      100
quote     2 @ 99  0 @ 101
carol     asks 2 @ 101
alice     wallet 1_000
alice     buys 1 @ 101 post-only
  > refused alice post_only
alice     sells 1 @ 99 post-only     # the outside market's bid would be taken
  > refused alice post_only
alice     buys 1 @ 100 post-only
  > accepted alice/3 buy 1 @ 100
alice     amends 3 1 @ 101
  > refused alice post_only
alice     amends 3 2 @ 100
  > amended alice/3 2 @ 100

== reduce-only orders never exceed the position
tick      100
alice     wallet 1_000
alice     long 10 @ 100
bob       short 10 @ 100
alice     sells 6 @ 103 reduce-only as first
  > accepted alice/first sell 6 @ 103
alice     sells 6 @ 104 reduce-only as second
  > accepted alice/second sell 4 @ 104
alice     sells 1 @ 105 reduce-only
  > refused alice reduce_only
alice     buys 1 @ 95 reduce-only
  > refused alice reduce_only
mallory   wallet 1_000
mallory   sells 1 reduce-only
  > refused mallory reduce_only
bob       buys 6 @ 103
  > accepted bob/1 buy 6 @ 103
  > filled alice/first sell 6 @ 103 maker position 4 realized 18
  > filled bob/1 buy 6 @ 103 taker position -4 realized -18
  > mark 103
carol     bids 3 @ 100
alice     sells 3 @ 100
  > accepted alice/3 sell 3 @ 100
  > filled carol/1 buy 3 @ 100 maker position 3
  > filled alice/3 sell 3 @ 100 taker position 1 realized 0
  > trimmed alice/second 1
  > mark 100
carol     bids 1 @ 99
alice     sells 1 @ 99
  > accepted alice/4 sell 1 @ 99
  > filled carol/2 buy 1 @ 99 maker position 4
  > filled alice/4 sell 1 @ 99 taker position 0 realized -1
  > cancelled alice/second 1 reduce_only
  > mark 99

== of several reduce-only orders the oldest keep their lots, and those of the wrong side go
tick      100
alice     wallet 1_000
alice     long 9 @ 100
bob       short 9 @ 100
alice     sells 4 @ 105 reduce-only as old
  > accepted alice/old sell 4 @ 105
alice     sells 3 @ 103 reduce-only as middle
  > accepted alice/middle sell 3 @ 103
alice     sells 2 @ 104 reduce-only as young
  > accepted alice/young sell 2 @ 104
carol     bids 12 @ 100
alice     sells 4 @ 100
  > accepted alice/1 sell 4 @ 100
  > filled carol/1 buy 4 @ 100 maker position 4
  > filled alice/1 sell 4 @ 100 taker position 5
  > trimmed alice/middle 1
  > cancelled alice/young 2 reduce_only
alice     sells 8 @ 100              # through zero: what would reduce a long has nothing left
  > accepted alice/2 sell 8 @ 100
  > filled carol/1 buy 8 @ 100 maker position 12
  > filled alice/2 sell 8 @ 100 taker position -3
  > cancelled alice/old 4 reduce_only
  > cancelled alice/middle 1 reduce_only

== reduce-only orders of a short
tick      100
alice     wallet 1_000
alice     short 5 @ 100
bob       long 5 @ 100
alice     buys 9 @ 98 reduce-only as cover
  > accepted alice/cover buy 5 @ 98
alice     amends cover 6 @ 98
  > refused alice reduce_only
alice     amends cover 4 @ 97
  > amended alice/cover 4 @ 97
carol     asks 3 @ 100
alice     buys 3
  > accepted alice/1 buy 3 @ 105
  > filled carol/1 sell 3 @ 100 maker position -3
  > filled alice/1 buy 3 @ 100 taker position -2
  > trimmed alice/cover 2

== what was cancelled does not trade
tick      100
alice     wallet 1_000
alice     buys 5 @ 99
  > accepted alice/1 buy 5 @ 99
alice     cancels 1
  > cancelled alice/1 5 cancelled
alice     cancels 1
  > refused alice unknown_order
bob       wallet 1_000
bob       sells 5 @ 99 ioc
  > accepted bob/1 sell 5 @ 99
  > cancelled bob/1 5 immediate_or_cancel

== an order made smaller keeps its place
tick      100
alice     wallet 1_000
alice     buys 5 @ 99
  > accepted alice/1 buy 5 @ 99
carol     bids 5 @ 99
alice     amends 1 3 @ 99
  > amended alice/1 3 @ 99
bob       wallet 1_000
bob       sells 4 @ 99
  > accepted bob/1 sell 4 @ 99
  > filled alice/1 buy 3 @ 99 maker position 3
  > filled bob/1 sell 3 @ 99 taker position -3
  > filled carol/1 buy 1 @ 99 maker position 1
  > filled bob/1 sell 1 @ 99 taker position -4
  > mark 99

== an order made larger goes to the end of the queue
tick      100
alice     wallet 1_000
alice     buys 5 @ 99
  > accepted alice/1 buy 5 @ 99
carol     bids 5 @ 99
alice     amends 1 6 @ 99
  > amended alice/1 6 @ 99
bob       wallet 1_000
bob       sells 6 @ 99
  > accepted bob/1 sell 6 @ 99
  > filled carol/1 buy 5 @ 99 maker position 5
  > filled bob/1 sell 5 @ 99 taker position -5
  > filled alice/1 buy 1 @ 99 maker position 1
  > filled bob/1 sell 1 @ 99 taker position -6
  > mark 99

== an order moved through the other side trades at once
tick      100
carol     asks 2 @ 101
alice     wallet 1_000
alice     buys 5 @ 99
  > accepted alice/1 buy 5 @ 99
alice     amends 1 5 @ 101
  > amended alice/1 5 @ 101
  > filled carol/1 sell 2 @ 101 maker position -2
  > filled alice/1 buy 2 @ 101 taker position 2
  > mark 101
alice     amends 1 3 @ 101           # 3 are left, at 101
  > refused alice unchanged
alice     amends 1 3 @ 98
  > amended alice/1 3 @ 98

== self-trade: the resting order goes
tick      100
alice     wallet 1_000
alice     sells 2 @ 101
  > accepted alice/1 sell 2 @ 101
carol     asks 2 @ 102
alice     buys 3 @ 102
  > accepted alice/2 buy 3 @ 102
  > cancelled alice/1 2 self_trade
  > filled carol/1 sell 2 @ 102 maker position -2
  > filled alice/2 buy 2 @ 102 taker position 2
  > mark 102

== self-trade: the arriving order goes
rules     self_trade cancel_taker
tick      100
alice     wallet 1_000
alice     sells 2 @ 101
  > accepted alice/1 sell 2 @ 101
carol     asks 1 @ 100
alice     buys 3 @ 102
  > accepted alice/2 buy 3 @ 102
  > filled carol/1 sell 1 @ 100 maker position -1
  > filled alice/2 buy 1 @ 100 taker position 1
  > cancelled alice/2 2 self_trade
alice     cancels 1
  > cancelled alice/1 2 cancelled

== self-trade: both go
rules     self_trade cancel_both
tick      100
alice     wallet 1_000
alice     sells 2 @ 101
  > accepted alice/1 sell 2 @ 101
alice     buys 3 @ 102
  > accepted alice/2 buy 3 @ 102
  > cancelled alice/1 2 self_trade
  > cancelled alice/2 3 self_trade

== self-trade in isolated margin gives back what the resting order held
tick      100
alice     wallet 100
alice     isolates
  > mode alice isolated margin 0
alice     sells 5 @ 101              # 505 / 10 = 50
  > accepted alice/1 sell 5 @ 101
  = aside alice 50
  = wallet alice 50
alice     buys 5 @ 101               # the larger side counts: no more is needed
  > accepted alice/2 buy 5 @ 101
  > cancelled alice/1 5 self_trade
  = aside alice 50
  = wallet alice 50

== the price band
tick      100
alice     wallet 1_000
alice     buys 1 @ 106
  > refused alice price_band
alice     sells 1 @ 94
  > refused alice price_band
alice     buys 1 @ 105
  > accepted alice/3 buy 1 @ 105
alice     cancels 3
  > cancelled alice/3 1 cancelled
alice     sells 1 @ 95
  > accepted alice/4 sell 1 @ 95
alice     amends 4 1 @ 94
  > refused alice price_band
alice     sells 1 @ 500              # away from the mark there is no band
  > accepted alice/5 sell 1 @ 500

== the position limit counts open orders of the larger side
contract  quantity_max 10
tick      100
alice     wallet 1_000
alice     buys 6 @ 99
  > accepted alice/1 buy 6 @ 99
alice     buys 5 @ 98
  > refused alice position_limit
alice     sells 10 @ 105
  > accepted alice/3 sell 10 @ 105
alice     amends 1 11 @ 99
  > refused alice position_limit
alice     amends 1 10 @ 99
  > amended alice/1 10 @ 99

== larger positions allow less leverage
brackets  0:1%:100x 1_000:2%:5x
tick      100
alice     wallet 10_000
alice     buys 9 @ 100
  > accepted alice/1 buy 9 @ 100
alice     buys 1 @ 99                # 10 x 100 at the mark is the second bracket, 5x at most
  > refused alice invalid_leverage
alice     amends 1 10 @ 100
  > refused alice invalid_leverage
alice     sets 5x
  > leverage alice 5x
alice     buys 1 @ 99
  > accepted alice/3 buy 1 @ 99
alice     sets 10x
  > refused alice invalid_leverage

== an order larger than the opposite position closes it and opens the rest
rules     taker_fee_ppm 10_000
tick      100
alice     long 5 @ 100
bob       short 5 @ 100
carol     bids 8 @ 99
alice     sells 8 @ 99               # closes 5: fee 4 of 495; opens 3: fee 2 of 297
  > accepted alice/1 sell 8 @ 99
  > filled carol/1 buy 8 @ 99 maker position 8
  > filled alice/1 sell 8 @ 99 taker position -3 realized -5 fee 6
  > mark 99
  = fees 11                          # bob paid 5 when he opened

== a fee is 0 where there is nothing to pay it on, and makers have their own
rules     taker_fee_ppm 10_000 maker_fee_ppm 5_000
tick      100
carol     asks 1 @ 99
carol     asks 4 @ 100
alice     wallet 1_000
alice     buys 5 @ 100
  > accepted alice/1 buy 5 @ 100
  > filled carol/1 sell 1 @ 99 maker position -1
  > filled alice/1 buy 1 @ 99 taker position 1
  > filled carol/2 sell 4 @ 100 maker position -5 fee 2
  > filled alice/1 buy 4 @ 100 taker position 5 fee 4
  = wallet alice 996
  = fees 6

== a closing order stops before it costs more than the account has
rules     market_band_ppm 500_000
tick      100
alice     wallet 50
alice     long 5 @ 100
bob       short 5 @ 100
carol     bids 2 @ 96
carol     bids 2 @ 87
carol     bids 2 @ 77
alice     sells 5 @ 77 fok           # of 50 the first two leave 42, the next 16: no less than 84
  > refused alice fill_or_kill
alice     sells 5
  > accepted alice/2 sell 5 @ 50
  > filled carol/1 buy 2 @ 96 maker position 2
  > filled alice/2 sell 2 @ 96 taker position 3 realized -8
  > filled carol/2 buy 2 @ 87 maker position 4
  > filled alice/2 sell 2 @ 87 taker position 1 realized -26
  > cancelled alice/2 1 bankruptcy_price
  > mark 87
  > draws alice 6                    # it lacks 13, and 8 of initial margin carry 7 beside 1 kept
  = wallet alice 16

== a short's closing order stops at its bankruptcy price
rules     market_band_ppm 200_000
tick      100
alice     wallet 50
alice     short 5 @ 100
bob       long 5 @ 100
carol     asks 4 @ 110
carol     asks 1 @ 111
alice     buys 5
  > accepted alice/1 buy 5 @ 120
  > filled carol/1 sell 4 @ 110 maker position -4
  > filled alice/1 buy 4 @ 110 taker position -1 realized -40
  > cancelled alice/1 1 bankruptcy_price
  > mark 110
  > breach alice short 1 mark 110 equity 0 maintenance 2 bankruptcy 110
  > deleverage bob sell 1 for 110 realized 10
  > ended alice 0 equity 0 maintenance 0

== an order is for so much at most, a market order for less
contract  order_max 5 market_order_max 2
tick      1_000
alice     wallet 100_000
alice     buys 6 @ 1_000
  > refused alice order_size
alice     buys 3
  > refused alice order_size
alice     buys 3 reduce-only
  > refused alice order_size
alice     buys 5 @ 990 as a
  > accepted alice/a buy 5 @ 990
alice     amends a 6 @ 990
  > refused alice order_size
alice     stops buy 3 at 1_100 as s
  > refused alice order_size
alice     stops buy 6 at 1_100 @ 1_100 as s
  > refused alice order_size
alice     stops buy 5 at 1_100 @ 1_100 as s
  > waits alice/s stop buy 5 last 1_100
alice     moves s 6 at 1_100 @ 1_100
  > refused alice order_size

== so many orders may rest in all contracts together
terms     open_max 2
tick      100
tick      ETH 100
alice     wallet 1_000
alice     buys 1 @ 99
  > accepted alice/1 buy 1 @ 99
alice     buys 1 ETH @ 98 as e
  > accepted alice/e buy 1 ETH @ 98
alice     buys 1 @ 97
  > refused alice order_limit
alice     buys 1 @ 97 ioc
  > accepted alice/3 buy 1 @ 97
  > cancelled alice/3 1 immediate_or_cancel
alice     amends e 1 @ 99
  > amended alice/e 1 ETH @ 99
alice     cancels e
  > cancelled alice/e ETH 1 cancelled
alice     buys 1 @ 97
  > accepted alice/4 buy 1 @ 97

== so many orders may rest in a contract
rules     orders_max 2
tick      100
tick      ETH 100
alice     wallet 1_000
alice     buys 1 @ 99
  > accepted alice/1 buy 1 @ 99
alice     buys 1 @ 98
  > accepted alice/2 buy 1 @ 98
alice     buys 1 @ 97
  > refused alice order_limit
alice     buys 1 @ 97 post-only
  > refused alice order_limit
alice     buys 1
  > accepted alice/5 buy 1 @ 105
  > cancelled alice/5 1 immediate_or_cancel
alice     buys 1 @ 97 ioc
  > accepted alice/6 buy 1 @ 97
  > cancelled alice/6 1 immediate_or_cancel
alice     buys 1 @ 97 fok
  > refused alice fill_or_kill
alice     buys 1 ETH @ 97
  > accepted alice/8 buy 1 ETH @ 97
alice     amends 2 1 @ 97
  > amended alice/2 1 @ 97
alice     cancels 2
  > cancelled alice/2 1 cancelled
alice     buys 1 @ 96
  > accepted alice/9 buy 1 @ 96

== what is bought above the mark is lost at once, and must be there beside the margin
tick      100
alice     wallet 50
alice     buys 4 @ 105               # 42 and 20
  > refused alice insufficient_margin
alice     buys 3 @ 105               # 31 and 15
  > accepted alice/2 buy 3 @ 105
alice     amends 2 4 @ 105
  > refused alice insufficient_margin
alice     cancels 2
  > cancelled alice/2 3 cancelled
alice     sells 4 @ 95               # 38 and 20
  > refused alice insufficient_margin
alice     sells 3 @ 95
  > accepted alice/4 sell 3 @ 95
alice     cancels 4
  > cancelled alice/4 3 cancelled
carol     asks 4 @ 101
carol     asks 4 @ 105
alice     buys 4                     # it would not get beyond 101: 42 of margin at 105, and 4
  > accepted alice/5 buy 4 @ 105
  > filled carol/1 sell 4 @ 101 maker position -4
  > filled alice/5 buy 4 @ 101 taker position 4
  > mark 101
alice     sells 4 @ 96               # closing opens nothing
  > accepted alice/6 sell 4 @ 96
