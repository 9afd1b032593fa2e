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
