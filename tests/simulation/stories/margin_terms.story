== a leverage that can only be raised leaves the margin where it is
margin    leverage_with_position raised
dave      wallet 200
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      sets 5x
  > refused dave has_position
dave      bids 1 @ 50
dave      sets 20x
  > refused dave has_orders
dave      clears
  > cancelled dave/1 1 cancelled
  > cleared dave 1
dave      sets 20x
  > leverage dave 20x
  = margin dave 100
dave      removes 50
  > removed dave 50 margin 50

== a leverage that is set anew moves the margin
margin    leverage_with_position reset
dave      wallet 300
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      sets 5x
  > leverage dave 5x
  > added dave 100 margin 200 leverage
dave      sets 2x                    # 300 more, and 100 are there
  > refused dave insufficient_margin
dave      sets 50x
  > leverage dave 50x
  > removed dave 180 margin 20 leverage
  = wallet dave 280
dave      sets 100x                  # 10 would have to keep 10
  > refused dave would_liquidate

== what a higher leverage gives back is the margin, not the profit
margin    leverage_with_position reset
funding   file
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
tick      120
  > tick 120
  > draws bob 92
rate      15%                        # 180 of 100
  > funding 15% mark 120
  > paid bob -180
  > paid dave 180
dave      sets 50x
  > leverage dave 50x
  = margin dave -80

== where a leverage isolates, cross has none of its own
margin    leverage_isolates true
alice     wallet 200
alice     sets 20x
  > leverage alice 20x
  > mode alice isolated margin 0
alice     sets 20x
  > refused alice unchanged
alice     crosses
  > leverage alice 10x
  > mode alice cross margin 0
alice     sets 10x                   # equal, and yet it isolates
  > leverage alice 10x
  > mode alice isolated margin 0
alice     crosses
  > mode alice cross margin 0
alice     sets 101x
  > refused alice invalid_leverage

== with a position the margin goes along, or the leverage is refused
margin    leverage_isolates true
alice     wallet 200
alice     long 10 @ 100 cross 10x
bob       short 10 @ 100
alice     sets 4x                    # 250 are not there
  > refused alice insufficient_margin
alice     sets 100x
  > refused alice would_liquidate
alice     sets 20x
  > leverage alice 20x
  > mode alice isolated margin 50

== the mode is the account's: all contracts, or the first that is in the way
margin    mode_of account
alice     wallet 200
alice     long 10 @ 100 cross 10x
alice     long 10 ETH @ 10 cross 10x
bob       short 10 @ 100
bob       short 10 ETH @ 10
alice     crosses all
  > refused alice unchanged
alice     bids 1 ETH @ 5
alice     isolates all
  > refused alice has_orders
alice     clears all
  > cancelled alice/1 ETH 1 cancelled
  > cleared alice 1
tick      95
alice     isolates all
  > mode alice isolated margin 100
  > mode alice ETH isolated margin 10
  > mode alice SOL isolated margin 0
  = wallet alice 90
alice     sells 10 ETH ioc
  > accepted alice/2 sell 10 ETH @ 10
  > cancelled alice/2 ETH 10 immediate_or_cancel
alice     crosses SOL                # the contract has no effect
  > mode alice cross margin 0
  > mode alice ETH cross margin 0
  > mode alice SOL cross margin 0
  = wallet alice 200

== the wallet pays contract by contract
margin    mode_of account
alice     wallet 115
alice     long 10 @ 100 cross 100x
alice     long 10 ETH @ 100 cross 10x
bob       short 10 @ 100
bob       short 10 ETH @ 100
tick      101
alice     withdraws 6
  > withdrawn alice 6 wallet 109
alice     isolates all               # 10 and 100
  > refused alice insufficient_margin
alice     deposits 1
  > deposited alice 1 wallet 110
tick      100
alice     isolates all               # 10 against 10
  > refused alice would_liquidate

== with positions only where the venue allows it, and back only if the pool holds
margin    mode_of account
rules     mode_switch_with_position false
alice     wallet 200
alice     long 10 ETH @ 10 cross 10x
bob       short 10 ETH @ 10
alice     isolates all
  > refused alice has_position

== back to cross only if the pool holds
margin    mode_of account
rules     default_mode isolated
dave      wallet 100
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
tick      95
dave      crosses all                # 50 are less than 95
  > refused dave insufficient_margin

== a contract must be named where it has its own mode, and nobody fills up where the venue does not
alice     wallet 10
alice     isolates all
  > refused alice unknown_contract
alice     refills on
  > refused alice no_auto_margin

== a position is filled up with its opening margin before it is liquidated
margin    auto_margin true
dave      wallet 250
dave      refills on
  > refused dave not_isolated
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      refills on
  > refills dave yes
dave      refills on
  > refused dave unchanged
tick      92
tick      91                         # 10 against 10
  > tick 91
  > added dave 100 margin 200 auto
tick      80                         # 50 are left, 8 must be more than 0
  > tick 80
  > added dave 50 margin 250 auto
tick      75
  > tick 75
  > breach dave:BTC long 10 mark 75 equity 0 maintenance 8 bankruptcy 75
  > deleverage bob buy 10 for 750 realized 250
  > ended dave 0 equity 0 maintenance 0
dave      refills off
  > refills dave no

== what would not help stays in the wallet
margin    auto_margin true
dave      wallet 104
dave      long 10 @ 100 isolated 10x
bob       short 10 @ 100
dave      refills on
  > refills dave yes
tick      90                         # 4 of 10 that would be too little
  > tick 90
  > breach dave:BTC long 10 mark 90 equity 0 maintenance 9 bankruptcy 90
  > deleverage bob buy 10 for 900 realized 100
  > ended dave 0 equity 0 maintenance 0
  = wallet dave 4
