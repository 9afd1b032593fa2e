== a contract ends: what waits is cancelled, everybody is closed at the mark without a fee
rules     taker_fee_ppm 1_000
alice     wallet 2_000
alice     long 10 @ 1_000 isolated
bob       short 7 @ 1_000
outside   short 3 @ 1_000
carol     bids 4 @ 900
alice     stops sell 10 at 800
  > waits alice/1 stop sell 10 last 800
tick      950
settles
  > cancelled alice/1 10 contract_settled
  > cancelled carol/1 4 contract_settled
  > ends @ 950
  > settles alice long 10 @ 950 realized -500
  > settles bob short 7 @ 950 realized 350
bob       buys 1 @ 950
  > refused bob contract_settled
alice     stops sell 10 at 800
  > refused alice contract_settled
settles
  > refused SettleContract contract_settled
carol     offers 20
  > refused carol no_assignment
tick      900

== a contract ends at a price of the venue's choice, and who owes then is made good
fund      50
alice     wallet 1_000
alice     long 10 @ 1_000 isolated 10x
bob       wallet 2_000
bob       short 10 @ 1_000
tick      950
settles   @ 890
  > ends @ 890
  > settles alice long 10 @ 890 realized -1_100
  > settles bob short 10 @ 890 realized 1_100
  > breach alice:BTC long 0 mark 950 equity -100 maintenance 0 bankruptcy none
  > socialize bob 50
  > deficit alice 100 insurance_fund 50 socialized 50
  > ended alice 0 equity 0 maintenance 0

== a contract does not end before it begins, nor one that is not there
settles   SOL
  > refused SettleContract no_price
settles   XRP
  > refused SettleContract unknown_contract
tick      1_000
settles   @ 0
  > refused SettleContract invalid_price
settles   @ 100_001
  > refused SettleContract invalid_price
settles   @ 100_000
  > ends @ 100_000

== an account that waits in the midst of its liquidation has nothing left to liquidate
closing   cooldown_us 1_000_000
backed
rules     adl none
alice     wallet 1_000
alice     long 10 @ 1_000
dave      wallet 100
dave      long 1 @ 1_000 isolated
bob       short 11 @ 1_000
tick      895
  > tick 895
  > breach dave:BTC long 1 mark 895 equity -5 maintenance 9 bankruptcy 900
  > ended dave 1 equity -5 maintenance 9
  > waits dave:BTC cooldown until 09:00:02
  > breach alice long 10 mark 895 equity -50 maintenance 90 bankruptcy 900
  > ended alice 10 equity -50 maintenance 90
  > waits alice cooldown until 09:00:02
settles
  > ends @ 895
  > settles alice long 10 @ 895 realized -1_050
  > settles bob short 11 @ 895 realized 1_155
  > settles dave long 1 @ 895 realized -105
  > breach dave:BTC long 0 mark 895 equity -5 maintenance 0 bankruptcy none
  > socialize bob 5
  > deficit dave 5 socialized 5
  > ended dave 0 equity 0 maintenance 0
  > breach alice long 0 mark 895 equity -50 maintenance 0 bankruptcy none
  > socialize bob 50
  > deficit alice 50 socialized 50
  > ended alice 0 equity 0 maintenance 0
at        09:00:02
tick      895
