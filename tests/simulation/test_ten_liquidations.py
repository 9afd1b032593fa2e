"""The outside market remembers: ten liquidations in a second cost more than ten in an hour.

Ten traders are long 10 at 1_000, the k-th (from 0) with a margin of 1_000 + 10 k: the ticks 909,
908 … 900 leave each in turn with 90 against a maintenance of 90 or 91. With the touch T one below
the tick the outside market bids for 5 lots at T, 5 at T - 5 (half a percent) and about a hundred
three percent down. The mark is the file's, whatever is traded here.
"""

from engine.core.event import LiquidationEnded, LiquidationFilled, LiquidationStarted
from tests.support.story import Day

LINES = """
    fund      100_000
    rules     mark median sample_interval_us 86_400_000_000
    depth     0%:4_600 0.5%:9_200 3%:100_200 half_life 60
"""


def losses(minutes: int, seconds: str) -> list[int]:
    """Return what each of ten liquidations lost, with so much time between their ticks."""
    traders = [f"trader-{number}" for number in range(10)]
    text = LINES
    for trader in traders:
        text += f"{trader} wallet 2_000\n{trader} long 10 @ 1_000 isolated\n"
    day = Day().tell(text + "bob short 100 @ 1_000")
    for number, trader in enumerate(traders[1:], start=1):
        day.tell(
            f"{trader} adds {10 * number}\n > added {trader} {10 * number} "
            f"margin {1_000 + 10 * number}"
        )
    found: list[int] = []
    for number in range(10):
        clock = f"10:{number * minutes:02d}:0{seconds.format(number)}"
        day.play(f"at {clock}")
        events = day.play(f"tick {909 - number}")
        assert [type(event) for event in events].count(LiquidationStarted) == 1
        ended = events[-1]
        assert isinstance(ended, LiquidationEnded)
        assert (ended.account, ended.quantity) == (traders[number], 0)
        found.append(sum(one.loss for one in events if isinstance(one, LiquidationFilled)))
    return found


def test_an_hour_gives_back_what_each_liquidation_took() -> None:
    # ten lots cost 10_000 and bring 5 x (908 - k) and 5 x (903 - k)
    assert losses(6, "0") == [945 + 10 * number for number in range(10)]


def test_within_a_second_all_but_the_first_sell_three_percent_down() -> None:
    # 97 % of 907, 906 … 899, rounded down, ten lots each
    prices = [879, 878, 877, 876, 875, 874, 873, 873, 872]
    assert losses(0, "0.{}") == [945, *(10_000 - 10 * price for price in prices)]


def test_the_hurried_ten_cost_more() -> None:
    assert (sum(losses(0, "0.{}")), sum(losses(6, "0"))) == (12_175, 9_900)
