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
