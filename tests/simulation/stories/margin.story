== a table that jumps: the whole position at its row's rate, met at the edge of a bracket
brackets  stepped 0:1%:100x 1_000:5%:10x
bob       long 10 @ 95
dave      wallet 1_000
dave      short 10 @ 95 isolated 10x
carol     asks 10 @ 101
  = margin dave 95
tick      99                         # 990 keeps 10 of 55
tick      100                        # 1_000 keeps 50 of 45
  > tick 100
  > breach dave:BTC short 10 mark 100 equity 45 maintenance 50 bankruptcy 104
  > filled carol/1 sell 10 @ 101 maker liquidation position -10
  > close dave 10 @ 101
  > residue dave 35 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 101

== the same below the edge: who stays under it while the price falls keeps less
brackets  stepped 0:1%:100x 1_000:5%:10x
bob       short 10 @ 105
dave      wallet 1_000
dave      long 10 @ 105 isolated 10x
dave      adds 1
  > added dave 1 margin 106
tick      100                        # 1_000 keeps 50 of 56
tick      99                         # 990 keeps 10 of 46
tick      96                         # 960 keeps 10 of 16
tick      95                         # 950 keeps 10 of 6
  > tick 95
  > breach dave:BTC long 10 mark 95 equity 6 maintenance 10 bankruptcy 95
  > deleverage bob buy 10 for 944 realized 106
  > ended dave 0 equity 0 maintenance 0

== a table by lots: the price does not change the bracket, the position does
brackets  stepped lots 0:1%:100x 10:5%:10x
bob       short 19 @ 100
dave      wallet 1_000
dave      long 9 @ 100 isolated 10x
alice     wallet 1_000
alice     long 10 @ 100 isolated 10x
  = margin dave 90
  = margin alice 100
tick      105                        # 9 lots keep 1 % of 945, 10 lots 5 % of 1_050
tick      95                         # alice: 50 against 48
tick      94                         # 40 against 47; dave: 36 against 9
  > tick 94
  > breach alice:BTC long 10 mark 94 equity 40 maintenance 47 bankruptcy 90
  > deleverage bob buy 10 for 900 realized 100
  > ended alice 0 equity 0 maintenance 0

== a rate that grows with the size: 1 % and 0.1 % a lot
brackets  lots 0:1%:50x grows 0.1%
bob       short 10 @ 100
dave      wallet 1_000
dave      long 10 @ 100 isolated 5x
  = margin dave 200
tick      82                         # 2 % of 820 is 16.4; there are 20
tick      81                         # 2 % of 810 is 16.2; there are 10
  > tick 81
  > breach dave:BTC long 10 mark 81 equity 10 maintenance 17 bankruptcy 80
  > deleverage bob buy 10 for 800 realized 200
  > ended dave 0 equity 0 maintenance 0

== a closing fee on the notional at mark adds to the rate
closes_at 1% mark
bob       short 10 @ 100
dave      wallet 1_000
dave      long 10 @ 100 isolated 5x
  = margin dave 200
tick      82                         # as above: 1 % and 1 % of 820
tick      81
  > tick 81
  > breach dave:BTC long 10 mark 81 equity 10 maintenance 17 bankruptcy 80
  > deleverage bob buy 10 for 800 realized 200
  > ended dave 0 equity 0 maintenance 0

== a closing fee at the bankruptcy price is in initial margin too, so that it cancels
closes_at 1% bankruptcy
bob       short 10 @ 100
dave      wallet 1_000
dave      long 10 @ 100 isolated 10x
  = margin dave 109                  # a tenth of 1_000, and 1 % of the 900 that are left
tick      92                         # 29 against 10 and 9
tick      91                         # 19 against 10 and 9
  > tick 91
  > breach dave:BTC long 10 mark 91 equity 19 maintenance 19 bankruptcy 90
  > deleverage bob buy 10 for 891 realized 109
  > ended dave 0 equity 0 maintenance 0

== of a short the fee is on more than its cost, and margin that is added lowers the price further
closes_at 1% bankruptcy
bob       long 10 @ 100
dave      wallet 1_000
dave      short 10 @ 100 isolated 10x
  = margin dave 111                  # 100, and 1 % of 1_100
dave      adds 89
  > added dave 89 margin 200
tick      117                        # 30 against 12 and 12: 1 % of (1_000 + 200) / 1.01
tick      118                        # 20 against 12 and 12
  > tick 118
  > breach dave:BTC short 10 mark 118 equity 20 maintenance 24 bankruptcy 120
  > deleverage bob sell 10 for 1_200 realized 200
  > ended dave 0 equity 0 maintenance 0

== a partial close releases no more than the fee of the rest leaves free
closes_at 1% bankruptcy
bob       short 10 @ 100
dave      wallet 1_000
dave      long 10 @ 100 isolated 10x
carol     bids 5 @ 96
tick      96
dave      sells 5                    # 109 - 20 = 89 in the margin, 20 of loss still open
  > accepted dave/1 sell 5 @ 92
  > filled carol/1 buy 5 @ 96 maker position 5
  > filled dave/1 sell 5 @ 96 taker position 5 realized -20
  = margin dave 45                   # half of it
  = wallet dave 935

== the leverage that a table of initial margin allows an isolated position
initial   0:2%:100x 1_000:10%:100x
dave      wallet 1_000
dave      isolates
  > mode dave isolated margin 0
dave      sets 50x
  > leverage dave 50x
tick      100
dave      buys 10 @ 95
  > accepted dave/1 buy 10 @ 95
dave      buys 1 @ 95                # 1_100 at mark ask for 20 and 10
  > refused dave invalid_leverage

== of a cross position such a table asks the more, the larger it is
initial   0:2%:100x 1_000:10%:100x
dave      wallet 119
dave      sets 100x
  > leverage dave 100x
tick      100
dave      buys 20 @ 100              # 20 for the first 1_000, 100 for the second
  > refused dave insufficient_margin
dave      deposits 21
  > deposited dave 21 wallet 140
dave      buys 20 @ 100
  > accepted dave/2 buy 20 @ 100
dave      sells 20 @ 101             # the other side is not larger
  > accepted dave/3 sell 20 @ 101
dave      withdraws 21
  > refused dave insufficient_margin
dave      withdraws 20
  > withdrawn dave 20 wallet 120
