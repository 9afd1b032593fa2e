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
