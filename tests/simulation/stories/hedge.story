== a venue without hedge mode refuses it
alice     wallet 1_000
alice     hedges
  > refused alice no_hedge_mode
alice     nets
  > refused alice unchanged
mallory   hedges
  > refused mallory unknown_account

== an account chooses its position mode while it has nothing open, and keeps its settings
rules     position_modes one_way,hedge
alice     wallet 1_000
alice     nets
  > refused alice unchanged
alice     sets 20x
  > leverage alice 20x
alice     isolates
  > mode alice isolated margin 0
alice     hedges
  > legs alice hedge
tick      100
alice     buys 10 long @ 100
  > accepted alice/1 buy 10 long @ 100
  = aside alice 50
alice     nets
  > refused alice has_orders
alice     cancels 1
  > cancelled alice/1 10 cancelled
alice     stops sell 10 long at 90
  > waits alice/2 stop sell 10 long last 90
alice     nets
  > refused alice has_orders
alice     cancels 2
  > cancelled alice/2 10 cancelled
bob       asks 10 @ 100
alice     buys 10 long @ 100
  > accepted alice/3 buy 10 long @ 100
  > filled bob/1 sell 10 @ 100 maker position -10
  > filled alice/3 buy 10 long @ 100 taker position 10
alice     nets
  > refused alice has_position
bob       bids 10 @ 100
alice     sells 10 long @ 100
  > accepted alice/4 sell 10 long @ 100
  > filled bob/2 buy 10 @ 100 maker position 0
  > filled alice/4 sell 10 long @ 100 taker position 0
alice     nets
  > legs alice one_way
alice     buys 1 @ 100
  > accepted alice/5 buy 1 @ 100
  = aside alice 5

== where accounts begin hedged
rules     position_modes hedge,one_way
alice     wallet 1_000
alice     hedges
  > refused alice unchanged
alice     nets
  > legs alice one_way

== orders name their leg in hedge mode, and in one-way mode none
rules     position_modes one_way,hedge
alice     wallet 1_000
bob       wallet 1_000
tick      100
alice     hedges
  > legs alice hedge
alice     buys 1 @ 100
  > refused alice invalid_leg
alice     stops sell 1 at 90
  > refused alice invalid_leg
alice     adds 1
  > refused alice invalid_leg
bob       buys 1 long @ 100
  > refused bob invalid_leg
bob       stops sell 1 long at 90
  > refused bob invalid_leg
bob       removes 1 long
  > refused bob invalid_leg

== a buy of the long leg opens, a sell of it closes and never more than there is
rules     position_modes one_way,hedge
alice     wallet 1_000
alice     hedges
  > legs alice hedge
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 4 @ 100
bob       long 4 @ 100
  = position alice long 10
  = position alice short -4
alice     sells 6 long @ 105
  > accepted alice/1 sell 6 long @ 105
alice     sells 6 long @ 106
  > accepted alice/2 sell 4 long @ 106
alice     sells 6 long @ 107
  > refused alice reduce_only
alice     buys 6 short @ 95
  > accepted alice/4 buy 4 short @ 95
alice     buys 1 short @ 94
  > refused alice reduce_only
alice     buys 1 long @ 95 reduce-only
  > refused alice invalid_order
alice     stops buy 1 at 110 long close
  > refused alice invalid_order
bob       bids 3 @ 104
alice     sells 9 long @ 104 ioc
  > refused alice reduce_only
tick      104

== order margin is the sum of both legs, a closing order asks for none
rules     position_modes one_way,hedge
alice     wallet 2_000
bob       wallet 1_000
alice     hedges
  > legs alice hedge
alice     isolates
  > mode alice isolated margin 0
tick      100
alice     buys 40 long @ 99
  > accepted alice/1 buy 40 long @ 99
alice     sells 60 short @ 101
  > accepted alice/2 sell 60 short @ 101
  = aside alice 1_002                # 396 and 606, where one-way mode asks for the larger
alice     sells 100 short @ 101
  > refused alice insufficient_margin
bob       sells 40 @ 98
  > accepted bob/1 sell 40 @ 98
  > filled alice/1 buy 40 long @ 99 maker position 40
  > filled bob/1 sell 40 @ 99 taker position -40
  > mark 99
  = aside alice 606
alice     sells 40 long @ 102
  > accepted alice/4 sell 40 long @ 102
  = aside alice 606
  = margin alice long 396

== settings are of both legs
rules     position_modes one_way,hedge
alice     wallet 1_000
alice     hedges
  > legs alice hedge
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 4 @ 100
bob       long 4 @ 100
alice     isolates
  > mode alice isolated margin 140
  = margin alice long 100
  = margin alice short 40
alice     sets 20x
  > refused alice has_position
alice     adds 5 short
  > added alice short 5 margin 45
  = margin alice short 45
alice     removes 1 short
  > removed alice short 1 margin 44
alice     removes 5 long
  > refused alice insufficient_margin
alice     crosses
  > mode alice cross margin 0
  = wallet alice 1_000
alice     sets 20x
  > leverage alice 20x

== isolated legs are liquidated each alone
rules     position_modes one_way,hedge
alice     wallet 1_000
alice     hedges
  > legs alice hedge
alice     isolates
  > mode alice isolated margin 0
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 4 @ 100
bob       long 4 @ 100
carol     bids 20 @ 91
alice     buys 1 long @ 60
  > accepted alice/1 buy 1 long @ 60
alice     sells 1 short @ 130
  > accepted alice/2 sell 1 short @ 130
tick      91
  > tick 91
  > cancelled alice/1 1 liquidation
  > breach alice:BTC:long long 10 mark 91 equity 10 maintenance 10 bankruptcy 90
  > filled carol/1 buy 10 @ 91 maker liquidation position 10
  > close alice 10 long @ 91
  > residue alice long 10 to fund
  > ended alice long 0 equity 0 maintenance 0

== both legs of a cross account carry each other, and its maintenance is of both
rules     position_modes one_way,hedge warning_levels 50
alice     wallet 20
alice     hedges
  > legs alice hedge
alice     sets 100x
  > leverage alice 100x
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 8 @ 100
bob       long 8 @ 100
carol     bids 20 @ 89
tick      97
  > tick 97
  > breach alice long long 10 mark 97 equity 14 maintenance 18 bankruptcy 97
  > deleverage bob buy 2 for 193 realized 7
  > outside alice 8 long @ 97
  > ended alice long 0 equity 13 maintenance 8
tick      96
tick      95

== nobody is deleveraged against his own other leg
rules     position_modes one_way,hedge
alice     wallet 150
alice     hedges
  > legs alice hedge
alice     isolates
  > mode alice isolated margin 0
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 5 @ 100              # it wins 100, and is not asked
bob       long 5 @ 100
tick      80
  > tick 80
  > breach alice:BTC:long long 10 mark 80 equity -100 maintenance 8 bankruptcy 90
  > deleverage bob buy 5 for 450 realized 50
  > outside alice 5 long @ 80
  > socialize alice:BTC:short 33
  > socialize bob 17
  > deficit alice long 50 socialized 50
  > ended alice long 0 equity 0 maintenance 0
  = position alice short -5

== a winner's leg is deleveraged, and only its own orders go
rules     position_modes one_way,hedge
alice     wallet 100
alice     isolates
  > mode alice isolated margin 0
bob       wallet 1_000
bob       hedges
  > legs bob hedge
alice     long 10 @ 100
bob       short 10 @ 100
bob       long 3 @ 100
erin      short 3 @ 100
bob       buys 1 short @ 50
  > accepted bob/1 buy 1 short @ 50
bob       buys 1 long @ 50
  > accepted bob/2 buy 1 long @ 50
tick      85
  > tick 85
  > draws bob long 23
  > breach alice:BTC long 10 mark 85 equity -50 maintenance 9 bankruptcy 90
  > cancelled bob/1 1 deleveraged
  > deleverage bob buy 10 short for 900 realized 100
  > ended alice 0 equity 0 maintenance 0

== funding is paid by each leg
rules     position_modes one_way,hedge
funding   file
alice     wallet 1_000
alice     hedges
  > legs alice hedge
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 4 @ 100
bob       long 4 @ 100
rate      1%
  > funding 1% mark 100
  > paid alice long 10
  > paid alice short -4
  > paid bob -6

== a stop closes a leg, and other closing orders of that leg yield to it
rules     position_modes one_way,hedge
alice     wallet 1_000
alice     hedges
  > legs alice hedge
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 4 @ 100
bob       long 4 @ 100
alice     sells 8 long @ 120
  > accepted alice/1 sell 8 long @ 120
alice     buys 4 short @ 80
  > accepted alice/2 buy 4 short @ 80
alice     stops sell 6 long at 95 close
  > waits alice/3 stop sell 6 long last 95
bob       bids 20 @ 94
tick      95
  > tick 95
  > triggered alice/3 95
  > cancelled alice/1 8 reduce_only
  > accepted alice/3 sell 6 long @ 91
  > filled bob/1 buy 6 @ 94 maker position 0 realized 36
  > filled alice/3 sell 6 long @ 94 taker position 4 realized -36
  > mark 94

== who stands ready takes over into the leg of the loser's side
rules     position_modes one_way,hedge
closing   takeover assignment,adl
alice     wallet 100
alice     isolates
  > mode alice isolated margin 0
carol     wallet 1_000
carol     hedges
  > legs carol hedge
carol     offers 10
  > offers carol 10
alice     long 10 @ 100
bob       short 10 @ 100
carol     short 6 @ 100
erin      long 6 @ 100
tick      91
  > tick 91
  > draws erin 6
  > breach alice:BTC long 10 mark 91 equity 10 maintenance 10 bankruptcy 90
  > assign carol buy 10 long for 900 assignment -10
  > ended alice 0 equity 0 maintenance 0
  = position carol long 10
  = position carol short -6

== every unit of open interest pays, both legs of a cross account together
rules     position_modes one_way,hedge socialized open_interest adl none
alice     wallet 100
alice     isolates
  > mode alice isolated margin 0
bob       wallet 1_000
bob       hedges
  > legs bob hedge
alice     long 10 @ 100
bob       short 10 @ 100
bob       long 5 @ 100
erin      short 5 @ 100
tick      80
  > tick 80
  > draws bob long 64
  > breach alice:BTC long 10 mark 80 equity -100 maintenance 8 bankruptcy 90
  > outside alice 10 @ 80
  > socialize bob 75
  > socialize erin 25
  > deficit alice 100 socialized 100
  > ended alice 0 equity 0 maintenance 0

== matched lots of both legs are closed against each other first, which may be enough
rules     position_modes one_way,hedge
closing   pair_netting true
alice     wallet 30
alice     hedges
  > legs alice hedge
alice     sets 100x
  > leverage alice 100x
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 8 @ 100
bob       long 8 @ 100
carol     bids 20 @ 60
alice     buys 1 long @ 50
  > accepted alice/1 buy 1 long @ 50
alice     sells 1 short @ 130
  > accepted alice/2 sell 1 short @ 130
tick      94
  > tick 94
  > cancelled alice/1 1 liquidation
  > cancelled alice/2 1 liquidation
  > breach alice long long 8 mark 94 equity 18 maintenance 18 bankruptcy 93 spared 2
  > nets alice 8 @ 94
  > ended alice long 2 equity 18 maintenance 2
  > draws alice long 13
  = position alice long 2
  = position alice short 0
  = wallet alice 30
tick      87

== matched lots of equal legs leave no position; what is left is a residue
rules     position_modes one_way,hedge residue_to client
closing   pair_netting true
alice     wallet 21
alice     hedges
  > legs alice hedge
alice     sets 100x
  > leverage alice 100x
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 10 @ 100
bob       long 10 @ 100
tick      106                        # both legs must keep 22 together
  > tick 106
  > breach alice long long 10 mark 106 equity 21 maintenance 22 bankruptcy 105
  > nets alice 10 @ 106
  > residue alice 21 to client
  > ended alice long 0 equity 21 maintenance 0
  = wallet alice 21

== pairs are netted contract by contract, then the rest goes the way of the venue
rules     position_modes one_way,hedge
closing   pair_netting true
alice     wallet 100
alice     hedges
  > legs alice hedge
alice     sets 100x
  > leverage alice 100x
alice     sets 100x ETH
  > leverage alice ETH 100x
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 4 @ 100
bob       long 4 @ 100
alice     long 10 ETH @ 100
bob       short 10 ETH @ 100
alice     short 4 ETH @ 100
bob       long 4 ETH @ 100
carol     bids 20 @ 82
tick      82
  > tick 82
  > breach alice long long 4 mark 82 equity -8 maintenance 27 bankruptcy 83 spared 6
  > nets alice 4 @ 82
  > ended alice long 6 equity -8 maintenance 19
  > breach alice ETH long long 4 mark 100 equity -8 maintenance 19 bankruptcy 101 spared 6
  > nets alice 4 ETH @ 100
  > ended alice ETH long 6 equity -8 maintenance 11
  > breach alice long long 6 mark 82 equity -8 maintenance 11 bankruptcy 83
  > deleverage bob buy 6 for 496 realized 104
  > ended alice long 0 equity -4 maintenance 6
  > breach alice ETH long long 6 mark 100 equity -4 maintenance 6 bankruptcy 101
  > outside alice 6 ETH long @ 100
  > socialize bob 4
  > deficit alice ETH 4 socialized 4
  > ended alice ETH long 0 equity 0 maintenance 0

== where the money of cancelled orders is enough, no pair is netted
rules     position_modes one_way,hedge
closing   pair_netting true
alice     wallet 150
alice     hedges
  > legs alice hedge
alice     sets 100x
  > leverage alice 100x
alice     isolates ETH
  > mode alice ETH isolated margin 0
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 8 @ 100
bob       long 8 @ 100
tick      ETH 100
alice     buys 12 long ETH @ 100
  > accepted alice/1 buy 12 ETH long @ 100
tick      93
  > tick 93
  > cancelled alice/1 ETH 12 liquidation
  > averted alice equity 136 maintenance 18
  > draws alice long 71
  = position alice short -8

== the liquidation of a leg does not meet what the other leg bids
rules     position_modes one_way,hedge
alice     wallet 1_000
alice     hedges
  > legs alice hedge
alice     isolates
  > mode alice isolated margin 0
alice     long 10 @ 100
bob       short 10 @ 100
alice     short 4 @ 100
bob       long 4 @ 100
carol     bids 20 @ 91
alice     buys 4 short @ 91
  > accepted alice/1 buy 4 short @ 91
alice     sells 1 short @ 130
  > accepted alice/2 sell 1 short @ 130
tick      91
  > tick 91
  > cancelled alice/1 4 liquidation
  > breach alice:BTC:long long 10 mark 91 equity 10 maintenance 10 bankruptcy 90
  > filled carol/1 buy 10 @ 91 maker liquidation position 10
  > close alice 10 long @ 91
  > residue alice long 10 to fund
  > ended alice long 0 equity 0 maintenance 0
