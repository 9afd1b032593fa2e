== a draw-down of 30 % within 8 h stops the fund until it is 25 %; others are deleveraged
limits    drawdown_ppm 300_000 drawdown_stop_ppm 250_000
fund      1_000
at        10:00:00
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 4 @ 830
carol     bids 6 @ 820
tick      840                        # 60 below 900: 70 a lot, then 80, of 300 in all
  > tick 840
  > breach dave:BTC long 10 mark 840 equity -600 maintenance 84 bankruptcy 900
  > filled carol/1 buy 4 @ 830 maker liquidation position 4
  > cover dave 4 @ 830 insurance_fund 280 fund 720
  > deleverage bob buy 6 for 5_400 realized 600
  > ended dave 0 equity 0 maintenance 0
  > mark 830
alice     wallet 1_000
alice     long 10 ETH @ 1_000 isolated
bob       short 10 ETH @ 1_000
carol     bids 10 ETH @ 899
tick      ETH 899                    # 20 are left of the 300, but 28 % are more than 25
  > tick ETH 899
  > breach alice:ETH long 10 mark 899 equity -10 maintenance 90 bankruptcy 900
  > deleverage bob buy 10 ETH for 9_000 realized 1_000
  > ended alice ETH 0 equity 0 maintenance 0
at        18:00:01                   # the 1_000 were more than 8 h ago
mallory   wallet 1_000
mallory   long 10 SOL @ 1_000 isolated
bob       short 10 SOL @ 1_000
carol     bids 10 SOL @ 899
tick      SOL 899
  > tick SOL 899
  > breach mallory:SOL long 10 mark 899 equity -10 maintenance 90 bankruptcy 900
  > filled carol/4 buy 10 SOL @ 899 maker liquidation position 10
  > cover mallory 10 SOL @ 899 insurance_fund 10 fund 710
  > ended mallory SOL 0 equity 0 maintenance 0

== what a deleveraging at the mark leaves is paid by a stopped fund all the same
rules     adl_price mark
limits    drawdown_ppm 300_000
fund      1_000
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 830
tick      840
  > tick 840
  > breach dave:BTC long 10 mark 840 equity -600 maintenance 84 bankruptcy 900
  > filled carol/1 buy 4 @ 830 maker liquidation position 4
  > cover dave 4 @ 830 insurance_fund 280 fund 720
  > deleverage bob buy 6 for 5_040 realized 960
  > deficit dave 360 insurance_fund 360 fund 360
  > ended dave 0 equity 0 maintenance 0
  > mark 830

== so much a day, of what the fund had when the day began
limits    day_loss_ppm 50_000
fund      1_000
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 880
tick      880                        # 20 a lot, of 50
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > filled carol/1 buy 2 @ 880 maker liquidation position 2
  > cover dave 2 @ 880 insurance_fund 40 fund 960
  > deleverage bob buy 8 for 7_200 realized 800
  > ended dave 0 equity 0 maintenance 0

== so much for an account, what it gains left out
limits    account_loss_max 50
fund      1_000
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 880
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > filled carol/1 buy 2 @ 880 maker liquidation position 2
  > cover dave 2 @ 880 insurance_fund 40 fund 960
  > deleverage bob buy 8 for 7_200 realized 800
  > ended dave 0 equity 0 maintenance 0

== the fund pays for all that an offer takes, or does not sell to it
limits    fills whole
fund      140
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 4 @ 880
carol     bids 6 @ 870
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > filled carol/1 buy 4 @ 880 maker liquidation position 4
  > cover dave 4 @ 880 insurance_fund 80 fund 60
  > deleverage bob buy 6 for 5_400 realized 600
  > ended dave 0 equity 0 maintenance 0
