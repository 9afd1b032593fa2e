== margin calls at 50, 80 and 90 percent, and what would end them
rules     warning_levels 50,80,90
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      919                        # 190 against 92: 48 %
tick      918                        # 180 against 92: 51 %
  > tick 918
  > called alice 50% equity 180 maintenance 92 restore 4     # 92 / 0.5 = 184
tick      917                        # 830 of loss, and 917 less 92 kept
  > tick 917
  > draws alice 5
tick      912                        # 120 against 92: 77 %
tick      911                        # 110 against 92: 84 %
  > tick 911
  > called alice 80% equity 110 maintenance 92 restore 5     # 92 / 0.8 = 115
  > draws alice 71
tick      910                        # 100 against 91
  > tick 910
  > called alice 90% equity 100 maintenance 91 restore 2     # 91 / 0.9 = 101.1
  > draws alice 81
tick      909                        # 90 against 91
  > tick 909
  > breach alice long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== a level that was crossed is armed again five points below it
rules     warning_levels 50,80,90
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      910                        # two levels are jumped over: one call
  > tick 910
  > called alice 90% equity 100 maintenance 91 restore 2
  > draws alice 81
tick      911                        # 84 %: 90 is armed again, 80 is not
tick      910
  > tick 910
  > called alice 90% equity 100 maintenance 91 restore 2
  > draws alice 81
tick      913                        # 130 against 92, 71 %: 80 is armed again too
tick      911
  > tick 911
  > called alice 80% equity 110 maintenance 92 restore 5
  > draws alice 71
tick      1_000                      # all is well, nothing is said
tick      918
  > tick 918
  > called alice 50% equity 180 maintenance 92 restore 4
tick      920                        # 200 against 92, 46 %: not 5 points below
tick      918
tick      921                        # 210 against 93, 44 %
tick      918
  > tick 918
  > called alice 50% equity 180 maintenance 92 restore 4

== a call is not repeated while it lasts, nor for a level below it
rules     warning_levels 50,80,90
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      910
  > tick 910
  > called dave:BTC 90% equity 100 maintenance 91 restore 2
tick      910
dave      deposits 1
  > deposited dave 1 wallet 1
dave      adds 1
  > added dave 1 margin 1_001

== money that is added arms the levels again
rules     warning_levels 50,80,90 rearm_points 20
dave      wallet 1_100
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      911                        # 110 against 92: 84 %
  > tick 911
  > called dave:BTC 80% equity 110 maintenance 92 restore 5
dave      adds 43                    # 153, of which 60 % are 91.8
  > added dave 43 margin 1_043
tick      906                        # 103 against 91: 88 %
tick      911
dave      adds 1                     # 154: 92.4
  > added dave 1 margin 1_044
tick      906                        # 104 against 91: 87.5 %
  > tick 906
  > called dave:BTC 80% equity 104 maintenance 91 restore 10  # 91 / 0.8 = 113.75

== a cross account is called for its largest position, and says who lives on the pool
rules     warning_levels 50
alice     wallet 2_020
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
alice     short 2 SOL @ 100 cross
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
bob       long 2 SOL @ 100
tick      900                        # 1_000 less (900 - 90); ETH has lost nothing
  > tick 900
  > draws alice 190
tick      ETH 934                    # 2_020 - 1_000 - 660 = 360 against 90 + 94 + 2
  > tick ETH 934
  > called alice ETH 50% equity 360 maintenance 186 restore 12
  > draws alice 190                    # ETH: 660 < 934 - 94
tick      SOL 150                    # 260 against 90 + 94 + 3
  > tick SOL 150
  > draws alice SOL 73                 # 100 of loss, and 30 less 3 kept
tick      SOL 100
tick      ETH 1_000                  # 1_020 against 192
tick      910                        # 900 of loss, and 910 less 91 kept; drawing goes on
tick      920                        # 800 against 920 - 92: nothing is drawn
tick      900
  > tick 900
  > draws alice 190

== of two equal positions the call names the first by name
rules     warning_levels 50
alice     wallet 200
alice     long 10 SOL @ 100 cross
alice     long 10 ETH @ 100 cross
bob       short 10 SOL @ 100
bob       short 10 ETH @ 100
tick      ETH 84                     # 40 against 9 + 10
  > tick ETH 84
  > draws alice ETH 85                 # 160 less (84 - 9)
tick      SOL 100 of 5
alice     isolates SOL
  > refused alice insufficient_margin

== whoever is in breach is not warned, and nobody is without a position
rules     warning_levels 50,80,90
fund      10
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
carol     bids 10 @ 901
tick      901
  > tick 901
  > breach alice long 10 mark 901 equity 10 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 901 maker liquidation position 10
  > close alice 10 @ 901
  > residue alice 10 to fund fund 20
  > ended alice 0 equity 0 maintenance 0

== a venue without warnings has none
alice     wallet 1_000
dave      wallet 1_000
alice     long 10 @ 1_000 cross
dave      long 10 @ 1_000 isolated
bob       short 20 @ 1_000
tick      910
  > tick 910
  > draws alice 81

== the position nearest to liquidation: of a long and a short of one size it is the short
rules     warning_levels 50
alice     wallet 300
alice     long 10 @ 100 cross
alice     short 10 ETH @ 100 cross
alice     long 10 SOL @ 100 cross
bob       short 10 @ 100
bob       long 10 ETH @ 100
bob       short 10 SOL @ 100
tick      SOL 76                     # 60 against 10 + 10 + 7.6
  > tick SOL 76
  > draws alice SOL 172              # 240 less (76 - 8)
tick      SOL 75                     # 50 against 28: 990 of BTC, 1_010 of ETH
  > tick SOL 75
  > called alice ETH 50% equity 50 maintenance 28 restore 6
  > draws alice SOL 183              # 250 less (75 - 8)
