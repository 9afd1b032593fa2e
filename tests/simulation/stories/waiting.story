== the venue reacts late, and finds the account healthy
closing   delay_us 1_000_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 800
tick      909
  > tick 909
  > waits alice:BTC delay until 09:00:01
at        09:00:00.5
tick      950                        # not looked at before its time
at        09:00:01
tick      950
  > resumes alice:BTC

== the venue reacts late, and the account has got worse
closing   delay_us 1_000_000
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
carol     bids 10 @ 880
tick      909
  > tick 909
  > waits alice delay until 09:00:01
at        09:00:00.5
tick      889
at        09:00:01
tick      889
  > resumes alice
  > breach alice long 10 mark 889 equity -110 maintenance 89 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== two waits are over at once: the largest loss goes first
closing   delay_us 1_000_000
alice     wallet 1_000
dave      wallet 2_000
alice     long 10 @ 1_000 isolated
dave      long 20 @ 1_000 cross
bob       short 30 @ 1_000
carol     bids 30 @ 905
tick      905
  > tick 905
  > waits alice:BTC delay until 09:00:01
  > waits dave delay until 09:00:01
at        09:00:01
tick      905
  > resumes alice:BTC
  > resumes dave
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 905 maker liquidation position 10
  > close alice 10 @ 905
  > residue alice 50 to fund
  > ended alice 0 equity 0 maintenance 0
  > breach dave long 20 mark 905 equity 100 maintenance 181 bankruptcy 900
  > filled carol/1 buy 20 @ 905 maker liquidation position 30
  > close dave 20 @ 905
  > residue dave 100 to fund
  > ended dave 0 equity 0 maintenance 0

== who adds margin while he waits is let go, and pays what his fills owe
closing   reduce slices slice_notional 5_000 cooldown_us 1_000_000
rules     liquidation_fee_ppm 10_000 taker_fee_ppm 1_000
alice     wallet 11_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 908
tick      908
  > tick 908
  > breach alice:BTC long 5 mark 908 equity 800 maintenance 908 bankruptcy 900 spared 95
  > filled carol/1 buy 5 @ 908 maker liquidation position 5
  > close alice 5 @ 908
  > ended alice 95 equity 800 maintenance 863
  > waits alice:BTC cooldown until 09:00:01
alice     adds 200
  > added alice 200 margin 9_740
at        09:00:01
tick      908                        # 5 x 908 = 4_540: 4 and 45
  > resumes alice:BTC
  > fee alice 4 and 45

== who closes while he waits owes nothing more
closing   reduce slices slice_notional 5_000 cooldown_us 1_000_000
alice     wallet 11_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 200 @ 908
tick      908
  > tick 908
  > breach alice:BTC long 5 mark 908 equity 800 maintenance 908 bankruptcy 900 spared 95
  > filled carol/1 buy 5 @ 908 maker liquidation position 5
  > close alice 5 @ 908
  > ended alice 95 equity 800 maintenance 863
  > waits alice:BTC cooldown until 09:00:01
alice     sells 95
  > accepted alice/1 sell 95 @ 863
  > filled carol/1 buy 95 @ 908 maker position 100
  > filled alice/1 sell 95 @ 908 taker position 0 realized -8_740
at        09:00:01
tick      908
  > resumes alice:BTC

== a position that becomes cross has lost its wait
closing   delay_us 1_000_000
alice     wallet 11_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
tick      908
  > tick 908
  > waits alice:BTC delay until 09:00:01
alice     crosses
  > refused alice insufficient_margin
alice     deposits 10_000
  > deposited alice 10_000 wallet 11_000
alice     crosses
  > mode alice cross margin 0
  > draws alice 1_028
at        09:00:01
tick      908
