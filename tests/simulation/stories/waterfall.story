== the fund sells lot by lot as far as its cash goes, then winners are deleveraged
fund      140
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 4 @ 880
carol     bids 6 @ 870
tick      880                        # -200: each lot is settled at 900
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > filled carol/1 buy 4 @ 880 maker liquidation position 4
  > cover dave 4 @ 880 insurance_fund 80 fund 60 loss 480 own_margin 400 against book
  > filled carol/2 buy 2 @ 870 maker liquidation position 6
  > cover dave 2 @ 870 insurance_fund 60 fund 0 loss 260 own_margin 200
  > deleverage bob buy 4 for 3_600 realized 400 loss 480 own_margin 400 adl 80
  > ended dave 0 equity 0 maintenance 0
  > mark 870
  = fund 0
  = position bob -6

== one unit less in the fund, one lot less sold
fund      139
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 4 @ 880
carol     bids 6 @ 870
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > filled carol/1 buy 4 @ 880 maker liquidation position 4
  > cover dave 4 @ 880 insurance_fund 80 fund 59
  > filled carol/2 buy 1 @ 870 maker liquidation position 5
  > cover dave 1 @ 870 insurance_fund 30 fund 29
  > deleverage bob buy 5 for 4_500 realized 500
  > ended dave 0 equity 0 maintenance 0
  > mark 870
  = fund 29

== lots of unequal price: a share that does not divide is spread over them
fund      61
dave      wallet 1_003
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
dave      adds 3
  > added dave 3 margin 1_003
carol     bids 10 @ 880
tick      880                        # -197: floor(-19.7 k) gives 20 20 20 19 20 20 19 20 20 19
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -197 maintenance 88 bankruptcy 900
  > filled carol/1 buy 3 @ 880 maker liquidation position 3
  > cover dave 3 @ 880 insurance_fund 60 fund 1
  > deleverage bob buy 7 for 6_297 realized 703   # 7 x 880 + 137
  > ended dave 0 equity 0 maintenance 0

== the fund sells to the outside market too, and gains where the book is better
fund      1_000
depth     0%:4_400                   # 4_400 / 879 = 5 lots at the bid
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 2 @ 870
carol     bids 4 @ 860
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > cover dave 5 @ 879 insurance_fund 105 fund 895 against outside
  > filled carol/1 buy 2 @ 870 maker liquidation position 2
  > cover dave 2 @ 870 insurance_fund 60 fund 835
  > filled carol/2 buy 3 @ 860 maker liquidation position 5
  > cover dave 3 @ 860 insurance_fund 120 fund 715
  > ended dave 0 equity 0 maintenance 0
  > mark 860

== what the fund gains in a step it may spend in it
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 5 @ 905
carol     bids 4 @ 899
carol     bids 1 @ 880
tick      909                        # 90 against 90.9; the book is good for 5 at 900
  > tick 909
  > breach dave:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 5 @ 905 maker liquidation position 5
  > close dave 5 @ 905
  > filled carol/2 buy 4 @ 899 maker liquidation position 9   # 1_000 - 475 - 455: 14 a lot, 895
  > cover dave 4 @ 899 insurance_fund -16 fund 16
  > filled carol/3 buy 1 @ 880 maker liquidation position 10  # 15, with a fund of 0 when it began
  > cover dave 1 @ 880 insurance_fund 15 fund 1
  > ended dave 0 equity 0 maintenance 0
  > mark 880

== winners are ranked by profit and leverage
dave      wallet 1_000
bob       wallet 1_000
dave      long 10 @ 1_000 isolated
carol     short 5 @ 1_000 cross
bob       short 5 @ 1_000 isolated 20x
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage bob buy 5 for 4_500 realized 500
  > deleverage carol buy 5 for 4_500 realized 500
  > ended dave 0 equity 0 maintenance 0
  = wallet bob 1_500                   # his margin of 250 came back too
  = margin bob 0

== equal winners by name, and the last one only as far as it is needed
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       wallet 2_000
alice     wallet 2_000
carol     wallet 2_000
carol     short 4 @ 1_000 isolated
bob       short 4 @ 1_000 isolated
alice     short 4 @ 1_000 isolated
mallory   long 2 @ 1_000
tick      880
  > tick 880
  > draws mallory 82                   # 240 of loss, and 176 less 18 kept
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage alice buy 4 for 3_600 realized 400
  > deleverage bob buy 4 for 3_600 realized 400
  > deleverage carol buy 2 for 1_800 realized 200
  > ended dave 0 equity 0 maintenance 0
  = margin carol 600                   # 400 and 200 of profit: nothing is released before the end

== a deleveraged winner's orders in the contract are cancelled first, the oldest first
dave      wallet 1_000
dave      long 4 @ 1_000 isolated
bob       wallet 2_000
bob       short 4 @ 1_000 isolated
bob       buys 1 @ 700
  > accepted bob/1 buy 1 @ 700
bob       sells 2 @ 1_500
  > accepted bob/2 sell 2 @ 1_500
bob       buys 3 @ 600 reduce-only
  > accepted bob/3 buy 3 @ 600
tick      ETH 100
bob       buys 1 ETH @ 95
  > accepted bob/4 buy 1 ETH @ 95
  = aside bob 300
tick      880
  > tick 880
  > breach dave:BTC long 4 mark 880 equity -80 maintenance 36 bankruptcy 900
  > cancelled bob/1 1 deleveraged
  > cancelled bob/2 2 deleveraged
  > cancelled bob/3 3 deleveraged
  > deleverage bob buy 4 for 3_600 realized 400
  > ended dave 0 equity 0 maintenance 0
  = aside bob 0
  = wallet bob 2_400

== a winner in breach, or one that could not bear the price, is passed over
# alice's BTC has lost nothing, but owes a share of what ETH lost: its price is far above the mark
alice     wallet 2_000
mallory   wallet 1_205
carol     wallet 200
alice     long 10 ETH @ 1_000 cross
mallory   long 3 ETH @ 1_000 cross
bob       short 13 ETH @ 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      1_010
mallory   short 5 @ 1_010 cross
carol     short 5 @ 1_010 isolated 50x
bob       long 10 @ 1_010            # and he is flat again, with 100 lost
tick      1_000
tick      ETH 600                    # mallory: 1_205 + 50 - 1_200 = 55 against 50 + 18
  > tick ETH 600
  > breach alice ETH long 10 mark 600 equity -2_000 maintenance 160 bankruptcy 675
  > deleverage bob buy 10 ETH for 6_750 realized 3_250       # -2_000 x 60 / 160 = -750
  > ended alice ETH 0 equity -1_250 maintenance 100
  > breach alice long 10 mark 1_000 equity -1_250 maintenance 100 bankruptcy 1_125
  > outside alice 10 @ 1_000 loss 0    # carol has 101 + 50, and 5 lots would cost 625
  > socialize bob 1_236                # 1_250 x 4_350 / 4_400 = 1_235.8
  > socialize carol:BTC 14             # 1_250 x 50 / 4_400 = 14.2
  > deficit alice 1_250 socialized 1_250
  > ended alice 0 equity 0 maintenance 0
  > breach mallory ETH long 3 mark 600 equity 55 maintenance 68 bankruptcy 596
  > deleverage bob buy 3 ETH for 1_786 realized 1_214        # 55 x 18 / 68 = 14
  > ended mallory ETH 0 equity 41 maintenance 50
  > breach mallory short 5 mark 1_000 equity 41 maintenance 50 bankruptcy 1_008
  > outside mallory 5 @ 1_000 loss -50
  > residue mallory 41 to fund
  > ended mallory 0 equity 0 maintenance 0

== a short whose bankruptcy price is below zero gets no order and nobody is deleveraged
alice     wallet 2_000
alice     long 10 ETH @ 1_000 cross
alice     short 10 @ 10 cross
bob       short 10 ETH @ 1_000
bob       long 10 @ 10
tick      ETH 100                    # 2_000 - 9_000; -7_000 x 10 / 11 = -6_363.6
  > tick ETH 100
  > breach alice ETH long 10 mark 100 equity -7_000 maintenance 11 bankruptcy 737
  > deleverage bob buy 10 ETH for 7_364 realized 2_636
  > ended alice ETH 0 equity -636 maintenance 1
  > breach alice short 10 mark 10 equity -636 maintenance 1 bankruptcy none
  > outside alice 10 @ 10
  > socialize bob 636
  > deficit alice 636 socialized 636
  > ended alice 0 equity 0 maintenance 0

== the fund takes over even what has no price of its own
fund      1_000
alice     wallet 2_000
alice     long 10 ETH @ 1_000 cross
alice     short 10 @ 10 cross
bob       short 10 ETH @ 1_000
bob       long 10 @ 10
carol     asks 10 @ 12
tick      ETH 100
  > tick ETH 100
  > breach alice ETH long 10 mark 100 equity -7_000 maintenance 11 bankruptcy 737
  > deleverage bob buy 10 ETH for 7_364 realized 2_636
  > ended alice ETH 0 equity -636 maintenance 1
  > breach alice short 10 mark 10 equity -636 maintenance 1 bankruptcy none
  > filled carol/1 sell 10 @ 12 maker liquidation position -10
  > cover alice 10 @ 12 insurance_fund 656 fund 344            # settled at -53.6 each
  > ended alice 0 equity 0 maintenance 0
  > mark 12

== nobody on the other side: closed at the mark, and the fund pays the account's deficit
fund      300
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880 loss 1_200
  > deficit dave 200 insurance_fund 200 fund 100
  > ended dave 0 equity 0 maintenance 0
  = position outside 0

== an empty fund: winners are cut by what they won, in whatever mode, the loser's own too
fund      50
dave      wallet 2_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
dave      short 10 ETH @ 1_000 isolated 50x
bob       short 10 ETH @ 1_000
carol     short 20 ETH @ 1_000
outside   long 40 ETH @ 1_000
tick      ETH 990                    # weights 100, 200 and 100: a quarter of 150 is 37.5
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > socialize bob 38
  > socialize carol 75
  > socialize dave:ETH 37
  > deficit dave 200 insurance_fund 50 socialized 150 fund 0
  > ended dave 0 equity 0 maintenance 0
  = margin dave ETH 163
  = wallet dave 800

== of a loss of one unit some winners pay nothing and are not named
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
bob       short 10 ETH @ 1_000
carol     short 20 ETH @ 1_000
outside   long 30 ETH @ 1_000
tick      ETH 990
dave      deposits 9
  > deposited dave 9 wallet 9
dave      adds 9
  > added dave 9 margin 1_009
tick      899                        # -1
  > tick 899
  > breach dave:BTC long 10 mark 899 equity -1 maintenance 90 bankruptcy 900
  > outside dave 10 @ 899
  > socialize carol 1                  # two thirds against one
  > deficit dave 1 socialized 1
  > ended dave 0 equity 0 maintenance 0

== winners pay at most what they won, the rest is uncovered
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
bob       short 10 ETH @ 1_000
outside   long 10 ETH @ 1_000
tick      ETH 990
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > socialize bob 100
  > deficit dave 200 socialized 100 uncovered 100
  > ended dave 0 equity 0 maintenance 0
  = uncovered -100

== without winners all of it is uncovered
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
bob       wallet 500
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > deficit dave 200 uncovered 200
  > ended dave 0 equity 0 maintenance 0
  = wallet bob 500

== what was already paid as a cut cannot be cut again
dave      wallet 1_000
mallory   wallet 1_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
bob       short 10 ETH @ 1_000
outside   long 10 ETH @ 1_000
tick      ETH 985                    # bob has won 150
tick      890                        # dave -100
  > tick 890
  > breach dave:BTC long 10 mark 890 equity -100 maintenance 89 bankruptcy 900
  > outside dave 10 @ 890
  > socialize bob 100
  > deficit dave 100 socialized 100
  > ended dave 0 equity 0 maintenance 0
tick      1_000
mallory   isolates
  > mode mallory isolated margin 0
mallory   buys 10 @ 1_000
  > accepted mallory/1 buy 10 @ 1_000
tick      999
  > tick 999
  > filled mallory/1 buy 10 @ 1_000 maker outside position 10
tick      890
  > tick 890
  > breach mallory:BTC long 10 mark 890 equity -100 maintenance 89 bankruptcy 900
  > outside mallory 10 @ 890
  > socialize bob 50
  > deficit mallory 100 socialized 50 uncovered 50
  > ended mallory 0 equity 0 maintenance 0

== a cross account: what was closed outside is set aside until the end
fund      150
alice     wallet 2_000
alice     long 10 @ 1_000 cross
alice     long 10 ETH @ 1_000 cross
outside   short 10 @ 1_000
outside   short 10 ETH @ 1_000
carol     bids 10 ETH @ 900
tick      ETH 900
  > tick ETH 900
  > draws alice ETH 190
tick      880                        # -200; -200 x 88 / 178 = -98.9
  > tick 880
  > breach alice long 10 mark 880 equity -200 maintenance 178 bankruptcy 890
  > outside alice 10 @ 880
  > ended alice 0 equity -200 maintenance 90
  > breach alice ETH long 10 mark 900 equity -200 maintenance 90 bankruptcy 911
  > filled carol/1 buy 10 ETH @ 900 maker liquidation position 10
  > cover alice 10 ETH @ 900 insurance_fund 101 fund 49
  > deficit alice ETH 99 insurance_fund 49 uncovered 50
  > ended alice ETH 0 equity 0 maintenance 0

== a cut may put a winner into the next wave
dave      wallet 1_000
bob       wallet 1_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
bob       short 10 ETH @ 1_000
outside   long 10 ETH @ 1_000
tick      ETH 900
bob       withdraws 1_000            # 2_000 less 900 are available, but the wallet has 1_000
  > withdrawn bob 1_000 wallet 0
carol     asks 10 ETH @ 903
tick      805                        # 1_000 - 1_950
  > tick 805
  > breach dave:BTC long 10 mark 805 equity -950 maintenance 81 bankruptcy 900 cause tick
  > outside dave 10 @ 805
  > socialize bob 950
  > deficit dave 950 socialized 950
  > ended dave 0 equity 0 maintenance 0
  > breach bob ETH short 10 mark 900 equity 50 maintenance 90 bankruptcy 905 cause tick
  > filled carol/1 sell 10 ETH @ 903 maker liquidation position -10
  > close bob 10 ETH @ 903
  > residue bob ETH 20 to fund
  > ended bob ETH 0 equity 0 maintenance 0
  > mark ETH 903

== no more winners are closed than it takes, and nobody who has lost
rules     mark median market_band_ppm 200_000    # the mark stays where the file is
dave      wallet 1_000
bob       wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000 isolated 20x
carol     short 5 @ 1_000
alice     long 5 @ 1_000
mallory   short 5 @ 850
alice     long 5 @ 850
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended dave 0 equity 0 maintenance 0

== who has become healthy before its turn comes is left alone in this wave
fund      2_000
alice     wallet 1_780
dave      wallet 1_000
alice     long 10 @ 1_000 cross
dave      long 10 @ 1_000 isolated
bob       short 20 @ 1_000
alice     bids 10 @ 780
tick      826                        # alice 40 against 82.6; then 500 against 165.2
  > tick 826
  > breach dave:BTC long 10 mark 826 equity -740 maintenance 83 bankruptcy 900
  > filled alice/1 buy 10 @ 780 maker liquidation position 20
  > cover dave 10 @ 780 insurance_fund 1_200 fund 800
  > ended dave 0 equity 0 maintenance 0
  > mark 780
  > breach alice long 20 mark 780 equity -420 maintenance 156 bankruptcy 801 cause dave
  > deleverage bob buy 20 for 16_020 realized 3_980
  > ended alice 0 equity 0 maintenance 0

== a winner whose account has nothing left is no winner
alice     wallet 2_000
carol     wallet 705
alice     long 10 ETH @ 1_000 cross
carol     long 2 ETH @ 1_000 cross
bob       short 12 ETH @ 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      1_010
carol     short 5 @ 1_010 cross
bob       long 5 @ 1_010             # and has lost 50
tick      1_000
tick      ETH 600                    # carol: 705 + 50 - 800 = -45
  > tick ETH 600
  > breach alice ETH long 10 mark 600 equity -2_000 maintenance 160 bankruptcy 675
  > deleverage bob buy 10 ETH for 6_750 realized 3_250
  > ended alice ETH 0 equity -1_250 maintenance 100
  > breach alice long 10 mark 1_000 equity -1_250 maintenance 100 bankruptcy 1_125
  > outside alice 10 @ 1_000
  > socialize bob 1_250
  > deficit alice 1_250 socialized 1_250
  > ended alice 0 equity 0 maintenance 0
  > breach carol ETH long 2 mark 600 equity -45 maintenance 62 bankruptcy 605   # -45 x 12 / 62
  > deleverage bob buy 2 ETH for 1_209 realized 791
  > ended carol ETH 0 equity -36 maintenance 50
  > breach carol short 5 mark 1_000 equity -36 maintenance 50 bankruptcy 992
  > outside carol 5 @ 1_000
  > socialize bob 36
  > deficit carol 36 socialized 36
  > ended carol 0 equity 0 maintenance 0

== the book's makers have their stop against a liquidation too
rules     mark median                # the mark follows the index, and the book may stand elsewhere
quote     0 @ 999  0 @ 1_001
bob       wallet 1_000
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000 isolated 50x
carol     bids 10 @ 950
bob       buys 10 @ 1_030            # his margin of 200 is used up at 1_020
  > accepted bob/1 buy 10 @ 1_030
index     905
  > tick 1_000
  > breach dave:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > cancelled bob/1 10 bankruptcy_price
  > filled carol/1 buy 10 @ 950 maker liquidation position 10
  > close dave 10 @ 950
  > residue dave 500 to fund
  > ended dave 0 equity 0 maintenance 0

== and against what the fund sells
fund      3_000
alice     wallet 2_000
carol     wallet 200
alice     long 10 ETH @ 1_000 cross
bob       short 10 ETH @ 1_000
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      1_010
carol     short 5 @ 1_010 isolated 50x
bob       long 5 @ 1_010
tick      1_000
mallory   bids 10 @ 990
carol     buys 5 @ 1_040             # 101 and 50 are used up at 1_030.2
  > accepted carol/1 buy 5 @ 1_040
tick      ETH 600
  > tick ETH 600
  > breach alice ETH long 10 mark 600 equity -2_000 maintenance 160 bankruptcy 675
  > deleverage bob buy 10 ETH for 6_750 realized 3_250
  > ended alice ETH 0 equity -1_250 maintenance 100
  > breach alice long 10 mark 1_000 equity -1_250 maintenance 100 bankruptcy 1_125
  > cancelled carol/1 5 bankruptcy_price
  > filled mallory/1 buy 10 @ 990 maker liquidation position 10
  > cover alice 10 @ 990 insurance_fund 1_350 fund 1_650         # settled at 1_125
  > ended alice 0 equity 0 maintenance 0
  > mark 990

== a wallet below zero that carries nothing is made good
# no lab may have a maker's fee above the taker's, which is what is set aside: this one has
rules     maker_fee_ppm 10_000
fund      4
tick      100
dave      wallet 100
dave      isolates
  > mode dave isolated margin 0
dave      buys 10 @ 100
  > accepted dave/1 buy 10 @ 100
tick      99
  > tick 99
  > filled dave/1 buy 10 @ 100 maker outside position 10 fee 10
  > breach dave long 0 mark 0 equity -10 maintenance 0 bankruptcy none bracket 0 cause tick
  > deficit dave 10 insurance_fund 4 uncovered 6
  > ended dave 0 equity 0 maintenance 0
  = margin dave 100

== it names the contract in which the wallet last carried something
rules     maker_fee_ppm 10_000
fund      100
tick      100
alice     wallet 100
alice     long 1 ETH @ 10 cross
bob       short 1 ETH @ 10
carol     bids 1 ETH @ 10
alice     sells 1 ETH @ 10
  > accepted alice/1 sell 1 ETH @ 10
  > filled carol/1 buy 1 ETH @ 10 maker position 1
  > filled alice/1 sell 1 ETH @ 10 taker position 0
alice     isolates
  > mode alice isolated margin 0
alice     buys 10 @ 100
  > accepted alice/2 buy 10 @ 100
tick      99
  > tick 99
  > filled alice/2 buy 10 @ 100 maker outside position 10 fee 10
  > breach alice ETH long 0 mark 10 equity -10 maintenance 0 bankruptcy none
  > deficit alice ETH 10 insurance_fund 10
  > ended alice ETH 0 equity 0 maintenance 0

== unless its own orders hold the money
rules     maker_fee_ppm 10_000
tick      100
tick      ETH 100
dave      wallet 120
dave      isolates
  > mode dave isolated margin 0
dave      isolates ETH
  > mode dave ETH isolated margin 0
dave      buys 10 @ 100
  > accepted dave/1 buy 10 @ 100
dave      buys 2 ETH @ 99
  > accepted dave/2 buy 2 ETH @ 99
dave      withdraws 1
  > withdrawn dave 1 wallet 0
tick      99
  > tick 99
  > filled dave/1 buy 10 @ 100 maker outside position 10 fee 10
  > cancelled dave/2 ETH 2 liquidation
  > averted dave equity 9 maintenance 0
