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

== a venue may freeze what waits between two orders of its liquidation
closing   reduce slices slice_notional 5_000 cooldown_us 1_000_000 freeze true
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
  > refused alice position_frozen
alice     adds 200
  > refused alice position_frozen
alice     crosses
  > refused alice position_frozen
alice     withdraws 100
  > withdrawn alice 100 wallet 900
alice     deposits 1_000
  > deposited alice 1_000 wallet 1_900

== a frozen cross side stops all its contracts and the wallet, not what is isolated elsewhere
closing   reduce slices slice_notional 500 cooldown_us 1_000_000 freeze true cancel_cross contract
alice     wallet 1_080
alice     long 100 @ 100 cross 20x
bob       short 100 @ 100
carol     bids 5 @ 90
tick      ETH 100
tick      SOL 100
alice     isolates SOL
  > mode alice SOL isolated margin 0
alice     buys 1 ETH @ 50 as e
  > accepted alice/e buy 1 ETH @ 50
alice     stops buy 1 ETH at 110 as s
  > waits alice/s stop buy 1 ETH last 110
tick      90
  > tick 90
  > breach alice long 5 mark 90 equity 80 maintenance 90 bankruptcy 90 spared 95
  > filled carol/1 buy 5 @ 90 maker liquidation position 5
  > close alice 5 @ 90
  > ended alice 95 equity 80 maintenance 86
  > waits alice cooldown until 09:00:01
alice     buys 1 ETH @ 50
  > refused alice position_frozen
alice     sets 5x ETH
  > refused alice position_frozen
alice     isolates ETH
  > refused alice position_frozen
alice     amends e 1 @ 51
  > refused alice position_frozen
alice     moves s 1 at 111
  > refused alice position_frozen
alice     amends none 1 @ 51
  > refused alice unknown_order
alice     moves none 1 at 111
  > refused alice unknown_order
alice     withdraws 1
  > refused alice position_frozen
alice     buys 1 SOL @ 100
  > refused alice insufficient_margin
alice     cancels e
  > cancelled alice/e ETH 1 cancelled
alice     deposits 1_000
  > deposited alice 1_000 wallet 2_030
at        09:00:01
tick      90
  > resumes alice
  > draws alice 609
alice     withdraws 1
  > withdrawn alice 1 wallet 2_029

== a frozen leg stops the other one too, for they share their settings
closing   reduce slices slice_notional 5_000 cooldown_us 1_000_000 freeze true
rules     position_modes one_way,hedge
alice     wallet 20_000
alice     hedges
  > legs alice hedge
alice     isolates
  > mode alice isolated margin 0
alice     long 100 @ 1_000
bob       short 100 @ 1_000
carol     bids 100 @ 908
tick      908
  > tick 908
  > breach alice:BTC:long long 5 mark 908 equity 800 maintenance 908 bankruptcy 900 spared 95
  > filled carol/1 buy 5 @ 908 maker liquidation position 5
  > close alice 5 long @ 908
  > ended alice long 95 equity 800 maintenance 863
  > waits alice:BTC:long cooldown until 09:00:01
alice     sells 1 short @ 1_000
  > refused alice position_frozen
alice     sells 1 long @ 908
  > refused alice position_frozen
alice     adds 1 short
  > refused alice position_frozen

== what is frozen is free once its position is gone
closing   reduce slices slice_notional 5_000 cooldown_us 1_000_000 freeze true
alice     wallet 11_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 5 @ 908
tick      908
  > tick 908
  > breach alice:BTC long 5 mark 908 equity 800 maintenance 908 bankruptcy 900 spared 95
  > filled carol/1 buy 5 @ 908 maker liquidation position 5
  > close alice 5 @ 908
  > ended alice 95 equity 800 maintenance 863
  > waits alice:BTC cooldown until 09:00:01
alice     sets 5x
  > refused alice position_frozen
settles
  > ends @ 908
  > settles alice long 95 @ 908 realized -8_740
  > settles bob short 100 @ 908 realized 9_200
  > settles carol long 5 @ 908 realized 0
alice     sets 5x
  > leverage alice 5x

== where the mode is the account's, no part of it changes while one is frozen
closing   reduce slices slice_notional 5_000 cooldown_us 1_000_000 freeze true
margin    mode_of account
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
alice     crosses
  > refused alice position_frozen
alice     crosses ETH
  > refused alice position_frozen

== only what waits between two orders is frozen, not what the venue has not reacted to
closing   delay_us 1_000_000 cooldown_us 1_000_000 freeze true
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      909
  > tick 909
  > waits alice:BTC delay until 09:00:01
alice     deposits 200
  > deposited alice 200 wallet 200
alice     adds 200
  > added alice 200 margin 1_200
