"""Inside its band nothing about a margin account may change; and the band is worth having."""

from dataclasses import dataclass, field

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.core.account.position import Position
from engine.core.command import Mode
from engine.core.instrument import ClosingFee, Contract, Rules
from engine.core.margin.band import Exposure, safe_band
from engine.core.margin.risk import Risk, draw, maintenance, unrealized
from engine.core.money import Lots, Micros, div_to_zero
from tests.support import worlds

LEVELS = (50, 80, 90)
PLAIN: worlds.Tables = (worlds.FLAT, "notional", ())
TABLES = st.sampled_from(
    (
        PLAIN,
        (worlds.CHEAP, "notional", ()),
        (worlds.STEEP, "notional", worlds.DOUBLE),
        (worlds.STEPPED, "notional", ()),
        (worlds.CHEAP, "notional", worlds.STEPPED),
        (worlds.TIERS, "lots", ()),
        (worlds.LINEAR, "lots", worlds.LINEAR_INITIAL),
    )
)
CLOSING = st.sampled_from((None, ClosingFee(600, "mark"), ClosingFee(5_000, "bankruptcy")))


def contract(number: int, tables: worlds.Tables, closing: ClosingFee | None = None) -> Contract:
    """Return one of several contracts with different units."""
    brackets, by, initial = tables
    return worlds.contract(
        f"C{number}",
        unit_value=Micros((1, 37, 100)[number]),
        brackets=brackets,
        brackets_by=by,
        initial=initial,
        closing_fee=closing,
    )


@dataclass
class Account:
    """A margin account, its positions and the marks at which it was looked at."""

    money: int
    rules: Rules
    warned: int
    exposures: list[Exposure] = field(default_factory=list)

    def risk(self, marks: list[int]) -> Risk:
        """Return how it stands at some marks."""
        held = list(zip(self.exposures, marks, strict=True))
        return Risk(
            self.money + sum(unrealized(one.contract, one.position, mark) for one, mark in held),
            sum(maintenance(one.contract, one.position, mark, self.money) for one, mark in held),
        )

    def news(self, marks: list[int]) -> list[bool]:
        """Return what a look at the account would find: breach, next level, re-arming, draws."""
        risk = self.risk(marks)
        rearm = self.warned - self.rules.rearm_points
        following = next(
            (level for level in self.rules.warning_levels if level > self.warned), None
        )
        return [
            risk.is_breach(self.rules.strict_trigger),
            following is not None and risk.reaches(following),
            bool(self.warned) and 100 * risk.maintenance <= rearm * risk.equity,
            *(
                draw(one.contract, one.position, mark) > 0
                for one, mark in zip(self.exposures, marks, strict=True)
                if one.position.mode == "cross"
            ),
        ]

    def bands(self) -> list[tuple[int, int]]:
        """Return between which marks each contract may move."""
        risk = self.risk([one.mark for one in self.exposures])
        return [
            safe_band(self.exposures, one, risk, self.warned, self.rules) for one in self.exposures
        ]


@st.composite
def accounts(draw_: st.DrawFn) -> Account:
    """Draw an account that was just looked at: healthy, and warned of what it has reached."""
    count = draw_(st.integers(1, 3))
    modes: tuple[Mode, ...] = ("isolated", "cross") if count == 1 else ("cross",)
    mode = draw_(st.sampled_from(modes))
    rules = Rules(
        name="drawn",
        strict_trigger=draw_(st.booleans()),
        warning_levels=LEVELS,
        rearm_points=draw_(st.sampled_from((0, 5, 20))),
    )
    exposures = []
    for number in range(count):
        listed = contract(number, draw_(TABLES), draw_(CLOSING))
        mark = draw_(st.integers(1, 20_000))
        quantity = draw_(st.integers(-50_000, 50_000).filter(bool))
        entry = draw_(st.integers(1, 20_000))
        cost = quantity * entry * listed.unit_value
        leverage = draw_(st.sampled_from((1, 5, 20, 100)))
        position = Position("a", listed.symbol, mode, leverage, Lots(quantity), Micros(cost))
        exposures.append(Exposure(listed, position, mark))
    account = Account(0, rules, 0, exposures)
    marks = [one.mark for one in exposures]
    start = account.risk(marks)
    # somewhere between just above the trigger and three times what must be kept
    times = draw_(st.integers(1, 2_000))
    account.money = start.maintenance - start.equity + 1 + start.maintenance * times // 1_000
    risk = account.risk(marks)
    account.warned = max((level for level in LEVELS if risk.reaches(level)), default=0)
    assume(not any(account.news(marks)[:3]))
    return account


THOUSANDTHS = st.one_of(st.sampled_from((-1_000, 1_000)), st.integers(-1_000, 1_000))
"""A move inside a band, often to its very edge."""


@given(accounts(), st.tuples(THOUSANDTHS, THOUSANDTHS, THOUSANDTHS))
def test_inside_the_band_nothing_changes(account: Account, moves: tuple[int, int, int]) -> None:
    marks = [one.mark for one in account.exposures]
    moved = [
        max(1, mark + div_to_zero((mark - low if move < 0 else high - mark) * move, 1_000))
        for mark, (low, high), move in zip(marks, account.bands(), moves, strict=False)
    ]
    assert account.news(moved) == account.news(marks)


@pytest.mark.parametrize("quantity", [10_000, -10_000])
def test_the_band_reaches_nearly_to_the_next_thing_that_can_happen(quantity: int) -> None:
    listed = contract(1, PLAIN)
    position = Position("a", "C1", "isolated", 10, Lots(quantity), Micros(quantity * 10_000 * 37))
    rules = Rules(name="plain", warning_levels=())
    account = Account(abs(position.cost) // 10, rules, 0, [Exposure(listed, position, 10_000)])
    distance = width(account)
    # equity of a tenth, maintenance of a hundredth: it takes a move of about 9 %
    assert 880 <= distance <= 900
    towards_loss = -1 if quantity > 0 else 1
    assert account.news([10_000 + towards_loss * distance]) == [False, False, False]
    assert account.news([10_000 + towards_loss * 920]) == [True, False, False]


def test_a_warned_account_has_a_band_between_the_levels_around_it() -> None:
    listed = contract(1, PLAIN)
    position = Position("a", "C1", "isolated", 10, Lots(10_000), Micros(10_000 * 10_000 * 37))
    maintenance_ = position.cost // 100
    rules = Rules(name="plain", warning_levels=LEVELS, rearm_points=5)
    # 60 %: called at 50 %, re-armed below 45 %, called again at 80 %
    money = maintenance_ * 10 // 6
    account = Account(money, rules, 50, [Exposure(listed, position, 10_000)])
    distance = width(account)
    assert account.news([10_000 - distance]) == account.news([10_000]) == [False] * 3
    assert 40 <= distance <= 42  # a 25th of the equity less its share of maintenance
    assert account.news([10_000 - 43]) == [False, True, False]


def test_an_account_at_its_trigger_has_no_band() -> None:
    listed = contract(0, PLAIN)
    position = Position("a", "C0", "isolated", 10, Lots(1), Micros(100))
    account = Account(2, Rules(name="plain"), 90, [Exposure(listed, position, 100)])
    assert account.bands() == [(100, 100)]


@pytest.mark.parametrize(("mark", "band"), [(9_999, (9_990, 9_999)), (10_000, (10_000, 10_010))])
def test_a_band_ends_where_maintenance_jumps(mark: int, band: tuple[int, int]) -> None:
    """400 lots are worth 400 at 10 000 units, where the second row of the table begins."""
    listed = contract(2, (worlds.STEPPED, "notional", ()))
    lots = 400
    position = Position("a", "C2", "isolated", 2, Lots(lots), Micros(lots * mark * 100))
    one = Exposure(listed, position, mark)
    assert one.within_jumps(9_990, 10_010) == band


def width(account: Account) -> int:
    """Return how far the only contract may move, which is as far up as down."""
    [(low, high)] = account.bands()
    [one] = account.exposures
    assert one.mark - low == high - one.mark
    return high - one.mark
