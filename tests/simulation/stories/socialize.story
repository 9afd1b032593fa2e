== each contract has its fund and its winners
rules     fund_pools symbol adl none
fund      100
pool      ETH 50
dave      wallet 1_000
dave      long 10 ETH @ 1_000 isolated
carol     short 4 ETH @ 1_000
outside   short 6 ETH @ 1_000
bob       short 10 @ 1_000
outside   long 10 @ 1_000
tick      900                        # bob wins 1_000, but not in ETH
tick      ETH 880
  > tick ETH 880
  > breach dave:ETH long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 ETH @ 880
  > socialize carol 150
  > deficit dave ETH 200 insurance_fund 50 socialized 150
  > ended dave ETH 0 equity 0 maintenance 0
  = fund ETH 0
  = fund BTC 100
  = fund SOL 100

== a group of contracts shares a fund, which gets what is left of their positions
rules     fund_pools group
group     ETH alts
group     SOL alts
pool      alts 60
dave      wallet 1_000
dave      long 10 SOL @ 1_000 isolated
bob       short 10 SOL @ 1_000
carol     bids 10 SOL @ 905
tick      SOL 909
  > tick SOL 909
  > breach dave:SOL long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 SOL @ 905 maker liquidation position 10
  > close dave 10 SOL @ 905
  > residue dave SOL 50 to fund fund 110
  > ended dave SOL 0 equity 0 maintenance 0
  > mark SOL 905
  = fund ETH 110
  = fund BTC 0

== losses wait for the end of the period, when its winners are cut
rules     settlement_us 3_600_000_000 adl none
fund      50
at        10:00:01
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 6 @ 1_000
outside   short 4 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > deficit dave 200 insurance_fund 50 pending 150
  > ended dave 0 equity 0 maintenance 0
  = pending_loss -150
at        11:00:00
tick      1_000                      # the period is over at the mark of 880: 720 of profit
  > socialize bob 150 liquidation 0
  > settled 150 socialized 150
  = pending_loss 0
alice     wallet 1_000
alice     long 10 @ 1_000 isolated
outside   short 10 @ 1_000
tick      880                        # bob has 720 again, as when this period began
  > tick 880
  > breach alice:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside alice 10 @ 880
  > deficit alice 200 pending 200
  > ended alice 0 equity 0 maintenance 0
at        12:00:00
tick      ETH 100
  > settled 200 uncovered 200
  = uncovered -200

== what a closed position had won before the period began is not counted in it
rules     settlement_us 3_600_000_000 adl none
at        10:00:01
bob       short 6 @ 1_000
outside   long 6 @ 1_000
tick      900                        # 600 won
at        11:00:00
tick      ETH 100
  > settled 0
bob       long 6 @ 900
outside   short 6 @ 900
tick      1_000
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
carol     short 1 @ 1_000
outside   short 9 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > deficit dave 200 pending 200
  > ended dave 0 equity 0 maintenance 0
at        12:00:00
tick      ETH 100
  > socialize carol 120
  > settled 200 socialized 120 uncovered 80

== the fund pays what waits with what it has got since
rules     settlement_us 3_600_000_000 adl none
at        10:00:01
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
outside   short 10 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > deficit dave 200 pending 200
  > ended dave 0 equity 0 maintenance 0
alice     wallet 1_000
alice     long 10 ETH @ 1_000 isolated
carol     short 10 ETH @ 1_000
carol     bids 10 ETH @ 905
tick      ETH 909
  > tick ETH 909
  > breach alice:ETH long 10 mark 909 equity 90 maintenance 91 bankruptcy 900
  > filled carol/1 buy 10 ETH @ 905 maker liquidation position 0 realized 950
  > close alice 10 ETH @ 905
  > residue alice ETH 50 to fund
  > ended alice ETH 0 equity 0 maintenance 0
  > mark ETH 905
at        11:00:00
tick      SOL 100
  > socialize carol 150
  > settled 200 insurance_fund 50 socialized 150

== every unit of open interest on both sides bears the same, at most all that is behind it
rules     socialized open_interest adl none
dave      wallet 500
dave      long 5 @ 1_000 isolated
alice     long 7 @ 1_000
bob       short 4 @ 1_000
outside   short 8 @ 1_000
tick      880                        # 100 over 11 units: 63.6 and 36.4
  > tick 880
  > draws alice 286
  > breach dave:BTC long 5 mark 880 equity -100 maintenance 44 bankruptcy 900
  > outside dave 5 @ 880
  > socialize alice 64
  > socialize bob 36
  > deficit dave 100 socialized 100
  > ended dave 0 equity 0 maintenance 0

== a venue may cut nobody
rules     socialized none adl none
dave      wallet 1_000
dave      long 10 @ 1_000 isolated
bob       short 10 @ 1_000
tick      880
  > tick 880
  > breach dave:BTC long 10 mark 880 equity -200 maintenance 88 bankruptcy 900
  > outside dave 10 @ 880
  > deficit dave 200 uncovered 200
  > ended dave 0 equity 0 maintenance 0
