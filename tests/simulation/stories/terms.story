== more commands than the rate are refused, and say when to come again
terms     rate 2 burst 3
tick      1_000
alice     wallet 1_000
alice     buys 1 @ 990
  > accepted alice/1 buy 1 @ 990
alice     amends 1 2 @ 990
  > amended alice/1 2 @ 990
alice     amends 1 2 @ 990           # what is refused for another reason counts too
  > refused alice unchanged
alice     buys 1 @ 980
  > refused alice rate_limit retry_after_us 500_000
at        09:00:00.1
alice     buys 1 @ 980
  > refused alice rate_limit retry_after_us 400_000
at        09:00:00.499999
alice     buys 1 @ 980
  > refused alice rate_limit retry_after_us 1
at        09:00:00.5
alice     buys 1 @ 980 as b
  > accepted alice/b buy 1 @ 980
alice     buys 1 @ 970
  > refused alice rate_limit retry_after_us 500_000
at        09:01:00                   # there are never more than three
alice     sets 5x
  > leverage alice 5x
alice     sets 6x
  > leverage alice 6x
alice     withdraws 1
  > withdrawn alice 1 wallet 999
alice     sets 7x
  > refused alice rate_limit

== who has used up his rate can still cancel, once more as often
terms     rate 1 burst 2
refusals  any:rate_limit:slow
tick      1_000
alice     wallet 1_000
bob       wallet 1_000
alice     buys 1 @ 990
  > accepted alice/1 buy 1 @ 990
alice     buys 1 @ 980
  > accepted alice/2 buy 1 @ 980
alice     buys 1 @ 970
  > refused alice rate_limit retry_after_us 1_000_000 code slow
alice     cancels 1
  > cancelled alice/1 1 cancelled
alice     clears all
  > cancelled alice/2 1 cancelled
  > cleared alice 1
alice     cancels 2
  > refused alice rate_limit retry_after_us 1_000_000
alice     buys 1 @ 970
  > refused alice rate_limit retry_after_us 3_000_000
bob       buys 1 @ 970               # nobody else is refused for it
  > accepted bob/1 buy 1 @ 970
alice     deposits 5                 # nor is money from outside
  > deposited alice 5 wallet 1_005
mallory   cancels 1
  > refused mallory unknown_account
outside   cancels 1
  > refused outside unknown_account

== who is silent for too long has his orders and stops taken away
tick      1_000
alice     wallet 1_000
bob       wallet 1_000
alice     clears all after 5
  > clears alice at 09:00:05
alice     buys 1 @ 990
  > accepted alice/1 buy 1 @ 990
alice     sells 1 @ 1_010 ETH
  > refused alice no_price
alice     stops buy 1 at 1_050
  > waits alice/3 stop buy 1 last 1_050
bob       buys 1 @ 980
  > accepted bob/1 buy 1 @ 980
at        09:00:04.999999
tick      1_000
alice     clears all after 5         # each time the timer begins anew
  > clears alice at 09:00:09.999999
at        09:00:09.999999
tick      1_000
  > cancelled alice/1 1 dead_man_switch
  > cancelled alice/3 1 dead_man_switch
  > silent alice 2
alice     buys 1 @ 990 as again      # once it has fired it is over
  > accepted alice/again buy 1 @ 990
at        10:00:00
tick      1_000

== one timer a contract, and one for all; each is ended by itself
tick      1_000
tick      ETH 100
alice     wallet 1_000
bob       wallet 1_000
alice     buys 1 @ 990
  > accepted alice/1 buy 1 @ 990
alice     buys 1 @ 90 ETH
  > accepted alice/2 buy 1 ETH @ 90
bob       clears after 2
  > clears bob at 09:00:02
alice     clears all after 2
  > clears alice at 09:00:02
alice     clears ETH after 2
  > clears alice ETH at 09:00:02
alice     clears after 3
  > clears alice at 09:00:03
alice     clears after 0
  > clears alice at never
alice     clears after 0             # nothing runs, and it may be said all the same
  > clears alice at never
at        09:00:02                   # by account; the timer for all before that of a contract
tick      1_000
  > cancelled alice/1 1 dead_man_switch
  > cancelled alice/2 ETH 1 dead_man_switch
  > silent alice 2
  > silent alice ETH 0
  > silent bob 0

== what a timer may not be
tick      1_000
alice     clears all after 5
  > refused alice unknown_account
alice     wallet 1_000
alice     clears XRP after 5
  > refused alice unknown_contract
alice     clears all after -1
  > refused alice invalid_time
alice     clears after 9_007_199_254
  > refused alice invalid_time
outside   clears all after 5
  > refused outside unknown_account

== an order that is sent again is placed once, whatever has become of it
terms     ids_kept 2
refusals  any:already_placed:twice
tick      1_000
alice     wallet 1_000
bob       wallet 1_000
alice     buys 1 @ 990 as a
  > accepted alice/a buy 1 @ 990
alice     buys 1 @ 990 as a
  > refused alice already_placed code twice
alice     buys 2 @ 990 as a          # the same id, but not the same order
  > refused alice duplicate_order
alice     cancels a
  > cancelled alice/a 1 cancelled
alice     buys 1 @ 990 as a
  > refused alice already_placed
alice     buys 0 @ 990 as a
  > refused alice duplicate_order
alice     stops buy 1 at 1_050 as a
  > refused alice duplicate_order
bob       buys 1 @ 980 as a          # ids are an account's own
  > accepted bob/a buy 1 @ 980
alice     buys 90 @ 990 as b
  > refused alice insufficient_margin
alice     buys 90 @ 990 as b      # what was refused is judged anew
  > refused alice insufficient_margin
alice     stops buy 1 at 1_050 as b
  > waits alice/b stop buy 1 last 1_050
alice     stops buy 1 at 1_050 as b
  > refused alice already_placed
tick      1_050
  > tick 1_050
  > triggered alice/b 1_050
  > accepted alice/b buy 1 @ 1_102
  > cancelled alice/b 1 immediate_or_cancel
alice     stops buy 1 at 1_050 as b  # not even though it would be refused otherwise now
  > refused alice already_placed
alice     buys 1 @ 980 as c          # the oldest of two makes room
  > accepted alice/c buy 1 @ 980
alice     buys 1 @ 990 as a
  > accepted alice/a buy 1 @ 990

== ids are known again for a while
terms     ids_kept 9 ids_kept_us 1_000_000
tick      1_000
alice     wallet 1_000
alice     buys 1 ioc as a
  > accepted alice/a buy 1 @ 1_050
  > cancelled alice/a 1 immediate_or_cancel
alice     buys 1 @ 990 as b
  > accepted alice/b buy 1 @ 990
at        09:00:01
alice     buys 1 ioc as a
  > refused alice already_placed
at        09:00:01.000001
alice     buys 1 ioc as a
  > accepted alice/a buy 1 @ 1_050
  > cancelled alice/a 1 immediate_or_cancel
alice     buys 1 @ 990 as b          # it rests still, but it is not known any more what was asked
  > refused alice duplicate_order

== a stop is moved
tick      1_000
alice     wallet 1_000
alice     moves s 1 at 1_050
  > refused alice unknown_order
alice     stops buy 2 at 1_050 as s
  > waits alice/s stop buy 2 last 1_050
alice     moves s 2 at 1_050
  > refused alice unchanged
alice     moves s 0 at 1_050
  > refused alice invalid_quantity
alice     moves s 2 at 1_050 @ 1_060  # it has no limit
  > refused alice invalid_order
alice     moves s 2 by 1%
  > refused alice invalid_order
alice     moves s 2 at 0
  > refused alice invalid_price
alice     moves s 2 at 1_000
  > refused alice would_trigger
alice     moves s 3 at 1_010
  > moved alice/s 3 1_010
tick      1_010
  > tick 1_010
  > triggered alice/s 1_010
  > accepted alice/s buy 3 @ 1_060
  > cancelled alice/s 3 immediate_or_cancel
mallory   moves s 1 at 1_010
  > refused mallory unknown_account

== a stop that is only smaller keeps its place, another goes behind
tick      1_000
alice     wallet 1_000
alice     stops buy 2 at 1_010 @ 1_010 ioc as a
  > waits alice/a stop buy 2 last 1_010
alice     stops buy 2 at 1_010 @ 1_010 ioc as b
  > waits alice/b stop buy 2 last 1_010
alice     stops buy 2 at 1_010 @ 1_010 ioc as c
  > waits alice/c stop buy 2 last 1_010
alice     moves b 1 at 1_010 @ 1_010
  > moved alice/b 1 1_010 price 1_010
alice     moves a 2 at 1_009 @ 1_010
  > moved alice/a 2 1_009
alice     moves c 3 at 1_010 @ 1_010
  > moved alice/c 3 1_010
tick      1_010
  > tick 1_010
  > triggered alice/b 1_010
  > accepted alice/b buy 1 @ 1_010
  > cancelled alice/b 1 immediate_or_cancel
  > triggered alice/a 1_010
  > accepted alice/a buy 2 @ 1_010
  > cancelled alice/a 2 immediate_or_cancel
  > triggered alice/c 1_010
  > accepted alice/c buy 3 @ 1_010
  > cancelled alice/c 3 immediate_or_cancel

== a trailing stop that is moved goes on from the best price that it has seen
tick      1_000
alice     wallet 1_000
alice     trails sell 2 by 5% as t
  > waits alice/t trailing sell 2 last none callback_ppm 50_000
tick      1_100
tick      1_089
alice     moves t 2 by 1%
  > refused alice would_trigger
alice     moves t 2 by 2%
  > moved alice/t 2 none callback_ppm 20_000
alice     moves t 2 by 100%
  > refused alice invalid_order
tick      1_078
  > tick 1_078
  > triggered alice/t 1_078
  > accepted alice/t sell 2 @ 1_025
  > cancelled alice/t 2 immediate_or_cancel
