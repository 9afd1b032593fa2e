"""What happens to an isolated position touches nothing else of its account.

Two days differ in one thing: in the second Dave's BTC position has more margin of its own, so
that it is not liquidated. All that is said about his other positions is the same but for the
numbers of events. The mark is the file's, the loss is exactly his margin, and nobody is cut.
"""

import msgspec

from engine.core.event import Event, LiquidationStarted
from tests.support.story import Day

NUMBERS = {"seq", "cause", "liquidation"}
DAY = """
    fund      1_000
    rules     mark median warning_levels 50,80,90 sample_interval_us 86_400_000_000
    dave      wallet {wallet}
    dave      long 10 @ 1_000 isolated {leverage}x
    dave      long 10 ETH @ 1_000 isolated 10x
    dave      short 5 SOL @ 1_000 cross 10x
    bob       short 10 @ 1_000
    bob       short 10 ETH @ 1_000
    bob       long 5 SOL @ 1_000
    carol     bids 10 @ 900
    carol     bids 4 ETH @ 910
    carol     bids 6 ETH @ 880
    carol     asks 2 SOL @ 1_140
    carol     asks 3 SOL @ 1_190
"""
LINES = """
    dave      sells 2 ETH @ 1_100
    dave      buys 1 SOL @ 900
    tick      905
    tick      ETH 918
    dave      adds 20 ETH
    tick      ETH 912
    dave      sells 4 ETH
    tick      SOL 1_110
    dave      buys 1 SOL
    dave      removes 1 ETH
    tick      ETH 895
    tick      SOL 1_150
    dave      withdraws 1
"""


def told(*, wallet: int, leverage: int) -> Day:
    day = Day().tell(DAY.format(wallet=wallet, leverage=leverage))
    for line in LINES.strip().splitlines():
        day.play(line.strip())
    return day


def about(day: Day, contract: str) -> list[dict[str, object]]:
    """Return what was said about Dave, his position in one contract left out."""
    return [
        {"event": type(event).__name__}
        | {
            name: value
            for name, value in msgspec.structs.asdict(event).items()
            if name not in NUMBERS
        }
        for event in day.events
        if getattr(event, "account", None) == "dave" and _not_in(event, contract)
    ]


def _not_in(event: Event, contract: str) -> bool:
    return getattr(event, "contract", None) not in (contract, None)


def liquidated(day: Day) -> list[str]:
    return [event.contract for event in day.events if isinstance(event, LiquidationStarted)]


def test_an_isolated_liquidation_leaves_the_accounts_other_positions_alone() -> None:
    # the position takes 1_000 or 2_000: the same 700 are left in the wallet
    with_it, without = told(wallet=2_700, leverage=10), told(wallet=3_700, leverage=5)
    assert liquidated(with_it) == ["BTC", "ETH", "SOL"]
    assert liquidated(without) == ["ETH", "SOL"]
    assert about(with_it, "BTC") == about(without, "BTC")
    said = {str(row["event"]) for row in about(with_it, "BTC")}
    assert said >= {"MarginCalled", "MarginAdded", "OrderFilled", "PoolDrawn", "LiquidationFilled"}
