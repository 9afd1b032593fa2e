"""What is expected and what is found: every kind of bound, and figures that are not there."""

from fractions import Fraction
from typing import Any

import pytest

from engine.core.command import Mode
from engine.scenes.judge import judged
from engine.scenes.setting import Expected, Subject
from engine.scenes.sheet import Sheet

TRADER = Subject("trader")
ETHER = Subject("trader", "ETHUSDT")
SHEET: Sheet = {
    (TRADER, "equity"): {"isolated": "1000", "cross": "1000.5"},
    (TRADER, "least_capital"): {"isolated": None, "cross": "3"},
    (ETHER, "ended"): {"isolated": "liquidated", "cross": "open"},
    (ETHER, "moved"): {"isolated": "0.194", "cross": None},
}


@pytest.mark.parametrize(
    ("subject", "figure", "mode", "bounds", "holds"),
    [
        (TRADER, "equity", "isolated", {"equal": "1000.00"}, True),
        (TRADER, "equity", "cross", {"equal": "1000"}, False),
        (TRADER, "equity", "cross", {"least": Fraction(1000)}, True),
        (TRADER, "equity", "isolated", {"least": Fraction(1000), "most": Fraction(1000)}, True),
        (TRADER, "equity", "cross", {"least": Fraction(1001)}, False),
        (TRADER, "equity", "cross", {"most": Fraction(1000)}, False),
        (TRADER, "equity", "cross", {"more_than": "isolated"}, True),
        (TRADER, "equity", "isolated", {"more_than": "cross"}, False),
        (TRADER, "equity", "isolated", {"less_than": "cross"}, True),
        (TRADER, "equity", "isolated", {"less_than": "isolated"}, False),
        (TRADER, "least_capital", "cross", {"less_than": "isolated"}, False),
        (TRADER, "least_capital", "isolated", {"equal": "more than it has"}, True),
        (ETHER, "ended", "isolated", {"equal": "liquidated"}, True),
        (ETHER, "ended", "cross", {"equal": "liquidated"}, False),
        (ETHER, "moved", "cross", {"equal": "never"}, True),
        (ETHER, "moved", "isolated", {"equal": "never"}, False),
        (ETHER, "moved", "cross", {"least": Fraction(0)}, False),
        (ETHER, "moved", "isolated", {"least": Fraction(19, 100), "most": Fraction(1, 5)}, True),
        (TRADER, "ended", "isolated", {"equal": "open"}, False),
        (TRADER, "moved", "isolated", {"equal": "never"}, False),
    ],
)
def test_a_bound_holds_or_not(
    subject: Subject, figure: str, mode: Mode, bounds: dict[str, Any], holds: bool
) -> None:
    expected = Expected(subject=subject, figure=figure, mode=mode, **bounds)
    assert judged(expected, SHEET).holds is holds


def test_it_says_what_was_expected_of_whom_and_what_was_found() -> None:
    low, high = Fraction(1, 5), Fraction(1, 4)
    expected = Expected(subject=ETHER, figure="moved", mode="isolated", least=low, most=high)
    row = judged(expected, SHEET)
    assert row.says == (
        "trader, ETHUSDT, had moved against it by, isolated, is at least 20.00 % and is at most "
        "25.00 %"
    )
    assert (row.found, row.holds) == ("19.40 %", False)
    gone = judged(Expected(subject=TRADER, figure="ended", mode="cross", equal="open"), SHEET)
    assert gone.found == "no such position or account"
