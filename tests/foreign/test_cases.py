"""Whole scenarios of other projects, played here: each agrees, or differs by a rule that is named.

`MARGINCALL_FOREIGN=<folder> pytest tests/foreign` plays every case of the folder's `cases.json`;
a case that `tests/foreign/differs.py` does not list must agree in every field it states.
"""

from collections.abc import Callable
from types import ModuleType

import pytest

from engine.vectors.stage import exact
from tests.foreign import drift, dydx, lrvx, vega
from tests.foreign.case import VARIABLE, Case, disagreements, load
from tests.foreign.differs import DIFFERS, NOT_PLAYED

CASES = load()
FAMILIES: dict[str, ModuleType] = {"drift": drift, "dydx": dydx, "lrvx": lrvx, "vega": vega}
ABSENT = pytest.param(
    None, id="none", marks=pytest.mark.skip(f"{VARIABLE} names no folder with cases.json")
)


def each(wanted: Callable[[Case], bool]) -> pytest.MarkDecorator:
    """Run a test for each case of a kind, or skip it once where there is no folder."""
    chosen = [pytest.param(case, id=case["id"]) for case in CASES if wanted(case)]
    return pytest.mark.parametrize("case", chosen or ([] if CASES else [ABSENT]))


def is_played(case: Case) -> bool:
    """Say whether there is something to compare."""
    return case["id"] not in NOT_PLAYED


def deleverages_a_whole_account(case: Case) -> bool:
    """Say whether a direct call of the source closes all that its account holds."""
    if "deleverage" not in case or case["id"] in DIFFERS or not case["expected"]["fills"]:
        return False
    if case["deleverage"]["price_rule"] != "bankruptcy":
        return False
    legs = {account["id"]: account["positions"] for account in case["accounts"]}
    sizes = [abs(exact(leg["size"])) for leg in legs[case["deleverage"]["account"]]]
    return is_played(case) and sizes == [exact(case["deleverage"]["size"])]


@each(is_played)
def test_a_case_agrees_or_differs_in_just_the_fields_that_are_listed(case: Case) -> None:
    assert case["family"] in FAMILIES, f"nobody plays the family {case['family']} yet"
    outcome = FAMILIES[case["family"]].run(case)
    fields, rule = DIFFERS.get(case["id"], ((), "agrees"))
    assert sorted(disagreements(case["expected"], outcome)) == sorted(fields), rule


@each(deleverages_a_whole_account)
def test_a_direct_deleveraging_is_what_a_breach_sets_off(case: Case) -> None:
    """The source calls its keeper; here the same trades follow from the account's own breach."""
    expected = {"fills": case["expected"]["fills"]}
    assert not list(disagreements(expected, {"fills": dydx.whole_fills(case)}))


def test_a_case_is_in_one_table_only() -> None:
    assert not DIFFERS.keys() & NOT_PLAYED.keys()
