== the fund keeps what the book left, at the mark, and gets what the account has left
closing   takeover inventory,adl
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      905                        # 50 are left: 5 a lot
  > tick 905
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10 insurance_fund -50
  > ended alice 0 equity 0 maintenance 0
  = fund 10_050
tick      890                        # nobody looks at what it holds
  = fund 10_050

== what a takeover lacks to the mark is paid with it
closing   takeover inventory,adl
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      880
  > tick 880
  > breach alice:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10 insurance_fund 200
  > ended alice 0 equity 0 maintenance 0
  = fund 9_800

== it holds no more than its own size, and the next in turn take the rest
closing   takeover inventory,adl
fund      2_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      900                        # 2 lots are 1_800
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 2 for 1_800 held 2
  > deleverage bob buy 8 for 7_200 realized 800
  > ended alice 0 equity 0 maintenance 0

== its size is a setting, and all that a pool's fund holds counts
closing   takeover inventory,adl
limits    inventory_ppm 2_000_000
fund      1_000
alice     wallet 1_050
alice     long 10 @ 1_000 isolated
alice     long 5 ETH @ 100 isolated
bob       short 10 @ 1_000
bob       short 5 ETH @ 100
tick      ETH 90                     # five lots are 450 of 2_000
  > tick ETH 90
  > breach alice:ETH long 5 mark 90 equity 0 maintenance 5 bankruptcy 90
  > keep alice buy 5 ETH for 450 held 5
  > ended alice ETH 0 equity 0 maintenance 0
tick      900                        # 1_550 are left: one lot
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 1 for 900 held 1
  > deleverage bob buy 9 for 8_100 realized 900
  > ended alice 0 equity 0 maintenance 0

== it pays as far as its cash goes, like a sale
closing   takeover inventory,adl
limits    inventory_ppm 0
fund      50
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      880                        # 20 a lot: two of them
  > tick 880
  > breach alice:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > keep alice buy 2 for 1_800 held 2 insurance_fund 40
  > deleverage bob buy 8 for 7_200 realized 800
  > ended alice 0 equity 0 maintenance 0
  = fund 10

== or for all of it or none
closing   takeover inventory,adl
limits    inventory_ppm 0 fills whole
fund      50
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      880
  > tick 880
  > breach alice:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0
  = fund 50

== what it holds on the other side is closed first, at the mark, whatever it may hold
closing   takeover inventory
fund      4_000
carol     wallet 300
carol     short 3 @ 1_000 isolated
alice     wallet 1_200
alice     long 12 @ 1_000 isolated 10x
outside   short 9 @ 1_000
tick      1_100                      # 3 lots short, at 1_100
  > tick 1_100
  > breach carol:BTC short 3 mark 1_100 equity 0 maintenance 33 bankruptcy 1_100
  > keep carol sell 3 for 3_300 held -3
  > ended carol 0 equity 0 maintenance 0
tick      900                        # closed with a gain of 600, which buys more of the rest
  > tick 900
  > breach alice:BTC long 12 mark 900 equity 0 maintenance 108 bankruptcy 900
  > keep alice buy 3 for 2_700 held 0 realized 600
  > keep alice buy 5 for 4_500 held 5
  > outside alice 4 @ 900
  > ended alice 0 equity 0 maintenance 0
  = fund 4_600

== what closing would lose beyond its cash is left to others, and then it opens nothing
closing   takeover inventory
fund      1_150
carol     wallet 100
carol     short 1 @ 1_000 isolated
outside   long 1 @ 1_000
tick      1_100
  > tick 1_100
  > breach carol:BTC short 1 mark 1_100 equity 0 maintenance 11 bankruptcy 1_100
  > keep carol sell 1 for 1_100 held -1
  > ended carol 0 equity 0 maintenance 0
tick      3_000
alice     deposits 400
  > deposited alice 400 wallet 400
alice     isolates
  > mode alice isolated margin 0
dave      asks 2 @ 3_000
alice     buys 1 @ 3_000
  > accepted alice/1 buy 1 @ 3_000
  > filled dave/1 sell 1 @ 3_000 maker position -1
  > filled alice/1 buy 1 @ 3_000 taker position 1
tick      2_700                      # 1_600 would be lost
  > tick 2_700
  > breach alice:BTC long 1 mark 2_700 equity 0 maintenance 27 bankruptcy 2_700
  > outside alice 1 @ 2_700
  > ended alice 0 equity 0 maintenance 0
  = fund 1_150

== a slice is offered every minute, within a band of the mark, to bots and the outside market
closing   takeover inventory,adl
limits    offload_interval_us 60_000_000 offload_slice 2_000 offload_band_ppm 50_000
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
outside   short 10 @ 1_000
at        09:30:10
tick      900
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10
  > ended alice 0 equity 0 maintenance 0
carol     bids 1 @ 899
carol     bids 5 @ 880
dave      bids 5 @ 830
at        09:31:00                   # 2 lots are 1_800; the mark moves with them
tick      ETH 100
  > filled carol/1 buy 1 @ 899 maker liquidation position 1
  > sell book sell 1 for 899 realized -1 held 9
  > filled carol/2 buy 1 @ 880 maker liquidation position 2
  > sell book sell 1 for 880 realized -20 held 8
  > mark 880
  = fund 9_979
at        09:32:00
tick      ETH 101
  > filled carol/2 buy 2 @ 880 maker liquidation position 4
  > sell book sell 2 for 1_760 realized -40 held 6
at        09:34:30                   # two times were missed; 830 is too far from 880
tick      ETH 102
  > filled carol/2 buy 2 @ 880 maker liquidation position 6
  > sell book sell 2 for 1_760 realized -40 held 4

== its slice moves the mark, and sets off the next liquidation
closing   takeover inventory
limits    offload_interval_us 60_000_000
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
dave      wallet 143
dave      long 1 @ 1_000 isolated 7x
outside   short 11 @ 1_000
at        09:30:10
tick      900
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10
  > ended alice 0 equity 0 maintenance 0
carol     bids 3 @ 860
at        09:31:00
tick      ETH 100
  > filled carol/1 buy 3 @ 860 maker liquidation position 3
  > sell book sell 3 for 2_580 realized -120 held 7
  > mark 860
  > breach dave:BTC long 1 mark 860 equity 2 maintenance 9 bankruptcy 858
  > keep dave buy 1 for 858 held 8 insurance_fund -2
  > ended dave 0 equity 0 maintenance 0

== a loss beyond its cash falls on winners, then goes off the book, and the rest is uncovered
closing   takeover inventory,adl
limits    offload_interval_us 60_000_000 inventory_ppm 0
fund      100
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       wallet 2_000
bob       short 4 @ 1_000
outside   short 6 @ 1_000
at        09:30:10
tick      900
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10
  > ended alice 0 equity 0 maintenance 0
tick      850
carol     bids 1 @ 850
carol     bids 5 @ 830
at        09:31:00                   # 50 are left for 9 lots that lose 50 each at the mark
tick      ETH 100
  > filled carol/1 buy 1 @ 850 maker liquidation position 1
  > sell book sell 1 for 850 realized -50 held 9
  > deleverage bob buy 4 for 3_578 realized 422
  > sell adl sell 4 for 3_578 realized -22 held 5
  > sell mark sell 5 for 4_250 realized -250 held 0 uncovered 222
  = fund 0
  = uncovered -222

== winners may take all that its cash cannot bear
closing   takeover inventory,adl
limits    offload_interval_us 60_000_000 inventory_ppm 0
fund      100
alice     wallet 1_000
alice     short 10 @ 1_000 isolated
bob       long 10 @ 1_000
at        09:30:10
tick      1_100
  > tick 1_100
  > breach alice:BTC short 10 mark 1_100 equity 0 maintenance 110 bankruptcy 1_100
  > keep alice sell 10 for 11_000 held -10
  > ended alice 0 equity 0 maintenance 0
carol     asks 5 @ 1_150
at        09:31:00                   # two lots lose 50 each; the others go at what they cost
tick      ETH 100
  > filled carol/1 sell 2 @ 1_150 maker liquidation position -2
  > sell book buy 2 for 2_300 realized -100 held -8
  > deleverage bob sell 8 for 8_800 realized 800
  > sell adl buy 8 for 8_800 realized 0 held 0
  > mark 1_150
  = fund 0
  = uncovered 0

== funding of what it holds is paid from its cash, and what that lacks by nobody
closing   takeover inventory
limits    inventory_ppm 0
funding   file
fund      20
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      900
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10
  > ended alice 0 equity 0 maintenance 0
rate      -0.1%
  > funding -0.1% mark 900
  > paid bob 9
  > funded -9
  = fund 29
rate      0.5%
  > funding 0.5% mark 900
  > paid bob -45
  > funded 45 uncovered 16
  = fund 0
rate      0.001%                     # less than a unit
  > funding 0.001% mark 900

== while nobody tells the index it does not sell
closing   takeover inventory
limits    offload_interval_us 60_000_000
sources   near:1 silent 20
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
outside   short 10 @ 1_000
at        09:30:10
index     1_000 of near
tick      900
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10
  > ended alice 0 equity 0 maintenance 0
carol     bids 20 @ 890
at        09:31:30
tick      ETH 100
  > source near stale 1_000
  > index stale yes
index     1_000 of near
  > tick 900
  > source near live 1_000
  > index stale no
index     1_000 of near
at        09:32:00
tick      ETH 101
  > source near stale 1_000
  > index stale yes

== nobody is deleveraged for it where the profile has none; a slice is one lot at least
closing   takeover inventory
limits    offload_interval_us 60_000_000 offload_slice 1 inventory_ppm 0
fund      0
alice     wallet 200
alice     long 2 @ 1_000 isolated
bob       short 2 @ 1_000
at        09:30:10
tick      900
  > tick 900
  > breach alice:BTC long 2 mark 900 equity 0 maintenance 18 bankruptcy 900
  > keep alice buy 2 for 1_800 held 2
  > ended alice 0 equity 0 maintenance 0
carol     bids 5 @ 880
at        09:31:00
tick      ETH 100
  > sell mark sell 1 for 900 realized 0 held 1
  = fund 0

== who would be ruined by his own order is turned away
closing   takeover inventory
limits    offload_interval_us 60_000_000
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
outside   short 10 @ 1_000
at        09:30:10
tick      900
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10
  > ended alice 0 equity 0 maintenance 0
carol     bids 1 @ 900
dave      deposits 100
  > deposited dave 100 wallet 100
dave      isolates
  > mode dave isolated margin 0
dave      sets 50x
  > leverage dave 50x
dave      sells 1 @ 900
  > accepted dave/1 sell 1 @ 900
  > filled carol/1 buy 1 @ 900 maker position 1
  > filled dave/1 sell 1 @ 900 taker position -1
dave      buys 1 @ 930
  > accepted dave/2 buy 1 @ 930
carol     bids 2 @ 890
at        09:31:00
tick      ETH 100
  > cancelled dave/2 1 bankruptcy_price
  > filled carol/2 buy 2 @ 890 maker liquidation position 3
  > sell book sell 2 for 1_780 realized -20 held 8
  > mark 890

== nobody is deleveraged where the profile says so, though it is a stage
closing   takeover inventory,adl
rules     adl none
limits    offload_interval_us 60_000_000 inventory_ppm 0
fund      0
alice     wallet 100
alice     long 1 @ 1_000 isolated
bob       short 1 @ 1_000
at        09:30:10
tick      900
  > tick 900
  > breach alice:BTC long 1 mark 900 equity 0 maintenance 9 bankruptcy 900
  > keep alice buy 1 for 900 held 1
  > ended alice 0 equity 0 maintenance 0
carol     bids 5 @ 880
at        09:31:00
tick      ETH 100
  > sell mark sell 1 for 900 realized 0 held 0

== who cannot pay for what he would be closed at is passed over, in proportion too
closing   takeover inventory,adl
rules     adl pro_rata
limits    offload_interval_us 60_000_000 inventory_ppm 0
fund      0
alice     wallet 400
alice     long 4 @ 1_000 isolated
bob       short 3 @ 1_000
outside   short 1 @ 1_000
at        09:30:10
tick      900
  > tick 900
  > breach alice:BTC long 4 mark 900 equity 0 maintenance 36 bankruptcy 900
  > keep alice buy 4 for 3_600 held 4
  > ended alice 0 equity 0 maintenance 0
tick      860
dave      deposits 20
  > deposited dave 20 wallet 20
dave      isolates
  > mode dave isolated margin 0
dave      sets 50x
  > leverage dave 50x
carol     bids 1 @ 860
dave      sells 1 @ 860
  > accepted dave/1 sell 1 @ 860
  > filled carol/1 buy 1 @ 860 maker position 1
  > filled dave/1 sell 1 @ 860 taker position -1
tick      850
carol     bids 5 @ 840
at        09:31:00                   # at 900 dave would lose 40, more than his 17
tick      ETH 100
  > deleverage bob buy 3 for 2_700 realized 300
  > sell adl sell 3 for 2_700 realized 0 held 1
  > sell mark sell 1 for 850 realized -50 held 0 uncovered 50

== what the fund sells at once it sells near the best price only
closing   takeover fund,adl
limits    band_ppm 50_000
fund      10_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 2 @ 800
carol     bids 2 @ 760
carol     bids 2 @ 759
tick      870
  > tick 870
  > breach alice:BTC long 10 mark 870 equity -300 maintenance 87 bankruptcy 900
  > filled carol/1 buy 2 @ 800 maker liquidation position 2
  > cover alice 2 @ 800 insurance_fund 200
  > filled carol/2 buy 2 @ 760 maker liquidation position 4
  > cover alice 2 @ 760 insurance_fund 280
  > deleverage bob buy 6 for 5_400 realized 600
  > ended alice 0 equity 0 maintenance 0
  > mark 760

== what it holds ends with its contract
closing   takeover inventory
limits    inventory_ppm 0
fund      100
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
outside   short 10 @ 1_000
tick      900
  > tick 900
  > breach alice:BTC long 10 mark 900 equity 0 maintenance 90 bankruptcy 900
  > keep alice buy 10 for 9_000 held 10
  > ended alice 0 equity 0 maintenance 0
settles   @ 880
  > ends @ 880
  > sell settlement sell 10 for 8_800 realized -200 held 0 uncovered 100
  = fund 0

== the fund's name is nobody's
fund      10
tick      100
fund      deposits 500
  > refused fund reserved_account
