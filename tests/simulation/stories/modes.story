== a position changes its mode and takes its margin along
alice     wallet 1_000
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
alice     isolates
  > mode alice isolated margin 100
  = wallet alice 900
tick      95
alice     crosses                    # margin comes back, the loss of 50 is the account's now
  > mode alice cross margin 0
  = wallet alice 1_000
alice     withdraws 856              # 1_000 - 50 - 95
  > refused alice insufficient_margin
alice     withdraws 855
  > withdrawn alice 855 wallet 145

== a switch without position moves nothing
alice     wallet 10
alice     isolates
  > mode alice isolated margin 0
alice     crosses
  > mode alice cross margin 0

== the wallet must pay the isolated margin, whatever profit there is
alice     wallet 100
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
tick      110
  > tick 110
  > draws bob 1
alice     long 9 ETH @ 100 cross 10x # 100 + 100 - 110 = 90
bob       short 9 ETH @ 100
alice     isolates                   # 100 are there, but ETH needs 90 of the profit that leaves
  > refused alice insufficient_margin
alice     isolates ETH
  > mode alice ETH isolated margin 90
  = wallet alice 10
alice     isolates                   # 100 are not in the wallet any more
  > refused alice insufficient_margin

== the cross side may need what it would get back
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
tick      95                         # 100 - 50 are less than 95
dave      crosses
  > refused dave insufficient_margin
dave      deposits 44
  > deposited dave 44 wallet 44
dave      crosses
  > refused dave insufficient_margin
dave      deposits 1
  > deposited dave 1 wallet 45
dave      crosses
  > mode dave cross margin 0
  = wallet dave 145

== not into a liquidation of the position
alice     wallet 1_000
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
tick      91
  > tick 91
  > draws alice 9                    # 90 of loss, and 91 less 10 kept
alice     isolates                   # 100 - 90 against 9.1
  > refused alice would_liquidate
tick      92
alice     isolates
  > mode alice isolated margin 100

== not into a liquidation of what moves, and enough for what stays behind
alice     wallet 110
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
alice     long 10 ETH @ 100 cross 100x
bob       short 10 ETH @ 100
alice     isolates                   # 10 would stay, and ETH keeps 10 and one more
  > refused alice insufficient_margin
alice     isolates ETH               # 100 stay and suffice, but 10 is just what ETH must keep
  > refused alice would_liquidate

== a lower leverage that ties up no more than maintenance does
alice     wallet 111
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
alice     long 10 ETH @ 100 cross 100x
bob       short 10 ETH @ 100
alice     sets 90x ETH               # 11 before, for maintenance, and 1_000 / 90 = 11 now
  > leverage alice ETH 90x
alice     sets 83x ETH               # 12
  > refused alice insufficient_margin

== the cross side must carry the maintenance that comes back
dave      wallet 21
dave      isolates
  > mode dave isolated margin 0
dave      sets 100x
  > leverage dave 100x
tick      101
dave      buys 10 @ 100
  > accepted dave/1 buy 10 @ 100
quote     0 @ 98  0 @ 100
  > tick 101
  > filled dave/1 buy 10 @ 100 maker outside position 10
dave      adds 1
  > added dave 1 margin 11
dave      long 1 ETH @ 100 cross 10x
bob       short 1 ETH @ 100
tick      100
tick      ETH 98                     # wallet 10: 8 against 9; 11 come, and 11 are kept
dave      crosses
  > refused dave insufficient_margin
dave      deposits 1
  > deposited dave 1 wallet 11
dave      crosses
  > mode dave cross margin 0
