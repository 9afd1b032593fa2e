== Hyperliquid ranks by mark over entry and leverage: here the smaller profit goes first
rules     adl hyperliquid
carol     wallet 1_500
carol     short 5 @ 900 cross
outside   long 5 @ 900
tick      1_000
  > tick 1_000
  > draws carol 50
dave      wallet 1_000
bob       wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 5 @ 1_000 cross
outside   short 5 @ 1_000
tick      880                        # both have 1_600: 880/900 against 880/1_000, times 2.75
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage carol buy 5 for 4_500 realized 0
  > deleverage bob buy 5 for 4_500 realized 500
  > ended dave 0 equity 0 maintenance 0

== at the mark winners keep all, and what is missing goes on: the fund, then cuts
fund      120
rules     adl_price mark
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage bob buy 10 for 8_800 realized 1_200 loss 1_200 own_margin 1_200 adl 0
  > socialize bob 80
  > deficit dave 200 insurance_fund 120 socialized 80 uncovered 0 fund 0
  > ended dave 0 equity 0 maintenance 0

== at the mark a cross account's later positions do not pay for the earlier one twice
rules     adl_price mark
alice     wallet 2_000
alice     long 10 ETH @ 1_000 cross
alice     long 10 @ 1_000 cross
bob       short 10 ETH @ 1_000
bob       short 10 @ 1_000
tick      999
tick      ETH 600                    # 2_000 - 4_000 - 10; of -2_010 ETH bears 60 / 159.9
  > tick ETH 600
  > breach alice ETH long 10 mark 600 equity -2_010 maintenance 160 bankruptcy 676
  > deleverage bob buy 10 ETH for 6_000 realized 4_000 own_margin 4_000 adl 0
  > ended alice ETH 0 equity -2_010 maintenance 100
  > breach alice long 10 mark 999 equity -2_010 maintenance 100 bankruptcy 1_125
  > deleverage bob buy 10 for 9_990 realized 10
  > socialize bob 2_010
  > deficit alice 2_010 socialized 2_010
  > ended alice 0 equity 0 maintenance 0

== at the mark before the last move the loser may have something left
rules     adl_price previous_mark
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      950
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage bob buy 10 for 9_500 realized 500 loss 1_200 own_margin 500 adl 700
  > residue dave 500 to fund
  > ended dave 0 equity 0 maintenance 0

== a mark that has never moved is its own previous one, and anybody may be asked
rules     adl_price previous_mark adl_against anybody
alice     wallet 2_000
alice     long 10 ETH @ 1_000 cross
alice     short 10 @ 10 cross
bob       short 10 ETH @ 1_000
bob       long 10 @ 10
tick      ETH 100
  > tick ETH 100
  > breach alice ETH long 10 mark 100 equity -7_000 maintenance 11 bankruptcy 737
  > deleverage bob buy 10 ETH for 10_000 realized 0
  > ended alice ETH 0 equity 2_000 maintenance 1

== in proportion to the positions; who cannot pay leaves his part to the others
rules     adl pro_rata
alice     wallet 2_000
carol     wallet 200
alice     long 10 ETH @ 1_000 cross
bob       short 10 ETH @ 1_000
alice     long 10 @ 1_000 cross
outside   short 10 @ 1_000
tick      1_010
carol     short 5 @ 1_010 isolated 50x
bob       short 15 @ 1_010
outside   long 20 @ 1_010
tick      1_000
tick      ETH 600
  > tick ETH 600
  > breach alice ETH long 10 mark 600 equity -2_000 maintenance 160 bankruptcy 675
  > deleverage bob buy 10 ETH for 6_750 realized 3_250
  > ended alice ETH 0 equity -1_250 maintenance 100
  > breach alice long 10 mark 1_000 equity -1_250 maintenance 100 bankruptcy 1_125
  > deleverage bob buy 8 for 9_000 realized -920      # 7.5 and 2.5; carol has 151, not 250
  > deleverage bob buy 2 for 2_250 realized -230
  > ended alice 0 equity 0 maintenance 0

== in proportion, all of it: equal parts of unequal positions
rules     adl pro_rata
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
alice     short 12 @ 1_000
bob       short 6 @ 1_000
carol     short 2 @ 1_000
outside   long 10 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage alice buy 6 for 5_400 realized 600
  > deleverage bob buy 3 for 2_700 realized 300
  > deleverage carol buy 1 for 900 realized 100
  > ended dave 0 equity 0 maintenance 0

== by chance, but always the same for a seed
rules     adl random
dave      wallet 1_000
dave      long 4 @ 1_000 isolated
alice     short 4 @ 1_000
bob       short 4 @ 1_000
carol     short 4 @ 1_000
outside   long 8 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 4 mark 880 equity -80 maintenance 36 bankruptcy 900
  > deleverage bob buy 4 for 3_600 realized 400
  > ended dave 0 equity 0 maintenance 0

== another seed, another order
rules     adl random seed 7
dave      wallet 1_000
dave      long 4 @ 1_000 isolated
alice     short 4 @ 1_000
bob       short 4 @ 1_000
carol     short 4 @ 1_000
outside   long 8 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 4 mark 880 equity -80 maintenance 36 bankruptcy 900
  > deleverage carol buy 4 for 3_600 realized 400
  > ended dave 0 equity 0 maintenance 0

== a venue may deleverage the replayed market too, behind everybody else
rules     outside_in_waterfall last
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 4 @ 1_000
outside   short 6 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage bob buy 4 for 3_600 realized 400
  > deleverage outside buy 6 for 5_400 realized 600 adl 120
  > ended dave 0 equity 0 maintenance 0

== and cut it, when those who are traders here have nothing left to give
rules     outside_in_waterfall last adl none
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 1 @ 1_000
outside   short 9 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > socialize bob 120
  > socialize outside 80
  > deficit dave 200 socialized 200
  > ended dave 0 equity 0 maintenance 0

== in proportion, but nobody can pay: closed at the mark
rules     adl pro_rata
alice     wallet 2_000
carol     wallet 200
alice     long 10 ETH @ 1_000 cross
bob       short 10 ETH @ 1_000
alice     long 10 @ 1_000 cross
outside   short 10 @ 1_000
tick      1_010
carol     short 5 @ 1_010 isolated 50x
outside   long 5 @ 1_010
tick      1_000
tick      ETH 600
  > tick ETH 600
  > breach alice ETH long 10 mark 600 equity -2_000 maintenance 160 bankruptcy 675
  > deleverage bob buy 10 ETH for 6_750 realized 3_250
  > ended alice ETH 0 equity -1_250 maintenance 100
  > breach alice long 10 mark 1_000 equity -1_250 maintenance 100 bankruptcy 1_125
  > outside alice 10 @ 1_000           # carol has 151, and 5 lots would cost 625
  > socialize bob 1_231                # 1_250 x 3_250 / 3_300 = 1_231.06
  > socialize carol:BTC 19
  > deficit alice 1_250 socialized 1_250
  > ended alice 0 equity 0 maintenance 0

== Binance ranks by profit over wallet and by margin ratio of the account: a loss elsewhere counts
rules     adl margin_ratio
contract  price_max 2_000_000
contract  ETH price_max 2_000_000
carol     wallet 1_500_000
carol     short 5 @ 900_000 cross
outside   long 5 @ 900_000
tick      1_000_000
  > tick 1_000_000
  > draws carol 50_000
dave      wallet 1_000_000
bob       wallet 2_000_000
dave      long 10 @ 1_000_000 isolated
bob       short 5 @ 1_000_000 cross
outside   short 5 @ 1_000_000
bob       long 5 ETH @ 1_000_000 cross
outside   short 5 ETH @ 1_000_000
tick      ETH 890_000
  > tick ETH 890_000
  > draws bob ETH 149_500
tick      880_000                    # carol: 100/1_500 x 44/1_600; bob, less 550: 50/2_000 x 88.5/2_050
  > tick 880_000
  > breach dave:BTC long 10 mark 880_000 equity -200_000 maintenance 88_000 bankruptcy 900_000
  > deleverage carol buy 5 for 4_500_000 realized 0
  > deleverage bob buy 5 for 4_500_000 realized 500_000
  > ended dave 0 equity 0 maintenance 0
