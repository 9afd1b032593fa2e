== before the first tick there is no price
mallory   wallet 1_000
mallory   buys 1
  > refused mallory no_price
rate      0.01%
  > refused FundingTick no_price
index     100
mallory   buys 1
  > refused mallory no_price

== names that are not there or not for clients
tick      XRP 100
  > refused TradeTick unknown_contract
quote     XRP 1 @ 99  1 @ 101
  > refused QuoteTick unknown_contract
index     XRP 100
  > refused IndexTick unknown_contract
rate      XRP 0.01%
  > refused FundingTick unknown_contract
nobody    deposits 5
  > refused Deposit reserved_account
outside   deposits 5
  > refused outside reserved_account
mal:lory  deposits 5
  > refused mal:lory reserved_account
mallory   withdraws 5
  > refused mallory unknown_account
mallory   buys 1
  > refused mallory unknown_account
mallory   amends 1 1 @ 100
  > refused mallory unknown_account
mallory   cancels 1
  > refused mallory unknown_account
mallory   sets 5x
  > refused mallory unknown_account
mallory   isolates
  > refused mallory unknown_account
mallory   adds 5
  > refused mallory unknown_account
mallory   removes 5
  > refused mallory unknown_account
outside   withdraws 5
  > refused outside unknown_account
outside   buys 1
  > refused outside unknown_account
outside   amends 1 1 @ 100
  > refused outside unknown_account
outside   cancels 1
  > refused outside unknown_account
mallory   wallet 1_000
mallory   buys 1 XRP
  > refused mallory unknown_contract
mallory   sets 5x XRP
  > refused mallory unknown_contract
mallory   crosses XRP
  > refused mallory unknown_contract
mallory   adds 5 XRP
  > refused mallory unknown_contract
mallory   amends 1 1 @ 100
  > refused mallory unknown_order
mallory   cancels 1
  > refused mallory unknown_order

== time does not go back, but a refused command moves it too
tick      100
mallory   wallet 1_000
at        08:59:59
mallory   buys 1
  > refused mallory time_went_back
at        09:00:05
mallory   buys 0
  > refused mallory invalid_quantity
at        09:00:04
tick      101
  > refused TradeTick time_went_back
at        09:00:05
tick      101

== ticks that make no sense
contract  tick 5 price_max 1_000
tick      100
tick      0
  > refused TradeTick invalid_price
tick      1_001
  > refused TradeTick invalid_price
tick      100 of 0
  > refused TradeTick invalid_quantity
quote     1 @ 0  1 @ 100
  > refused QuoteTick invalid_price
quote     1 @ 100  1 @ 100
  > refused QuoteTick invalid_price
quote     1 @ 95  1 @ 1_005
  > refused QuoteTick invalid_price
quote     1 @ 96  1 @ 100
  > refused QuoteTick invalid_price
quote     1 @ 95  1 @ 101
  > refused QuoteTick invalid_price
quote     -1 @ 95  1 @ 100
  > refused QuoteTick invalid_quantity
quote     1 @ 95  -1 @ 100
  > refused QuoteTick invalid_quantity
index     0
  > refused IndexTick invalid_price
index     1_001
  > refused IndexTick invalid_price
rate      101%
  > refused FundingTick invalid_amount
rate      -101%
  > refused FundingTick invalid_amount
rate      0.01%                      # this contract's funding does not come from a file
  > refused FundingTick invalid_order
tick      103                        # a trade may be off our grid
quote     0 @ 95  0 @ 1_000          # and a quote may show nothing

== amounts of money
mallory   deposits 0
  > refused mallory invalid_amount
mallory   deposits -5
  > refused mallory invalid_amount
mallory   deposits 9_007_199_254_740_992
  > refused mallory invalid_amount
mallory   deposits 9_007_199_254_740_991
  > deposited mallory 9_007_199_254_740_991 wallet 9_007_199_254_740_991
mallory   deposits 1
  > refused mallory invalid_amount
mallory   withdraws 0
  > refused mallory invalid_amount
mallory   withdraws 9_007_199_254_740_992
  > refused mallory insufficient_margin
mallory   withdraws 9_007_199_254_740_991
  > withdrawn mallory 9_007_199_254_740_991 wallet 0

== orders that make no sense
contract  tick 5 price_max 1_000
tick      100
mallory   wallet 1_000
mallory   buys 1 @ 100 as nothing
  > refused mallory invalid_order
mallory   buys 0 @ 100
  > refused mallory invalid_quantity
mallory   sells -1
  > refused mallory invalid_quantity
mallory   buys 1 fok
  > refused mallory invalid_order
mallory   buys 1 post-only
  > refused mallory invalid_order
mallory   buys 1 @ 100 ioc post-only
  > refused mallory invalid_order
mallory   buys 1 @ 100 fok post-only
  > refused mallory invalid_order
mallory   buys 1 @ 0
  > refused mallory invalid_price
mallory   sells 1 @ 1_005
  > refused mallory invalid_price
mallory   buys 1 @ 101
  > refused mallory invalid_price
mallory   buys 1 @ 95 as mine
  > accepted mallory/mine buy 1 @ 95
mallory   buys 1 @ 90 as mine
  > refused mallory duplicate_order
mallory   amends mine 0 @ 95
  > refused mallory invalid_quantity
mallory   amends mine 1 @ 95
  > refused mallory unchanged
mallory   amends mine 1 @ 91
  > refused mallory invalid_price
mallory   cancels mine
  > cancelled mallory/mine 1 cancelled
mallory   buys 1 @ 90 as mine        # what no longer rests frees its name
  > accepted mallory/mine buy 1 @ 90

== margin that is not there
tick      100
mallory   wallet 100
mallory   buys 11 @ 100              # 1_100 / 10
  > refused mallory insufficient_margin
mallory   buys 10 @ 100
  > accepted mallory/2 buy 10 @ 100
mallory   buys 1 @ 99
  > refused mallory insufficient_margin
mallory   amends 2 11 @ 100
  > refused mallory insufficient_margin
mallory   withdraws 1
  > refused mallory insufficient_margin
mallory   sells 10 @ 100 ioc         # the other side is free: only the larger one counts
  > accepted mallory/4 sell 10 @ 100
  > cancelled mallory/2 10 self_trade
  > cancelled mallory/4 10 immediate_or_cancel

== settings that are not possible
tick      100
alice     wallet 1_000
alice     sets 0x
  > refused alice invalid_leverage
alice     sets 101x
  > refused alice invalid_leverage
alice     sets 10x
  > refused alice unchanged
alice     crosses
  > refused alice unchanged
alice     adds 5
  > refused alice not_isolated
alice     removes 5
  > refused alice not_isolated
alice     buys 1 @ 99
  > accepted alice/1 buy 1 @ 99
alice     isolates
  > refused alice has_orders
alice     isolates ETH
  > mode alice ETH isolated margin 0
alice     adds 5 ETH
  > refused alice no_position
alice     removes 5 ETH
  > refused alice no_position

== an isolated position keeps its leverage
dave      wallet 1_000
dave      long 5 @ 100 isolated
bob       short 5 @ 100
dave      sets 20x
  > refused dave has_position
dave      isolates
  > refused dave unchanged
dave      isolates ETH
  > mode dave ETH isolated margin 0
tick      ETH 100
dave      buys 1 ETH @ 99
  > accepted dave/1 buy 1 ETH @ 99
dave      sets 20x ETH
  > refused dave has_orders
dave      sets 20x SOL               # before its first tick already
  > leverage dave SOL 20x

== a venue that does not switch the mode of a position
rules     mode_switch_with_position false
dave      wallet 1_000
dave      long 5 @ 100 cross
bob       short 5 @ 100
dave      isolates
  > refused dave has_position

== times that no reader of numbers keeps exactly
tick      100
mallory   wallet 1_000
at        -1
mallory   withdraws 1
  > refused mallory invalid_time at_us 1_704_099_600_000_000
at        9_007_199_254_740_992
tick      100
  > refused TradeTick invalid_time at_us 1_704_099_600_000_000
at        09:00:00                   # the clock has not moved
mallory   withdraws 1
  > withdrawn mallory 1 wallet 999
at        9_007_199_254_740_991
mallory   withdraws 1
  > withdrawn mallory 1 wallet 998

== all the money of an account counts
tick      100
mallory   wallet 9_007_199_254_740_991
mallory   isolates
  > mode mallory isolated margin 0
mallory   buys 10 @ 99
  > accepted mallory/1 buy 10 @ 99
mallory   deposits 1
  > refused mallory invalid_amount
mallory   withdraws 1
  > withdrawn mallory 1 wallet 9_007_199_254_740_891
mallory   deposits 2
  > refused mallory invalid_amount
mallory   deposits 1
  > deposited mallory 1 wallet 9_007_199_254_740_892

== a venue has codes of its own
refusals  SetMarginMode:unchanged:-46 any:unchanged:-1 any:unknown_order:-11
tick      1_000
alice     wallet 1_000
alice     crosses
  > refused alice unchanged code -46
alice     sets 10x
  > refused alice unchanged code -1
alice     cancels nothing
  > refused alice unknown_order code -11
alice     sets 0x
  > refused alice invalid_leverage
