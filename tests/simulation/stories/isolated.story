== margin moves from the wallet and may be added and removed
dave      wallet 1_000
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      adds 901
  > refused dave insufficient_margin
dave      adds 0
  > refused dave invalid_amount
dave      adds 50
  > added dave 50 margin 150
  = wallet dave 850
dave      removes 51                 # 99 would be less than a tenth of 1_000
  > refused dave insufficient_margin
dave      removes 50
  > removed dave 50 margin 100
  = wallet dave 900
tick      105                        # profit does not count, and a tenth is 105 now
dave      removes 1
  > refused dave insufficient_margin
dave      adds 45
  > added dave 45 margin 145
tick      98                         # 20 of loss beside a tenth of 980: 98 + 20 = 118 must stay
dave      removes 28
  > refused dave insufficient_margin
dave      removes 27
  > removed dave 27 margin 118

== what would be liquidated at once cannot be removed
dave      wallet 100
dave      isolates
  > mode dave isolated margin 0
dave      sets 100x
  > leverage dave 100x
tick      101
dave      buys 10 @ 100
  > accepted dave/1 buy 10 @ 100
quote     0 @ 98  0 @ 100            # passes the order, and the last price stays at 101
  > tick 101
  > filled dave/1 buy 10 @ 100 maker outside position 10
dave      adds 5
  > added dave 5 margin 15
tick      100                        # 15 against 10
dave      removes 5                  # 10 are a hundredth of 1_000, but maintenance is 10
  > refused dave would_liquidate
dave      removes 4
  > removed dave 4 margin 11

== a second entry adds to cost and margin
dave      wallet 1_000
dave      long 4 @ 100 isolated 10x
bob       short 4 @ 100
  = margin dave 40
carol     asks 6 @ 102
dave      buys 6
  > accepted dave/1 buy 6 @ 105
  > filled carol/1 sell 6 @ 102 maker position -6
  > filled dave/1 buy 6 @ 102 taker position 10
  > mark 102
  = margin dave 101                  # 40 + 612 / 10
  = wallet dave 899

== a partial close with profit releases its part, a full close all
dave      wallet 1_000
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
carol     bids 10 @ 104
dave      sells 4                    # margin 100 + 16 = 116, of which 46 go
  > accepted dave/1 sell 4 @ 95
  > filled carol/1 buy 4 @ 104 maker position 4
  > filled dave/1 sell 4 @ 104 taker position 6 realized 16
  > mark 104
  = margin dave 70
  = wallet dave 946
dave      sells 6
  > accepted dave/2 sell 6 @ 99
  > filled carol/1 buy 6 @ 104 maker position 10
  > filled dave/2 sell 6 @ 104 taker position 0 realized 24
  = margin dave 0
  = wallet dave 1_040

== a partial close never releases the rest into its liquidation
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
carol     bids 10 @ 92
tick      92
dave      sells 5                    # margin 60; 5 lots: 40 of loss, 5 to keep, 1 over: 14 go
  > accepted dave/1 sell 5 @ 88
  > filled carol/1 buy 5 @ 92 maker position 5
  > filled dave/1 sell 5 @ 92 taker position 5 realized -40
  = margin dave 46
  = wallet dave 14

== and to the last unit where maintenance may equal equity
rules     strict_trigger true
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
carol     bids 10 @ 92
tick      92
dave      sells 5
  > accepted dave/1 sell 5 @ 88
  > filled carol/1 buy 5 @ 92 maker position 5
  > filled dave/1 sell 5 @ 92 taker position 5 realized -40
  = margin dave 45
  = wallet dave 15

== a partial close in deep loss releases nothing
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
carol     bids 10 @ 90
tick      92                         # equity 20, maintenance 10
dave      sells 5                    # at 90: margin 50, 40 of loss, 5 to keep: 5, less 1
  > accepted dave/1 sell 5 @ 88
  > filled carol/1 buy 5 @ 90 maker position 5
  > filled dave/1 sell 5 @ 90 taker position 5 realized -50
  > mark 90                          # and at 90: 46 - 50 < 0
  > breach dave:BTC long 5 mark 90 equity -4 maintenance 5 bankruptcy 91
  > deleverage bob buy 5 for 454 realized 46
  > ended dave 0 equity 0 maintenance 0

== resting orders are paid in advance and given back
dave      wallet 200
dave      isolates
  > mode dave isolated margin 0
tick      100
dave      buys 10 @ 99               # 990 / 10
  > accepted dave/1 buy 10 @ 99
  = aside dave 99
  = wallet dave 101
dave      withdraws 102
  > refused dave insufficient_margin
dave      amends 1 5 @ 99            # 495 / 10
  > amended dave/1 5 @ 99
  = aside dave 49
dave      amends 1 10 @ 98
  > amended dave/1 10 @ 98
  = aside dave 98
dave      sells 5 @ 101              # 50 of the other side are carried by the larger one
  > accepted dave/2 sell 5 @ 101
  = aside dave 98
dave      cancels 1
  > cancelled dave/1 10 cancelled
  = aside dave 50
dave      cancels 2
  > cancelled dave/2 5 cancelled
  = aside dave 0
  = wallet dave 200
dave      buys 20 @ 101              # 202
  > refused dave insufficient_margin

== an order on the other side of a position is free as far as it closes
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      sells 10 @ 105
  > accepted dave/1 sell 10 @ 105
  = aside dave 0
dave      sells 1 @ 104              # fills first: then one of those at 105 opens
  > refused dave insufficient_margin
dave      deposits 10
  > deposited dave 10 wallet 10
dave      sells 1 @ 104
  > accepted dave/3 sell 1 @ 104
  = aside dave 10
dave      cancels 1
  > cancelled dave/1 10 cancelled
  = aside dave 0
dave      sells 9 @ 104 reduce-only  # closes what the position nets beside the one above
  > accepted dave/4 sell 9 @ 104
  = aside dave 0
dave      sells 1 @ 106 reduce-only
  > accepted dave/5 sell 1 @ 106
  = aside dave 10                    # now the plain one would open

== a reduce-only order is free, and takes the netting from the plain ones
dave      wallet 150
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      sells 5 @ 104
  > accepted dave/1 sell 5 @ 104
  = aside dave 0
dave      sells 8 @ 105 reduce-only  # leaves 2 of the 5 to close: 3 x 104 / 10
  > accepted dave/2 sell 8 @ 105
  = aside dave 31
dave      amends 2 10 @ 105          # leaves none: 52, but the wallet has 19 more
  > amended dave/2 10 @ 105
  > cancelled dave/1 5 insufficient_margin
  = aside dave 0

== a reduce-only order always passes, and the newest plain orders of its side make room
dave      wallet 150
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      sells 5 @ 104
  > accepted dave/1 sell 5 @ 104
dave      sells 1 @ 103
  > accepted dave/2 sell 1 @ 103
dave      sells 2 @ 106
  > accepted dave/3 sell 2 @ 106
dave      buys 1 @ 90
  > accepted dave/4 buy 1 @ 90
  = aside dave 9
dave      sells 8 @ 105 reduce-only  # closes all but 2: 4 x 104 + 2 x 106 is 628, then 4 x 104
  > accepted dave/5 sell 8 @ 105
  > cancelled dave/3 2 insufficient_margin
  = aside dave 41
  = wallet dave 9

== what a fill does not leave money for is cancelled, newest first
dave      wallet 199
dave      isolates
  > mode dave isolated margin 0
tick      100
dave      buys 12 @ 99               # 1_188 / 10
  > accepted dave/1 buy 12 @ 99
dave      buys 8 @ 99                # together 1_980 / 10
  > accepted dave/2 buy 8 @ 99
dave      sells 10 @ 101             # 101 are less than 198
  > accepted dave/3 sell 10 @ 101
  = aside dave 198
  = wallet dave 1
tick      102                        # 101 of margin, and 10 x 99 / 10 for what is left of the buys
  > tick 102
  > filled dave/3 sell 10 @ 101 maker outside position -10
  > cancelled dave/2 8 insufficient_margin
  = aside dave 19                    # 2 x 99 / 10
  = wallet dave 79
  = margin dave 101

== with one unit more everything can stay
dave      wallet 200
dave      isolates
  > mode dave isolated margin 0
tick      100
dave      buys 20 @ 99
  > accepted dave/1 buy 20 @ 99
dave      sells 10 @ 101
  > accepted dave/2 sell 10 @ 101
tick      102
  > tick 102
  > filled dave/2 sell 10 @ 101 maker outside position -10
  = aside dave 99
  = wallet dave 0

== a maker's closing order stops too: it is cancelled before it costs more than the margin
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
tick      92                         # nobody bids; at 90 his margin would be used up
dave      sells 5 @ 88
  > accepted dave/1 sell 5 @ 88
dave      sells 5 @ 89
  > accepted dave/2 sell 5 @ 89
tick      92                         # 5 at 88 lose 20 more than at the mark, and 20 is his equity
  > tick 92
  > filled dave/1 sell 5 @ 88 maker outside position 5 realized -60
  > cancelled dave/2 5 bankruptcy_price
  > breach dave:BTC long 5 mark 92 equity 0 maintenance 5 bankruptcy 92
  > deleverage bob buy 5 for 460 realized 40
  > ended dave 0 equity 0 maintenance 0

== whoever meets such an order goes on to the next
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
tick      92
dave      sells 10 @ 89
  > accepted dave/1 sell 10 @ 89
carol     asks 4 @ 91
mallory   wallet 1_000
mallory   buys 4 @ 92 fok            # nobody knows before how much of his may trade
  > refused mallory fill_or_kill
mallory   buys 4 @ 92
  > accepted mallory/2 buy 4 @ 92
  > cancelled dave/1 10 bankruptcy_price
  > filled carol/1 sell 4 @ 91 maker position -4
  > filled mallory/2 buy 4 @ 91 taker position 4
  > mark 91
  > breach dave:BTC long 10 mark 91 equity 10 maintenance 10 bankruptcy 90
  > deleverage bob buy 10 for 900 realized 100
  > ended dave 0 equity 0 maintenance 0

== an order that closes in several fills releases once, for all of them
dave      wallet 1_000
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
carol     bids 2 @ 104
carol     bids 2 @ 103
dave      sells 4                    # margin 100 + 8 + 6 = 114, of which 45.6 go
  > accepted dave/1 sell 4 @ 95
  > filled carol/1 buy 2 @ 104 maker position 2
  > filled dave/1 sell 2 @ 104 taker position 8 realized 8
  > filled carol/2 buy 2 @ 103 maker position 4
  > filled dave/1 sell 2 @ 103 taker position 6 realized 6
  > mark 103
  = margin dave 69
  = wallet dave 945

== a resting order releases with each fill
dave      wallet 1_000
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      sells 4 @ 104
  > accepted dave/1 sell 4 @ 104
bob       buys 2 @ 104               # 108 x 2 / 10 = 21.6
  > accepted bob/1 buy 2 @ 104
  > filled dave/1 sell 2 @ 104 maker position 8 realized 8
  > filled bob/1 buy 2 @ 104 taker position -8 realized -8
  > mark 104
  = margin dave 87
bob       buys 2 @ 104               # 95 x 2 / 8 = 23.75
  > accepted bob/2 buy 2 @ 104
  > filled dave/1 sell 2 @ 104 maker position 6 realized 8
  > filled bob/2 buy 2 @ 104 taker position -6 realized -8
  = margin dave 72

== an order that would open into a liquidation is refused
dave      wallet 100
dave      isolates
  > mode dave isolated margin 0
dave      sets 20x
  > leverage dave 20x
tick      100
dave      buys 10 @ 105              # 1_050 / 20 = 52, and 50 less at the mark: 2 against 10
  > refused dave would_liquidate
dave      buys 10 @ 104              # 52 - 40 = 12
  > accepted dave/2 buy 10 @ 104
dave      cancels 2
  > cancelled dave/2 10 cancelled
dave      sells 10 @ 96              # 48 - 40 = 8
  > refused dave would_liquidate
dave      sells 10 @ 97              # 48 - 30 = 18
  > accepted dave/4 sell 10 @ 97
dave      cancels 4
  > cancelled dave/4 10 cancelled
carol     asks 5 @ 101
carol     asks 5 @ 105
dave      buys 5                     # it would get no further than 101: 25 - 5
  > accepted dave/5 buy 5 @ 105
  > filled carol/1 sell 5 @ 101 maker position -5
  > filled dave/5 buy 5 @ 101 taker position 5
  > mark 101
dave      buys 5 ioc @ 105           # 25 + 26 of margin, less 20: 31 against 10
  > accepted dave/6 buy 5 @ 105
  > filled carol/2 sell 5 @ 105 maker position -10
  > filled dave/6 buy 5 @ 105 taker position 10
  > mark 105
