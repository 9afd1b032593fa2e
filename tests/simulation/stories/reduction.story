== one order closes just enough
closing   reduce heal
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 905
tick      909                        # 900 against 909; 98 lots keep 891, and 99 would keep 900
  > tick 909
  > breach alice:BTC long 2 mark 909 equity 900 maintenance 909 bankruptcy 900 spared 98
  > filled carol/1 buy 2 @ 905 maker liquidation position 2
  > close alice 2 @ 905
  > ended alice 98 equity 892 maintenance 891
  > mark 905
  > breach alice:BTC long 43 mark 905 equity 500 maintenance 887 bankruptcy 900 spared 55
  > filled carol/1 buy 43 @ 905 maker liquidation position 45
  > close alice 43 @ 905
  > ended alice 55 equity 500 maintenance 498

== one order was not enough, and the rest is taken over
closing   reduce heal
fund      100
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 2 @ 900
carol     bids 98 @ 899
tick      909                        # 18 lost on 2 lots: 882 against 891, 9 a lot
  > tick 909
  > breach alice:BTC long 2 mark 909 equity 900 maintenance 909 bankruptcy 900 spared 98
  > filled carol/1 buy 2 @ 900 maker liquidation position 2
  > close alice 2 @ 900
  > filled carol/2 buy 98 @ 899 maker liquidation position 100
  > cover alice 98 @ 899 insurance_fund 98
  > ended alice 0 equity 0 maintenance 0
  > mark 899

== a buffer closes more than enough
closing   reduce heal heal_buffer_ppm 100_000
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 909
tick      909                        # 89 lots keep 810, and a tenth of it is 81
  > tick 909
  > breach alice:BTC long 11 mark 909 equity 900 maintenance 909 bankruptcy 900 spared 89
  > filled carol/1 buy 11 @ 909 maker liquidation position 11
  > close alice 11 @ 909
  > ended alice 89 equity 900 maintenance 810

== equity is used up: one order cannot heal
closing   reduce heal
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 890
tick      900
  > tick 900
  > breach alice:BTC long 100 mark 900 equity 0 maintenance 900 bankruptcy 900
  > deleverage bob buy 100 for 90_000 realized 10_000
  > ended alice 0 equity 0 maintenance 0

== a tier down, with the first tiers of Bybit's BTCUSDT
closing   reduce tiers
brackets  0:0.5%:100x 2_000_000:0.56%:100x 2_600_000:0.63%:100x
contract  quantity_max 10_000
alice     wallet 60_000
alice     long 3_000 @ 1_000 isolated 50x
bob       short 3_000 @ 1_000
carol     bids 3_000 @ 985
tick      985                        # 2_955_000 x 0.63 % - 3_020; 2_639 lots are worth 2_599_415
  > tick 985
  > breach alice:BTC long 361 mark 985 equity 15_000 maintenance 15_597 bankruptcy 980 spared 2_639
  > filled carol/1 buy 361 @ 985 maker liquidation position 361
  > close alice 361 @ 985
  > ended alice 2_639 equity 15_000 maintenance 13_357

== in the lowest tier all is taken over at the bankruptcy price, and what is gained is the fund's
closing   reduce tiers
rules     residue_to client
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 10 @ 905
tick      909
  > tick 909
  > breach alice:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 @ 905 maker liquidation position 10
  > cover alice 10 @ 905 insurance_fund -50
  > ended alice 0 equity 0 maintenance 0
  > mark 905

== the tier was not reached within the bankruptcy price: all is taken over
closing   reduce tiers
brackets  0:1%:100x 5_000:2%:50x
fund      1_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 2 @ 905
carol     bids 8 @ 890
tick      910                        # 9_100 x 2 % - 50 = 132 against 100; 5 lots are 4_550
  > tick 910
  > breach alice:BTC long 5 mark 910 equity 100 maintenance 132 bankruptcy 900 spared 5
  > filled carol/1 buy 2 @ 905 maker liquidation position 2
  > close alice 2 @ 905
  > filled carol/2 buy 8 @ 890 maker liquidation position 10
  > cover alice 8 @ 890 insurance_fund 70
  > ended alice 0 equity 0 maintenance 0
  > mark 890

== down two tiers and a minute's wait, with the first tiers of OKX's ETH of June 2021
closing   reduce tiers tiers 2 first_tier_line true cooldown_us 60_000_000
brackets  0:0.4%:125x 3_000_000:0.5%:100x 6_000_000:1%:66x 12_000_000:1.5%:50x
contract  quantity_max 20_000
fund      100_000
alice     wallet 260_000
bob       wallet 2_000_000
carol     wallet 2_000_000
alice     long 13_000 @ 1_000 isolated 50x
bob       short 13_000 @ 1_000
carol     bids 13_000 @ 980
tick      984                        # 52_000 against 98_880; even the first tier would keep 51_168
  > tick 984
  > breach alice:BTC long 6_903 mark 984 equity 52_000 maintenance 98_880 bankruptcy 980 spared 6_097
  > filled carol/1 buy 6_903 @ 980 maker liquidation position 6_903
  > close alice 6_903 @ 980
  > ended alice 6_097 equity 24_388 maintenance 26_998
  > waits alice:BTC cooldown until 09:01:00
  > mark 980
at        09:00:30
tick      984
at        09:01:00
tick      984                        # what is left is in the second tier
  > resumes alice:BTC
  > breach alice:BTC long 6_097 mark 984 equity 24_388 maintenance 26_998 bankruptcy 980
  > filled carol/1 buy 6_097 @ 980 maker liquidation position 13_000
  > cover alice 6_097 @ 980
  > ended alice 0 equity 0 maintenance 0
  > mark 980

== below the first tier's line all is taken over at once
closing   reduce tiers tiers 2 first_tier_line true
brackets  0:0.4%:125x 3_000:0.5%:100x 6_000:1%:66x
fund      100
alice     wallet 140
alice     long 7 @ 1_000 isolated 50x
bob       short 7 @ 1_000
carol     bids 7 @ 980
tick      983                        # 21 against 36, and 28 at 0.4 %
  > tick 983
  > breach alice:BTC long 7 mark 983 equity 21 maintenance 36 bankruptcy 980
  > filled carol/1 buy 7 @ 980 maker liquidation position 7
  > cover alice 7 @ 980
  > ended alice 0 equity 0 maintenance 0
  > mark 980

== a tenth at a time, as Kraken does, until it is healthy
closing   reduce parts
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 908
tick      908                        # 800 against 908, then 818, then 727
  > tick 908
  > breach alice:BTC long 10 mark 908 equity 800 maintenance 908 bankruptcy 900 spared 90
  > filled carol/1 buy 10 @ 908 maker liquidation position 10
  > close alice 10 @ 908
  > ended alice 90 equity 800 maintenance 818
  > breach alice:BTC long 10 mark 908 equity 800 maintenance 818 bankruptcy 900 spared 80
  > filled carol/1 buy 10 @ 908 maker liquidation position 20
  > close alice 10 @ 908
  > ended alice 80 equity 800 maintenance 727

== what a tenth leaves within the band makes all of it go, and the client keeps the residue
closing   reduce parts band_ppm 5_000
rules     residue_to client
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 5 @ 905
carol     bids 95 @ 901
tick      908                        # band 904; then 785 for 95 lots: 900
  > tick 908
  > breach alice:BTC long 10 mark 908 equity 800 maintenance 908 bankruptcy 900 spared 90
  > filled carol/1 buy 5 @ 905 maker liquidation position 5
  > close alice 5 @ 905
  > filled carol/2 buy 95 @ 901 maker liquidation position 100
  > close alice 95 @ 901
  > residue alice 120 to client
  > ended alice 0 equity 0 maintenance 0
  > mark 901

== a short within its band
closing   reduce parts band_ppm 5_000
alice     wallet 10_000
alice     short 100 @ 1_000 isolated
bob       long 100 @ 1_000
carol     asks 5 @ 1_095
carol     asks 95 @ 1_098
tick      1_091                      # band 1_096; 900 against 1_091
  > tick 1_091
  > breach alice:BTC short 10 mark 1_091 equity 900 maintenance 1_091 bankruptcy 1_100 spared 90
  > filled carol/1 sell 5 @ 1_095 maker liquidation position -5
  > close alice 5 @ 1_095
  > filled carol/2 sell 95 @ 1_098 maker liquidation position -100
  > close alice 95 @ 1_098
  > residue alice 215 to fund
  > ended alice 0 equity 0 maintenance 0
  > mark 1_098

== slices and a pause after each, as Deribit does
closing   reduce slices slice_notional 5_000 cooldown_us 50_000
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 908
tick      908                        # 5 lots are 4_540; 88 lots keep 800
  > tick 908
  > breach alice:BTC long 5 mark 908 equity 800 maintenance 908 bankruptcy 900 spared 95
  > filled carol/1 buy 5 @ 908 maker liquidation position 5
  > close alice 5 @ 908
  > ended alice 95 equity 800 maintenance 863
  > waits alice:BTC cooldown until 09:00:00.05
at        09:00:00.05
tick      908
  > resumes alice:BTC
  > breach alice:BTC long 5 mark 908 equity 800 maintenance 863 bankruptcy 900 spared 90
  > filled carol/1 buy 5 @ 908 maker liquidation position 10
  > close alice 5 @ 908
  > ended alice 90 equity 800 maintenance 818
  > waits alice:BTC cooldown until 09:00:00.1
at        09:00:00.1
tick      908
  > resumes alice:BTC
  > breach alice:BTC long 5 mark 908 equity 800 maintenance 818 bankruptcy 900 spared 85
  > filled carol/1 buy 5 @ 908 maker liquidation position 15
  > close alice 5 @ 908
  > ended alice 85 equity 800 maintenance 772
at        09:00:00.15
tick      908

== a fifth of everything, and all of it half a minute later, as Hyperliquid does
closing   order all_at_once reduce parts parts_ppm 200_000,1_000_000 whole_below 1_000 cooldown_us 30_000_000
alice     wallet 2_100
alice     long 10 @ 1_000 cross 20x
alice     long 20 ETH @ 1_000 cross 20x
alice     long 1 SOL @ 1_000 cross 20x
bob       short 10 @ 1_000
bob       short 20 ETH @ 1_000
bob       short 1 SOL @ 1_000
carol     bids 10 @ 930
carol     bids 20 ETH @ 940
carol     bids 1 SOL @ 980
tick      SOL 980
tick      ETH 940
  > tick ETH 940
  > draws alice ETH 448
tick      930                        # 2_100 - 20 - 1_200 - 700 = 180 against 291
  > tick 930
  > breach alice ETH long 4 mark 940 equity 180 maintenance 291 bankruptcy 935 spared 16
  > filled carol/2 buy 4 ETH @ 940 maker liquidation position 4
  > close alice 4 ETH @ 940
  > ended alice ETH 16 equity 180 maintenance 254
  > breach alice long 2 mark 930 equity 180 maintenance 254 bankruptcy 924 spared 8
  > filled carol/1 buy 2 @ 930 maker liquidation position 2
  > close alice 2 @ 930
  > ended alice 8 equity 180 maintenance 236
  > breach alice SOL long 1 mark 980 equity 180 maintenance 236 bankruptcy 973
  > filled carol/3 buy 1 SOL @ 980 maker liquidation position 1
  > close alice 1 SOL @ 980
  > ended alice SOL 0 equity 180 maintenance 226
  > waits alice cooldown until 09:00:30
at        09:00:30
tick      930
  > resumes alice
  > breach alice ETH long 16 mark 940 equity 180 maintenance 226 bankruptcy 933
  > filled carol/2 buy 16 ETH @ 940 maker liquidation position 20
  > close alice 16 ETH @ 940
  > ended alice ETH 0 equity 180 maintenance 75
  > breach alice long 8 mark 930 equity 180 maintenance 75 bankruptcy 908
  > filled carol/1 buy 8 @ 930 maker liquidation position 10
  > close alice 8 @ 930
  > residue alice 180 to fund
  > ended alice 0 equity 0 maintenance 0

== the same part of each position, as small as heals
closing   order pro_rata reduce heal
alice     wallet 15_000
alice     long 100 @ 1_000 cross 20x
alice     short 50 ETH @ 1_000 cross 20x
bob       short 100 @ 1_000
bob       long 50 ETH @ 1_000
carol     bids 100 @ 890
carol     asks 50 ETH @ 1_056
tick      ETH 1_056                  # 2_800 lost, 528 kept
  > tick ETH 1_056
  > draws alice ETH 688
tick      891                        # 10_900 lost, 891 kept: 1_300 against 1_419; 9 % heals
  > tick 891
  > breach alice long 9 mark 891 equity 1_300 maintenance 1_419 bankruptcy 883 spared 91
  > filled carol/1 buy 9 @ 890 maker liquidation position 9
  > close alice 9 @ 890
  > ended alice 91 equity 1_291 maintenance 1_339
  > breach alice ETH short 5 mark 1_056 equity 1_291 maintenance 1_339 bankruptcy 1_066 spared 45
  > filled carol/2 sell 5 ETH @ 1_056 maker liquidation position -5
  > close alice 5 ETH @ 1_056
  > ended alice ETH 45 equity 1_291 maintenance 1_287
  > mark 890
  > breach alice long 7 mark 890 equity 1_200 maintenance 1_286 bankruptcy 882 spared 84
  > filled carol/1 buy 7 @ 890 maker liquidation position 16
  > close alice 7 @ 890
  > ended alice 84 equity 1_200 maintenance 1_224
  > breach alice ETH short 4 mark 1_056 equity 1_200 maintenance 1_224 bankruptcy 1_066 spared 41
  > filled carol/2 sell 4 ETH @ 1_056 maker liquidation position -9
  > close alice 4 ETH @ 1_056
  > ended alice ETH 41 equity 1_200 maintenance 1_181
  > draws alice 6_250

== an order is so large that it pays its own fees as well
closing   reduce heal heal_fees true
rules     liquidation_fee_ppm 5_000
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 909
tick      909                        # 13 for 3 lots: 887 against the 882 of 97; 2 would end at 891
  > tick 909
  > breach alice:BTC long 3 mark 909 equity 900 maintenance 909 bankruptcy 900 spared 97
  > filled carol/1 buy 3 @ 909 maker liquidation position 3
  > close alice 3 @ 909
  > fee alice 0 and 13
  > ended alice 97 equity 887 maintenance 882

== of several positions each pays its part, and the fees of all count
closing   reduce heal heal_fees true order pro_rata
rules     liquidation_fee_ppm 5_000
alice     wallet 10_000
alice     long 50 @ 1_000 cross
alice     long ETH 50 @ 1_000 cross
bob       short 50 @ 1_000
bob       short ETH 50 @ 1_000
carol     bids 50 @ 910
carol     bids ETH 50 @ 908
tick      910
  > tick 910
  > draws alice 405
tick      ETH 908                    # 900 against 909
  > tick ETH 908
  > breach alice ETH long 2 mark 908 equity 900 maintenance 909 bankruptcy 900 spared 48
  > filled carol/2 buy 2 ETH @ 908 maker liquidation position 2
  > close alice 2 ETH @ 908
  > ended alice ETH 48 equity 900 maintenance 891
  > breach alice long 2 mark 910 equity 900 maintenance 891 bankruptcy 901 spared 48
  > filled carol/1 buy 2 @ 910 maker liquidation position 2
  > close alice 2 @ 910
  > fee alice ETH 0 and 9
  > fee alice 0 and 9
  > ended alice 48 equity 882 maintenance 873
  > draws alice ETH 494

== fees above the maintenance cannot be earned by closing more
closing   reduce heal heal_fees true
rules     liquidation_fee_ppm 20_000
alice     wallet 10_000
alice     long 100 @ 1_000 isolated
bob       short 100 @ 1_000
carol     bids 100 @ 909
tick      909
  > tick 909
  > breach alice:BTC long 100 mark 909 equity 900 maintenance 909 bankruptcy 900
  > filled carol/1 buy 100 @ 909 maker liquidation position 100
  > close alice 100 @ 909
  > fee alice 0 and 900
  > ended alice 0 equity 0 maintenance 0
