== each liquidation moves the last price and with it the mark, and sets off the next
dave      wallet 1_000
alice     wallet 1_100
mallory   wallet 1_200
dave      long 10 @ 1_000 isolated
alice     long 10 @ 1_000 cross
mallory   long 10 @ 1_000 cross
bob       short 30 @ 1_000
carol     bids 5 @ 905
carol     bids 5 @ 899
carol     bids 10 @ 888
carol     bids 10 @ 880
tick      909                        # dave 90 against 90.9; alice 190; mallory 290
  > tick 909
  > draws alice 92                     # 910 of loss, and 909 less 91 kept
  > draws mallory 92
  > breach dave:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900 cause tick
  > filled carol/1 buy 5 @ 905 maker liquidation position 5
  > close dave 5 @ 905
  > filled carol/2 buy 5 @ 899 maker liquidation position 10
  > cover dave 5 @ 899 insurance_fund -20 fund 20              # 70 left for 5: 895 each
  > ended dave 0 equity 0 maintenance 0
  > mark 899
  > breach alice long 10 mark 899 equity 90 maintenance 90 bankruptcy 890 cause dave
  > filled carol/3 buy 10 @ 888 maker liquidation position 20
  > cover alice 10 @ 888 insurance_fund 20 fund 0
  > ended alice 0 equity 0 maintenance 0
  > mark 888
  > breach mallory long 10 mark 888 equity 80 maintenance 89 bankruptcy 880 cause alice
  > filled carol/4 buy 10 @ 880 maker liquidation position 30
  > close mallory 10 @ 880
  > ended mallory 0 equity 0 maintenance 0
  > mark 880

== within a wave the mark stands still, and the cause is the wave's last fill in that contract
dave      wallet 1_000
alice     wallet 1_000
mallory   wallet 1_050
dave      long 10 @ 1_000 isolated
alice     long 10 @ 1_000 isolated
mallory   long 10 @ 1_000 cross
bob       short 30 @ 1_000
carol     bids 10 @ 905
carol     bids 10 @ 900
carol     bids 10 @ 896
tick      909                        # mallory 140 against 91
  > tick 909
  > draws mallory 92
  > breach alice:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900 cause tick
  > filled carol/1 buy 10 @ 905 maker liquidation position 10
  > close alice 10 @ 905
  > residue alice 50 to fund
  > ended alice 0 equity 0 maintenance 0
  > breach dave:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900 cause tick
  > filled carol/2 buy 10 @ 900 maker liquidation position 20
  > close dave 10 @ 900
  > ended dave 0 equity 0 maintenance 0
  > mark 900
  > breach mallory long 10 mark 900 equity 50 maintenance 90 bankruptcy 895 cause dave
  > filled carol/3 buy 10 @ 896 maker liquidation position 30
  > close mallory 10 @ 896
  > residue mallory 10 to fund
  > ended mallory 0 equity 0 maintenance 0
  > mark 896

== it spreads to another contract through an account that holds both
alice     wallet 2_000
dave      wallet 1_000
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
dave      long 10 ETH @ 1_000 isolated 16x
bob       short 10 @ 1_000
bob       short 20 ETH @ 1_000
carol     bids 10 @ 858
carol     bids 10 ETH @ 943
carol     bids 10 ETH @ 940
tick      ETH 950                    # dave 125 against 95
tick      858                        # alice 80 against 85.8 + 95; 80 x 86 / 181 = 38
  > tick 858
  > breach alice long 10 mark 858 equity 80 maintenance 181 bankruptcy 855 cause tick
  > filled carol/1 buy 10 @ 858 maker liquidation position 10
  > close alice 10 @ 858
  > ended alice 0 equity 80 maintenance 95
  > breach alice ETH long 10 mark 950 equity 80 maintenance 95 bankruptcy 942 cause tick
  > filled carol/2 buy 10 ETH @ 943 maker liquidation position 10
  > close alice 10 ETH @ 943
  > residue alice ETH 10 to fund
  > ended alice ETH 0 equity 0 maintenance 0
  > mark ETH 943
  > breach dave:ETH long 10 mark 943 equity 55 maintenance 95 bankruptcy 938 cause alice.ETH
  > filled carol/3 buy 10 ETH @ 940 maker liquidation position 20
  > close dave 10 ETH @ 940
  > residue dave ETH 25 to fund
  > ended dave ETH 0 equity 0 maintenance 0
  > mark ETH 940

== a mark that moved without a forced fill leads back to the tick
rules     mark median index_feedback_ppm 1_000_000
quote     ETH 0 @ 999  0 @ 1_001
carol     bids 1 ETH @ 880
carol     asks 1 ETH @ 1_020
alice     wallet 1_096
alice     bids 1 ETH @ 960           # the mid, and with it the mark, is 990 by her order
dave      wallet 500
dave      long 10 ETH @ 1_000 isolated 20x
bob       short 10 ETH @ 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      899                        # 86 against 89.9
  > tick 899
  > cancelled alice/1 ETH 1 liquidation
  > breach alice long 10 mark 899 equity 86 maintenance 90 bankruptcy 891 cause tick
  > deleverage bob buy 10 for 8_904 realized 1_096
  > ended alice 0 equity 0 maintenance 0
  > mark ETH 950 last 1_000 index 950
  > breach dave:ETH long 10 mark 950 equity 0 maintenance 95 bankruptcy 950 cause tick
  > deleverage bob buy 10 ETH for 9_500 realized 500
  > ended dave ETH 0 equity 0 maintenance 0
