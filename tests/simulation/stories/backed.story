== the fund gets its fee of a fill's gain, and the account keeps the rest
closing   cooldown_us 1_000_000
backed
rules     liquidation_fee_ppm 5_000 residue_to client
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 4 @ 909
carol     bids 10 @ 908
tick      909
  > tick 909
  > breach alice long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 4 @ 909 maker liquidation position 4
  > cover alice 4 @ 909 insurance_fund -18
  > filled carol/2 buy 6 @ 908 maker liquidation position 10
  > cover alice 6 @ 908 insurance_fund -27
  > residue alice 39 to client
  > ended alice 0 equity 39 maintenance 0
  > mark 908

== a gain smaller than the fee goes to the fund wholly, and the next fill is at the same price
closing   cooldown_us 1_000_000
backed
rules     liquidation_fee_ppm 50_000 residue_to client
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 4 @ 905
carol     bids 6 @ 900
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 4 @ 905 maker liquidation position 4
  > cover alice 4 @ 905 insurance_fund -20
  > filled carol/2 buy 6 @ 900 maker liquidation position 10
  > cover alice 6 @ 900
  > ended alice 0 equity 0 maintenance 0
  > mark 900

== the fund pays what a fill lacks, or the fill does not happen and the rest stays open
closing   cooldown_us 1_000_000
backed
fund      50
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 4 @ 890
carol     bids 6 @ 889
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 4 @ 890 maker liquidation position 4
  > cover alice 4 @ 890 insurance_fund 40
  > ended alice 6 equity 30 maintenance 55
  > waits alice cooldown until 09:00:01
  > mark 890
at        09:00:02
tick      950
  > resumes alice
  > breach alice long 6 mark 890 equity -60 maintenance 54 bankruptcy 900
  > deleverage bob buy 6 for 5_400 realized 600
  > ended alice 0 equity 0 maintenance 0

== what the fund pays for an account is limited in a round, and counts anew in the next
closing   cooldown_us 1_000_000
backed
limits    account_loss_max 45
fund      1_000
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 4 @ 890
carol     bids 4 @ 890
carol     bids 4 @ 890
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 4 @ 890 maker liquidation position 4
  > cover alice 4 @ 890 insurance_fund 40
  > ended alice 6 equity 30 maintenance 55
  > waits alice cooldown until 09:00:01
  > mark 890
at        09:00:01
tick      905
  > resumes alice
  > breach alice long 6 mark 890 equity -60 maintenance 54 bankruptcy 900
  > filled carol/2 buy 4 @ 890 maker liquidation position 8
  > cover alice 4 @ 890 insurance_fund 40
  > ended alice 2 equity -20 maintenance 18
  > waits alice cooldown until 09:00:02

== a part of the position, worth so much at least, and no more than a round may
closing   cooldown_us 1_000_000
backed    portion_ppm 300_000 portion_min 4_000 round_notional 5_000
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 20 @ 905
tick      905
  > tick 905
  > breach alice long 4 mark 905 equity 50 maintenance 91 bankruptcy 900 spared 6
  > filled carol/1 buy 4 @ 905 maker liquidation position 4
  > cover alice 4 @ 905
  > ended alice 6 equity 50 maintenance 55
  > waits alice cooldown until 09:00:01
at        09:00:01
tick      905
  > resumes alice
  > breach alice long 4 mark 905 equity 50 maintenance 55 bankruptcy 897 spared 2
  > filled carol/1 buy 4 @ 905 maker liquidation position 8
  > cover alice 4 @ 905
  > ended alice 2 equity 50 maintenance 19
  > draws alice 28
at        09:00:02
tick      905

== a round goes through all positions of an account, as far as its notional goes
closing   cooldown_us 1_000_000
backed    portion_ppm 500_000 round_notional 8_000
alice     wallet 2_000
alice     long 10 @ 1_000 cross
alice     long ETH 10 @ 1_000 cross
bob       wallet 9_000
bob       short 10 @ 1_000
bob       short ETH 10 @ 1_000
carol     bids 20 @ 820
carol     bids ETH 20 @ 990
tick      820
  > tick 820
  > draws alice 1_062
tick      ETH 990
  > tick ETH 990
  > breach alice long 5 mark 820 equity 100 maintenance 181 bankruptcy 816 spared 5
  > filled carol/1 buy 5 @ 820 maker liquidation position 5
  > cover alice 5 @ 820
  > ended alice 5 equity 100 maintenance 140
  > breach alice ETH long 3 mark 990 equity 100 maintenance 140 bankruptcy 983 spared 7
  > filled carol/2 buy 3 ETH @ 990 maker liquidation position 3
  > cover alice 3 ETH @ 990
  > ended alice ETH 7 equity 100 maintenance 111
  > waits alice cooldown until 09:00:01

== a round whose notional is smaller than a lot closes one
closing   cooldown_us 1_000_000
backed    round_notional 100
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 20 @ 905
tick      905
  > tick 905
  > breach alice long 1 mark 905 equity 50 maintenance 91 bankruptcy 900 spared 9
  > filled carol/1 buy 1 @ 905 maker liquidation position 1
  > cover alice 1 @ 905
  > ended alice 9 equity 50 maintenance 82
  > waits alice cooldown until 09:00:01

== no fill goes beyond the notional of a round, and orders are as large as ever
closing   cooldown_us 1_000_000
backed    round_notional 5_000 round_by fill
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 4 @ 905
carol     bids 4 @ 905
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 4 @ 905 maker liquidation position 4
  > cover alice 4 @ 905
  > ended alice 6 equity 50 maintenance 55
  > waits alice cooldown until 09:00:01

== the limit goes from the mark through it as equity goes from maintenance to nothing
closing   cooldown_us 1_000_000
backed    spread_ppm 1_500_000
fund      1_000
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 4 @ 900
carol     bids 6 @ 897
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > filled carol/1 buy 4 @ 900 maker liquidation position 4
  > cover alice 4 @ 900
  > ended alice 6 equity 30 maintenance 55
  > waits alice cooldown until 09:00:01
  > mark 900

== a short's limit lies above the mark, and no further than all of the spread
closing   cooldown_us 1_000_000
backed    spread_ppm 1_500_000 adjustment_ppm 3_000_000
fund      1_000
alice     wallet 1_000
alice     short 10 @ 1_000
bob       wallet 9_000
bob       long 10 @ 1_000
carol     asks 4 @ 1_111
carol     asks 6 @ 1_112
tick      1_095
  > tick 1_095
  > breach alice short 10 mark 1_095 equity 50 maintenance 110 bankruptcy 1_100
  > filled carol/1 sell 4 @ 1_111 maker liquidation position -4
  > cover alice 4 @ 1_111 insurance_fund 44
  > ended alice 6 equity 30 maintenance 66
  > waits alice cooldown until 09:00:01
  > mark 1_111

== others are asked only below zero
closing   cooldown_us 1_000_000
backed
rules     adl_below_zero true adl random adl_against anybody
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > ended alice 10 equity 50 maintenance 91
  > waits alice cooldown until 09:00:02
at        09:00:02
tick      899
  > resumes alice
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > ended alice 10 equity 50 maintenance 91
  > waits alice cooldown until 09:00:06
at        09:00:05.999999
tick      899
at        09:00:06
tick      899
  > resumes alice
  > breach alice long 10 mark 899 equity -10 maintenance 90 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== others are asked only where nothing was traded
closing   cooldown_us 1_000_000
backed
fund      4
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 4 @ 899
tick      899
  > tick 899
  > breach alice:BTC long 10 mark 899 equity -10 maintenance 90 bankruptcy 900
  > filled carol/1 buy 4 @ 899 maker liquidation position 4
  > cover alice 4 @ 899 insurance_fund 4
  > ended alice 6 equity -6 maintenance 54
  > waits alice:BTC cooldown until 09:00:01
at        09:00:01
tick      899
  > resumes alice:BTC
  > breach alice:BTC long 6 mark 899 equity -6 maintenance 54 bankruptcy 900
  > deleverage bob buy 6 for 5_400 realized 600
  > ended alice 0 equity 0 maintenance 0

== while nobody can take anything, the wait doubles up to 64 times
closing   cooldown_us 1_000_000
backed
rules     adl none
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
tick      905
  > tick 905
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > ended alice 10 equity 50 maintenance 91
  > waits alice cooldown until 09:00:02
at        09:00:14
tick      905
  > resumes alice
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > ended alice 10 equity 50 maintenance 91
  > waits alice cooldown until 09:00:06
  > resumes alice
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > ended alice 10 equity 50 maintenance 91
  > waits alice cooldown until 09:00:14
  > resumes alice
  > breach alice long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > ended alice 10 equity 50 maintenance 91
  > waits alice cooldown until 09:00:30

== cancelling orders may be enough before a round
closing   cooldown_us 1_000_000
backed
alice     wallet 1_500
alice     long 10 @ 1_000 cross
bob       short 10 @ 1_000
tick      ETH 1_000
alice     isolates ETH
  > mode alice ETH isolated margin 0
alice     buys 4 ETH @ 1_000
  > accepted alice/1 buy 4 ETH @ 1_000
tick      895
  > tick 895
  > cancelled alice/1 ETH 4 liquidation
  > averted alice equity 450 maintenance 90
  > draws alice 245

== a position for which the round has no room has no order in it
closing   cooldown_us 1_000_000 order largest_notional
backed    round_notional 8_500
alice     wallet 2_000
alice     long 10 @ 1_000 cross
alice     long ETH 9 @ 1_000 cross
bob       wallet 9_000
bob       short 10 @ 1_000
bob       short ETH 9 @ 1_000
carol     bids 20 @ 820
carol     bids ETH 20 @ 980
tick      ETH 980
tick      820                        # 20 are left; 660 of 8_500 are after 8 ETH
  > tick 820
  > breach alice ETH long 8 mark 980 equity 20 maintenance 171 bankruptcy 979 spared 1
  > filled carol/2 buy 8 ETH @ 980 maker liquidation position 8
  > cover alice 8 ETH @ 980
  > ended alice ETH 1 equity 20 maintenance 92
  > waits alice cooldown until 09:00:01

== a bid that would ruin its own account goes before the fund pays for anything
closing   cooldown_us 1_000_000 order largest_maintenance
backed
rules     adl none
alice     wallet 1_600
alice     long 10 @ 1_000 cross
alice     long ETH 5 @ 1_000 cross
bob       short ETH 5 @ 1_000
dave      wallet 100
dave      short 10 @ 1_000 isolated 100x
dave      buys 10 @ 1_015            # above his bankruptcy price of 1_010
  > accepted dave/1 buy 10 @ 1_015
tick      ETH 690                    # 1_600 - 1_550 = 50 are left
  > tick ETH 690
  > breach alice long 10 mark 1_000 equity 50 maintenance 135 bankruptcy 997
  > cancelled dave/1 10 bankruptcy_price
  > ended alice 10 equity 50 maintenance 135
  > breach alice ETH long 5 mark 690 equity 50 maintenance 135 bankruptcy 688
  > ended alice ETH 5 equity 50 maintenance 135
  > waits alice cooldown until 09:00:02

== without any maintenance nothing moves the limit from the mark
closing   cooldown_us 1_000_000
backed    spread_ppm 1_500_000
brackets  0:0%:100x
fund      1_000
alice     wallet 1_000
alice     long 10 @ 1_000
bob       short 10 @ 1_000
carol     bids 4 @ 900
carol     bids 6 @ 899
tick      900
  > tick 900
  > breach alice long 10 mark 900 equity 0 maintenance 0 bankruptcy 900
  > filled carol/1 buy 4 @ 900 maker liquidation position 4
  > cover alice 4 @ 900
  > ended alice 6 equity 0 maintenance 0
  > waits alice cooldown until 09:00:01
