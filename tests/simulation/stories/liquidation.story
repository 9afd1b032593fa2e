== an isolated position is closed in the book, and the fund keeps the residue
dave      wallet 1_500
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 902
tick      910
tick      905                        # 1_000 - 950 = 50 against 90.5; 9_050 - 50 = 9_000
  > tick 905
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900 bracket 1 cause tick
  > filled carol/1 buy 10 @ 902 maker liquidation position 10
  > close dave 10 @ 902 side sell against book loss 980 own_margin 980 fund 0
  > residue dave 20 to fund fund 20
  > ended dave 0 equity 0 maintenance 0
  > mark 902
  = wallet dave 500
  = fund 20

== or the client gets it
rules     residue_to client
dave      wallet 1_500
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 902
tick      905
  > tick 905
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 902 maker liquidation position 10
  > close dave 10 @ 902
  > residue dave 20 to client
  > ended dave 0 equity 0 maintenance 0
  > mark 902
  = wallet dave 520

== so it is with a cross wallet
rules     residue_to client
alice     wallet 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
carol     bids 10 @ 902
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 902 maker liquidation position 10
  > close alice 10 @ 902
  > residue alice 20 to client
  > ended alice 0 equity 20 maintenance 0
  > mark 902
  = wallet alice 20

== the short twin
dave      wallet 1_500
dave      short 10 @ 1_000 isolated
bob       long 10 @ 1_000
carol     asks 4 @ 1_093
carol     asks 6 @ 1_100
tick      1_090                      # 100 against 109
  > tick 1_090
  > breach dave:BTC short 10 mark 1_090 equity 100 maintenance 109 bankruptcy 1_100
  > filled carol/1 sell 4 @ 1_093 maker liquidation position -4
  > close dave 4 @ 1_093 side buy loss 372
  > filled carol/2 sell 6 @ 1_100 maker liquidation position -10
  > close dave 6 @ 1_100 loss 600
  > residue dave 28 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 1_100

== maintenance equal to equity liquidates, unless the venue is strict
dave      wallet 100
dave      long 10 @ 100 isolated
bob       short 10 @ 100
tick      91                         # 10 against 9.1, rounded up
  > tick 91
  > breach dave:BTC long 10 mark 91 equity 10 maintenance 10 bankruptcy 90
  > deleverage bob buy 10 for 900 realized 100
  > ended dave 0 equity 0 maintenance 0

== a strict venue waits for one unit more
rules     strict_trigger true
dave      wallet 100
dave      long 10 @ 100 isolated
bob       short 10 @ 100
tick      91
tick      90                         # 0: nothing is left to keep
  > tick 90
  > breach dave:BTC long 10 mark 90 equity 0 maintenance 9 bankruptcy 90
  > deleverage bob buy 10 for 900 realized 100
  > ended dave 0 equity 0 maintenance 0

== the bracket of a large position keeps more
brackets  0:1%:100x 5_000:2%:50x     # from 5_000: 2 % less 50
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 905
tick      915                        # 150 against 183 - 50
tick      914                        # 140 against 182.8 - 50
tick      913                        # 130 against 182.6 - 50
  > tick 913
  > breach dave:BTC long 10 mark 913 equity 130 maintenance 133 bankruptcy 900 bracket 2
  > filled carol/1 buy 10 @ 905 maker liquidation position 10
  > close dave 10 @ 905
  > residue dave 50 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 905

== fees of a liquidation come from what is left, the venue's first
rules     taker_fee_ppm 1_000 liquidation_fee_ppm 10_000
dave      wallet 1_010
dave      long 10 @ 1_000 isolated   # he rests: 10 were set aside for a fee, and none is paid
bob       short 10 @ 1_000
carol     bids 10 @ 902
tick      905                        # 9_020: 9.02 and 90.2 of 20
  > tick 905
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 902 maker liquidation position 10
  > close dave 10 @ 902 fund 0
  > fee dave 9 and 11 fund 11
  > ended dave 0 equity 0 maintenance 0
  > mark 902
  = fund 11
  = fees 19                          # 10 of them bob's
  = wallet dave 10

== they wait until all is closed: no fee of one fill is paid by the next, nor by the waterfall
rules     liquidation_fee_ppm 10_000 liquidation_fee_to fees
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 5 @ 904
carol     bids 5 @ 902
tick      905                        # 45.2 and 45.1 are due, 1_000 - 480 - 490 are left
  > tick 905
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 5 @ 904 maker liquidation position 5
  > close dave 5 @ 904
  > filled carol/2 buy 5 @ 902 maker liquidation position 10
  > close dave 5 @ 902
  > fee dave 0 and 30
  > ended dave 0 equity 0 maintenance 0
  > mark 902
  = fees 30

== a cross account that is healthy again pays what it has above its maintenance
rules     taker_fee_ppm 1_000 liquidation_fee_ppm 10_000
alice     wallet 2_010
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
alice     long 10 ETH @ 1_000 cross
bob       short 10 ETH @ 1_000
carol     bids 10 @ 849
tick      ETH 964
tick      850                        # 2_010 - 1_500 - 360 = 150 against 85 + 96.4
  > tick 850
  > breach alice long 10 mark 850 equity 150 maintenance 182 bankruptcy 843
  > filled carol/1 buy 10 @ 849 maker liquidation position 10
  > close alice 10 @ 849
  > fee alice 8 and 34                 # 8_490: 8.49 and 84.9 of 140 - 97 - 1
  > ended alice 0 equity 98 maintenance 97
  > mark 849
  = fund 34

== a strict venue takes the last unit too
rules     liquidation_fee_ppm 10_000 strict_trigger true
alice     wallet 2_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
alice     long 10 ETH @ 1_000 cross
bob       short 10 ETH @ 1_000
carol     bids 10 @ 849
tick      ETH 965
tick      850
  > tick 850
  > breach alice long 10 mark 850 equity 150 maintenance 182 bankruptcy 843
  > filled carol/1 buy 10 @ 849 maker liquidation position 10
  > close alice 10 @ 849
  > fee alice 0 and 43
  > ended alice 0 equity 97 maintenance 97
  > mark 849

== of an account that is gone each step pays its own, in their order
rules     liquidation_fee_ppm 1_000
alice     wallet 2_000
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     bids 10 @ 849
carol     bids 10 ETH @ 953
tick      ETH 955
tick      850
  > tick 850
  > breach alice long 10 mark 850 equity 50 maintenance 181 bankruptcy 848
  > filled carol/1 buy 10 @ 849 maker liquidation position 10
  > close alice 10 @ 849
  > ended alice 0 equity 40 maintenance 96
  > breach alice ETH long 10 mark 955 equity 40 maintenance 96 bankruptcy 951
  > filled carol/2 buy 10 ETH @ 953 maker liquidation position 10
  > close alice 10 ETH @ 953
  > fee alice 0 and 8                  # 8.49 and 9.53 of 20
  > fee alice ETH 0 and 9
  > residue alice ETH 3 to fund
  > ended alice ETH 0 equity 0 maintenance 0
  > mark 849
  > mark ETH 953

== and the later steps nothing when the money ends
rules     liquidation_fee_ppm 10_000
alice     wallet 2_000
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     bids 10 @ 849
carol     bids 10 ETH @ 953
tick      ETH 955
tick      850
  > tick 850
  > breach alice long 10 mark 850 equity 50 maintenance 181 bankruptcy 848
  > filled carol/1 buy 10 @ 849 maker liquidation position 10
  > close alice 10 @ 849
  > ended alice 0 equity 40 maintenance 96
  > breach alice ETH long 10 mark 955 equity 40 maintenance 96 bankruptcy 951
  > filled carol/2 buy 10 ETH @ 953 maker liquidation position 10
  > close alice 10 ETH @ 953
  > fee alice 0 and 20
  > ended alice ETH 0 equity 0 maintenance 0
  > mark 849
  > mark ETH 953

== what the waterfall closes pays no fee, whatever is left
rules     liquidation_fee_ppm 10_000
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      905                        # settled at 900, all of it
  > tick 905
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended dave 0 equity 0 maintenance 0

== open orders of an isolated position go first, and those of other contracts stay
dave      wallet 2_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      ETH 100
dave      buys 1 @ 800
  > accepted dave/1 buy 1 @ 800
dave      sells 1 @ 1_500
  > accepted dave/2 sell 1 @ 1_500
dave      buys 1 ETH @ 95
  > accepted dave/3 buy 1 ETH @ 95
carol     bids 10 @ 902
tick      905
  > tick 905
  > cancelled dave/1 1 liquidation
  > cancelled dave/2 1 liquidation
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 902 maker liquidation position 10
  > close dave 10 @ 902
  > residue dave 20 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 902
dave      cancels 3
  > cancelled dave/3 ETH 1 cancelled

== isolated positions are closed one by one, the larger loss first, then by name
dave      wallet 1_000
alice     wallet 1_000
mallory   wallet 1_100
dave      long 10 @ 1_000 isolated
alice     long 10 @ 1_000 isolated
mallory   long 11 @ 1_000 isolated
bob       short 31 @ 1_000
carol     bids 31 @ 902
tick      905
  > tick 905
  > breach mallory:BTC long 11 mark 905 equity 55 maintenance 100 bankruptcy 900 cause tick
  > filled carol/1 buy 11 @ 902 maker liquidation position 11
  > close mallory 11 @ 902
  > residue mallory 22 to fund
  > ended mallory 0 equity 0 maintenance 0
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900 cause tick
  > filled carol/1 buy 10 @ 902 maker liquidation position 21
  > close alice 10 @ 902
  > residue alice 20 to fund
  > ended alice 0 equity 0 maintenance 0
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900 cause tick
  > filled carol/1 buy 10 @ 902 maker liquidation position 31
  > close dave 10 @ 902
  > residue dave 20 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 902

== isolated positions go before cross accounts, and of these the larger loss goes first
dave      wallet 1_000
alice     wallet 1_000
mallory   wallet 2_000
dave      long 10 @ 1_000 isolated
alice     long 10 @ 1_000 cross
mallory   long 20 @ 1_000 cross
bob       short 40 @ 1_000
carol     bids 40 @ 904
tick      904                        # 40, 40 and 80 against 90.4, 90.4 and 180.8
  > tick 904
  > breach dave:BTC long 10 mark 904 equity 40 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 904 maker liquidation position 10
  > close dave 10 @ 904
  > residue dave 40 to fund
  > ended dave 0 equity 0 maintenance 0
  > breach mallory long 20 mark 904 equity 80 maintenance 181 bankruptcy 900
  > filled carol/1 buy 20 @ 904 maker liquidation position 30
  > close mallory 20 @ 904
  > residue mallory 80 to fund
  > ended mallory 0 equity 0 maintenance 0
  > breach alice long 10 mark 904 equity 40 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 904 maker liquidation position 40
  > close alice 10 @ 904
  > residue alice 40 to fund
  > ended alice 0 equity 0 maintenance 0

== a cross account closes its largest loss first and stops as soon as it is healthy
alice     wallet 2_000
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     bids 10 @ 849
tick      ETH 965
tick      850                        # 2_000 - 1_500 - 350 = 150 against 85 + 96.5
  > tick 850
  > breach alice long 10 mark 850 equity 150 maintenance 182 bankruptcy 843   # 150 x 85 / 182 = 70
  > filled carol/1 buy 10 @ 849 maker liquidation position 10
  > close alice 10 @ 849
  > ended alice 0 equity 140 maintenance 97
  > mark 849
  = wallet alice 490
  = position alice ETH 10

== or goes on until nothing is left, and then the fund keeps the residue
alice     wallet 2_000
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
bob       short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     bids 10 @ 849
carol     bids 10 ETH @ 953
tick      ETH 955
tick      850                        # 50 against 85 + 95.5; 50 x 85 / 181 = 23
  > tick 850
  > breach alice long 10 mark 850 equity 50 maintenance 181 bankruptcy 848 cause tick
  > filled carol/1 buy 10 @ 849 maker liquidation position 10
  > close alice 10 @ 849
  > ended alice 0 equity 40 maintenance 96
  > breach alice ETH long 10 mark 955 equity 40 maintenance 96 bankruptcy 951 cause tick
  > filled carol/2 buy 10 ETH @ 953 maker liquidation position 10
  > close alice 10 ETH @ 953
  > residue alice ETH 20 to fund
  > ended alice ETH 0 equity 0 maintenance 0
  > mark 849
  > mark ETH 953

== of equal losses the larger maintenance goes first
alice     wallet 2_500
alice     long 10 @ 1_000 cross
alice     long 12 ETH @ 1_000 cross
bob       short 10 @ 1_000
bob       short 12 ETH @ 1_000
carol     bids 12 ETH @ 900
tick      880                        # 1_200 of loss
  > tick 880
  > draws alice 408
tick      ETH 900                    # 1_200 too: 100 against 88 + 108; 100 x 108 / 196 = 55
  > tick ETH 900
  > breach alice ETH long 12 mark 900 equity 100 maintenance 196 bankruptcy 896
  > filled carol/1 buy 12 ETH @ 900 maker liquidation position 12
  > close alice 12 ETH @ 900
  > ended alice ETH 0 equity 100 maintenance 88

== of equal losses and equal maintenance the older position goes first
alice     wallet 2_100
alice     long 10 ETH @ 1_000 cross
bob       short 10 ETH @ 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
carol     bids 10 ETH @ 900
tick      900
  > tick 900
  > draws alice 190
tick      ETH 900
  > tick ETH 900
  > breach alice ETH long 10 mark 900 equity 100 maintenance 180 bankruptcy 895
  > filled carol/1 buy 10 ETH @ 900 maker liquidation position 10
  > close alice 10 ETH @ 900
  > ended alice ETH 0 equity 100 maintenance 90

== cancelling its orders may save a cross account
alice     wallet 1_500
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      ETH 1_000
alice     isolates ETH
  > mode alice ETH isolated margin 0
alice     buys 4 ETH @ 1_000         # 400 of her wallet wait there
  > accepted alice/1 buy 4 ETH @ 1_000
alice     buys 1 @ 500
  > accepted alice/2 buy 1 @ 500
tick      895                        # 1_100 - 1_050 = 50 against 89.5
  > tick 895
  > cancelled alice/1 ETH 4 liquidation
  > cancelled alice/2 1 liquidation
  > averted alice equity 450 maintenance 90
  > draws alice 245                    # 1_050 less (895 - 90)

== or may not
alice     wallet 1_500
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
carol     bids 10 @ 855
tick      ETH 1_000
alice     isolates ETH
  > mode alice ETH isolated margin 0
alice     buys 4 ETH @ 1_000
  > accepted alice/1 buy 4 ETH @ 1_000
tick      855                        # 1_100 - 1_450, then 1_500 - 1_450
  > tick 855
  > cancelled alice/1 ETH 4 liquidation
  > breach alice long 10 mark 855 equity 50 maintenance 86 bankruptcy 850
  > filled carol/1 buy 10 @ 855 maker liquidation position 10
  > close alice 10 @ 855
  > residue alice 50 to fund
  > ended alice 0 equity 0 maintenance 0

== the maker's own orders follow his new position
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
bob       buys 6 @ 904 reduce-only
  > accepted bob/1 buy 6 @ 904
bob       buys 2 @ 903
  > accepted bob/2 buy 2 @ 903
bob       buys 4 @ 850 reduce-only
  > accepted bob/3 buy 4 @ 850
carol     bids 10 @ 902
tick      905
  > tick 905
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled bob/1 buy 6 @ 904 maker liquidation position -4 realized 576
  > close dave 6 @ 904
  > filled bob/2 buy 2 @ 903 maker liquidation position -2 realized 194
  > trimmed bob/3 2
  > close dave 2 @ 903
  > filled carol/1 buy 2 @ 902 maker liquidation position 2
  > close dave 2 @ 902
  > residue dave 34 to fund
  > ended dave 0 equity 0 maintenance 0
  > mark 902
