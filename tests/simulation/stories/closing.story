== the largest position goes first, not the one that lost most
closing   order largest_notional
alice     wallet 2_300
alice     long 10 @ 1_000 cross 20x
alice     long 30 ETH @ 1_000 cross 20x
bob       short 10 @ 1_000
bob       short 30 ETH @ 1_000
carol     bids 30 ETH @ 985
tick      ETH 990                    # 300 lost, 297 kept
tick      825                        # 1_750 lost, 83 kept: 250 against 380; 250 x 297 / 380 = 195
  > tick 825
  > breach alice ETH long 30 mark 990 equity 250 maintenance 380 bankruptcy 984
  > filled carol/1 buy 30 ETH @ 985 maker liquidation position 30
  > close alice 30 ETH @ 985
  > ended alice ETH 0 equity 100 maintenance 83
  > mark ETH 985
  > draws alice 1_421

== the position that ties up most goes first
closing   order largest_maintenance
brackets  0:5%:20x
alice     wallet 2_300
alice     long 10 @ 1_000 cross 10x
alice     long 30 ETH @ 1_000 cross 50x
bob       short 10 @ 1_000
bob       short 30 ETH @ 1_000
carol     bids 10 @ 950
tick      ETH 950                    # 1_500 lost, 285 kept
  > tick ETH 950
  > draws alice ETH 1_215
tick      950                        # 500 lost, 475 kept: 300 against 760; 300 x 475 / 760 = 187
  > tick 950
  > breach alice long 10 mark 950 equity 300 maintenance 760 bankruptcy 932
  > filled carol/1 buy 10 @ 950 maker liquidation position 10
  > close alice 10 @ 950
  > ended alice 0 equity 300 maintenance 285

== a position is drawn by chance, which the seed decides
closing   order random
rules     seed 1
alice     wallet 2_000
alice     long 10 @ 1_000 cross 20x
alice     long 10 ETH @ 1_000 cross 20x
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     bids 10 @ 826
carol     bids 10 ETH @ 990
tick      ETH 990
tick      826
  > tick 826
  > breach alice long 10 mark 826 equity 160 maintenance 182 bankruptcy 819
  > filled carol/1 buy 10 @ 826 maker liquidation position 10
  > close alice 10 @ 826
  > ended alice 0 equity 160 maintenance 99

== another seed draws another
closing   order random
rules     seed 4
alice     wallet 2_000
alice     long 10 @ 1_000 cross 20x
alice     long 10 ETH @ 1_000 cross 20x
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     bids 10 @ 826
carol     bids 10 ETH @ 990
tick      ETH 990
tick      826
  > tick 826
  > breach alice ETH long 10 mark 990 equity 160 maintenance 182 bankruptcy 982
  > filled carol/2 buy 10 ETH @ 990 maker liquidation position 10
  > close alice 10 ETH @ 990
  > ended alice ETH 0 equity 160 maintenance 83
  > draws alice 1_410

== all positions are closed at once, though the first would have been enough
closing   order all_at_once
rules     residue_to client
alice     wallet 2_000
alice     long 10 @ 1_000 cross 20x
alice     long 10 ETH @ 1_000 cross 20x
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     bids 10 @ 826
carol     bids 10 ETH @ 985
tick      ETH 990                    # 100 lost, 99 kept
tick      826                        # 1_740 lost, 83 kept: 160 against 182; 160 x 83 / 182 = 72
  > tick 826
  > breach alice long 10 mark 826 equity 160 maintenance 182 bankruptcy 819
  > filled carol/1 buy 10 @ 826 maker liquidation position 10
  > close alice 10 @ 826
  > ended alice 0 equity 160 maintenance 99
  > breach alice ETH long 10 mark 990 equity 160 maintenance 99 bankruptcy 974
  > filled carol/2 buy 10 ETH @ 985 maker liquidation position 10
  > close alice 10 ETH @ 985
  > residue alice ETH 110 to client
  > ended alice ETH 0 equity 110 maintenance 0
  > mark ETH 985

== who has held a position longest goes first
closing   queue oldest
dave      wallet 1_000
alice     wallet 2_000
dave      long 10 @ 1_000 isolated
alice     long 20 @ 1_000 isolated
bob       short 30 @ 1_000
carol     bids 30 @ 905
tick      905                        # dave lost 950, alice 1_900
  > tick 905
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 905 maker liquidation position 10
  > close dave 10 @ 905
  > residue dave 50 to fund
  > ended dave 0 equity 0 maintenance 0
  > breach alice:BTC long 20 mark 905 equity 100 maintenance 181 bankruptcy 900
  > filled carol/1 buy 20 @ 905 maker liquidation position 30
  > close alice 20 @ 905
  > residue alice 100 to fund
  > ended alice 0 equity 0 maintenance 0

== who has the largest position goes first
closing   queue largest_notional
dave      wallet 1_000
alice     wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
alice     long 20 @ 950 isolated 20x
bob       short 20 @ 950
carol     bids 30 @ 905
tick      909                        # dave lost 910 and keeps 91, alice lost 820 and keeps 182
  > tick 909
  > breach alice:BTC long 20 mark 909 equity 130 maintenance 182 bankruptcy 903
  > filled carol/1 buy 20 @ 905 maker liquidation position 20
  > close alice 20 @ 905
  > residue alice 50 to fund
  > ended alice 0 equity 0 maintenance 0
  > breach dave:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 905 maker liquidation position 30
  > close dave 10 @ 905
  > residue dave 50 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 905

== only the orders in the contract go
closing   cancel_cross contract
alice     wallet 1_200
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
alice     bids 1 @ 700
tick      ETH 1_000
alice     bids 1 ETH @ 700
carol     bids 10 @ 885
tick      885
  > tick 885
  > cancelled alice/1 1 liquidation
  > breach alice long 10 mark 885 equity 50 maintenance 89 bankruptcy 880
  > filled carol/1 buy 10 @ 885 maker liquidation position 10
  > close alice 10 @ 885
  > residue alice 50 to fund
  > ended alice 0 equity 0 maintenance 0

== an isolated position's account loses all its orders
closing   cancel_isolated account
alice     wallet 2_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      ETH 1_000
alice     bids 1 ETH @ 700
carol     bids 10 @ 905
tick      909
  > tick 909
  > cancelled alice/1 ETH 1 liquidation
  > breach alice:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 905 maker liquidation position 10
  > close alice 10 @ 905
  > residue alice 50 to fund
  > ended alice 0 equity 0 maintenance 0
  > mark 905
