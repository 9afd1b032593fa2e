== two who stand ready share what the book left, at the bankruptcy price, before the fund
closing   takeover assignment,fund,adl
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     bids 2 @ 905
carol     offers 20
  > offers carol 20
dave      wallet 1_000
dave      offers 5
  > offers dave 5
tick      909                        # 10 left for 10 lots after 2 are sold: 82, so 10 a lot
  > tick 909
  > breach alice:BTC long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 2 @ 905 maker liquidation position 2
  > close alice 2 @ 905
  > assign dave buy 4 for 3_595 assignment -41
  > assign carol buy 4 for 3_595 assignment -41
  > ended alice 0 equity 0 maintenance 0
  > mark 905

== a profit is guaranteed, and the fund pays what the bankruptcy price lacks
closing   takeover assignment,fund,adl assignment_profit_ppm 20_000
fund      1_000
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     wallet 10_000
carol     offers 100
  > offers carol 100
tick      905                        # 50 are left, 181 are 2 % of 9_050
  > tick 905
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > assign carol buy 10 for 8_869 assignment -181 insurance_fund 131
  > ended alice 0 equity 0 maintenance 0

== what the fund cannot guarantee is assigned to nobody
closing   takeover assignment,fund,adl assignment_profit_ppm 20_000
fund      130
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 10 @ 1_000
carol     wallet 10_000
carol     offers 100
  > offers carol 100
tick      905
  > tick 905
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== who stands against the loser closes first, and an isolated position brings its margin
closing   takeover assignment
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 6 @ 1_000 isolated
outside   short 4 @ 1_000
bob       bids 1 @ 500
bob       offers 3
  > offers bob 3
tick      905                        # 5 a lot: bob trades at 900
  > tick 905
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > cancelled bob/1 1 assigned
  > assign bob buy 9 for 8_100 assignment -45 realized 600
  > outside alice 1 @ 905
  > residue alice 5 to fund
  > ended alice 0 equity 0 maintenance 0

== who has no money has no room, and who is in breach neither
closing   takeover assignment,adl
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
dave      wallet 500
dave      long 5 @ 1_000 cross
bob       short 15 @ 1_000
carol     wallet 50
carol     offers 100
  > offers carol 100
dave      offers 100
  > offers dave 100
tick      905
  > tick 905
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > deleverage bob buy 10 for 9_000 realized 1_000
  > ended alice 0 equity 0 maintenance 0
  > breach dave long 5 mark 905 equity 25 maintenance 46 bankruptcy 900
  > deleverage bob buy 5 for 4_500 realized 500
  > ended dave 0 equity 0 maintenance 0

== the bracket's leverage leaves room for closing only
closing   takeover assignment,adl
brackets  0:1%:20x 5_000:2%:5x
alice     wallet 1_750
alice     long 7 @ 1_000 isolated 4x
bob       short 7 @ 1_000 5x
carol     wallet 10_000
carol     offers 100
  > offers carol 100
tick      755                        # 7 lots are 5_285, and hers would be 10x
  > tick 755
  > breach alice:BTC long 7 mark 755 equity 35 maintenance 56 bankruptcy 750
  > deleverage bob buy 7 for 5_250 realized 1_750
  > ended alice 0 equity 0 maintenance 0

== offers are refused where nobody takes over, and where they make no sense
alice     wallet 100
alice     offers 5
  > refused alice no_assignment

== a venue that assigns checks them
closing   takeover assignment
alice     wallet 100
alice     offers -1
  > refused alice invalid_quantity
alice     offers 1_001
  > refused alice position_limit
alice     offers 5
  > offers alice 5
alice     offers 5
  > refused alice unchanged
alice     offers 0
  > offers alice 0

== who stands against the loser may take it all by closing
closing   takeover assignment
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
bob       short 20 @ 1_000
outside   long 10 @ 1_000
bob       offers 1
  > offers bob 1
tick      905
  > tick 905
  > breach alice:BTC long 10 mark 905 equity 50 maintenance 91 bankruptcy 900
  > assign bob buy 10 for 9_000 assignment -50 realized 1_000
  > ended alice 0 equity 0 maintenance 0

== with equity left beyond the value of a long there is no bankruptcy price to take over at
closing   order all_at_once takeover assignment,adl
rules     residue_to client
alice     wallet 2_000
alice     long 10 @ 1_000 cross 20x
alice     long 1 SOL @ 100 cross 20x
bob       short 10 @ 1_000
bob       short 1 SOL @ 100
carol     bids 10 @ 813
carol     wallet 100_000
carol     offers 100 SOL
  > offers carol SOL 100
tick      SOL 50
  > tick SOL 50
  > draws alice SOL 49
tick      813                        # 80 are left; the long in SOL is worth 50
  > tick 813
  > breach alice long 10 mark 813 equity 80 maintenance 83 bankruptcy 806
  > filled carol/1 buy 10 @ 813 maker liquidation position 10
  > close alice 10 @ 813
  > ended alice 0 equity 80 maintenance 1
  > breach alice SOL long 1 mark 50 equity 80 maintenance 1 bankruptcy 1
  > outside alice 1 SOL @ 50
  > residue alice SOL 80 to client
  > ended alice SOL 0 equity 80 maintenance 0

== who takes over from a short opens above the mark, and only what his wallet can carry
closing   takeover assignment
alice     wallet 1_000
alice     short 10 @ 1_000 isolated
bob       long 10 @ 1_000
carol     wallet 1_095               # the margin of 10 lots at mark, and not of what they cost
carol     isolates
  > mode carol isolated margin 0
carol     offers 10
  > offers carol 10
tick      1_095
  > tick 1_095
  > breach alice:BTC short 10 mark 1_095 equity 50 maintenance 110 bankruptcy 1_100
  > assign carol sell 9 for 9_900 assignment -45
  > outside alice 1 @ 1_095
  > residue alice 5 to fund
  > ended alice 0 equity 0 maintenance 0

== nobody offers to take over what has ended
closing   takeover assignment,fund,adl
carol     wallet 2_000
carol     offers 20
  > offers carol 20
tick      1_000
settles
  > ends @ 1_000
carol     offers 10
  > refused carol contract_settled
carol     offers 0
  > refused carol contract_settled
