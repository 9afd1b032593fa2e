== money comes in and goes out
alice     deposits 100
  > deposited alice 100 wallet 100
alice     deposits 50
  > deposited alice 50 wallet 150
alice     withdraws 30
  > withdrawn alice 30 wallet 120
alice     withdraws 121
  > refused alice insufficient_margin

== unrealised profit cannot be taken out, nor what carries positions and orders
alice     wallet 150
alice     long 10 @ 100
bob       short 10 @ 100
alice     withdraws 51               # 150 less 100 of initial margin
  > refused alice insufficient_margin
tick      110                        # equity 250 less 110: 140 are available, all in the wallet
  > tick 110
  > draws bob 1                      # he is short: 100 of loss, and 110 less 11 kept
alice     withdraws 141
  > refused alice insufficient_margin
alice     withdraws 140
  > withdrawn alice 140 wallet 10
tick      125                        # equity 260 less 125: 135 available, but the wallet holds 10
alice     withdraws 11
  > refused alice insufficient_margin
alice     buys 8 ETH
  > refused alice no_price
tick      ETH 100
alice     buys 13 ETH @ 100          # profit may be traded on: 130 of 135
  > accepted alice/2 buy 13 ETH @ 100
alice     withdraws 6
  > refused alice insufficient_margin
alice     withdraws 5
  > withdrawn alice 5 wallet 5

== withdrawals leave one unit more than maintenance
alice     wallet 20
alice     long 10 @ 100 cross 100x
bob       short 10 @ 100
alice     withdraws 10
  > refused alice insufficient_margin
alice     withdraws 9
  > withdrawn alice 9 wallet 11

== and on a strict venue just maintenance
rules     strict_trigger true
alice     wallet 20
alice     long 10 @ 100 cross 100x
bob       short 10 @ 100
alice     withdraws 11
  > refused alice insufficient_margin
alice     withdraws 10
  > withdrawn alice 10 wallet 10
