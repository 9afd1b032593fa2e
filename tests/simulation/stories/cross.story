== the profit of one position carries another, which alone would be gone
alice     wallet 200
alice     long 10 @ 100 cross 10x
alice     short 10 ETH @ 100 cross 10x
dave      wallet 200
dave      long 10 @ 100 isolated 10x
dave      short 10 ETH @ 100 isolated 10x
bob       short 20 @ 100
bob       long 20 ETH @ 100
tick      ETH 85                     # both have won 150 there
  > tick ETH 85
  > draws bob ETH 147                # 300 of loss, and 170 less 17 kept
carol     bids 10 @ 90
tick      90
  > tick 90
  > draws alice 19                   # her BTC alone would lack 100 - (90 - 9)
  > breach dave:BTC long 10 mark 90 equity 0 maintenance 9 bankruptcy 90
  > filled carol/1 buy 10 @ 90 maker liquidation position 10
  > close dave 10 @ 90
  > ended dave 0 equity 0 maintenance 0
tick      76                         # alice has 200 + 150 - 240 = 110 against 8 + 9
  > tick 76
  > draws carol 72                   # 140 of loss, and 76 less 8 kept

== the smaller side of open orders is free, and one's position nets the other side
alice     wallet 100
tick      100
alice     buys 10 @ 100
  > accepted alice/1 buy 10 @ 100
alice     sells 9 @ 111              # 99 against 100
  > accepted alice/2 sell 9 @ 111
bob       wallet 1_000
bob       sells 10 @ 100
  > accepted bob/1 sell 10 @ 100
  > filled alice/1 buy 10 @ 100 maker position 10
  > filled bob/1 sell 10 @ 100 taker position -10
alice     withdraws 1                # 100 of initial margin; her sale only closes
  > refused alice insufficient_margin
alice     sells 11 @ 105             # 1 of 11 would open, and 9 of the 9 at 111
  > refused alice insufficient_margin
alice     sells 1 @ 105
  > accepted alice/4 sell 1 @ 105
alice     sells 1 @ 106              # 1 of 111
  > refused alice insufficient_margin
alice     deposits 11
  > deposited alice 11 wallet 111
alice     sells 1 @ 106
  > accepted alice/6 sell 1 @ 106

== leverage of a cross position is lowered only as far as there is money
alice     wallet 100
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
alice     sets 5x
  > refused alice insufficient_margin
alice     sets 20x
  > leverage alice 20x
alice     buys 5 @ 100               # 50 and 25
  > accepted alice/1 buy 5 @ 100
alice     sets 14x                   # 71 and 35
  > refused alice insufficient_margin
alice     sets 15x                   # 66 and 33
  > leverage alice 15x

== money made in one contract is lost in another, and both are one wallet
alice     wallet 100
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
carol     bids 10 @ 105
alice     sells 10
  > accepted alice/1 sell 10 @ 95
  > filled carol/1 buy 10 @ 105 maker position 10
  > filled alice/1 sell 10 @ 105 taker position 0 realized 50
  > mark 105
  = wallet alice 150
