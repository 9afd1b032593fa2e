"""Searched answers are true to the unit: what is found holds, and a step less does not."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from engine.cli.contest import in_mode, own_files
from engine.cli.search import Searched
from engine.config.settings import Lab
from engine.core.command import Mode
from engine.core.money import Micros
from engine.scenes.read import load_bill
from engine.scenes.setting import Search
from feeds.replay import FileArg
from tests.scenes.small import SCENE

STEP, MOST = Micros(10_000_000), Micros(3_000_000_000)


@pytest.fixture(scope="module")
def lab() -> Lab:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fall.toml"
        path.write_text(SCENE)
        bill = load_bill(str(path))
    assert bill is not None
    return bill.scenes[0].lab


@pytest.fixture(scope="module")
def files(lab: Lab) -> Iterator[list[FileArg]]:
    with TemporaryDirectory() as folder:
        yield own_files(lab, Path(folder))


def paying(lab: Lab, deposit: int, top_up: int) -> Lab:
    replace = msgspec.structs.replace
    (trader,) = lab.accounts
    (paid,) = trader.top_ups
    top_ups = (replace(paid, amount=Micros(top_up)),) if top_up else ()
    return replace(lab, accounts=(replace(trader, deposit=Micros(deposit), top_ups=top_ups),))


@pytest.mark.parametrize("mode", ["isolated", "cross"])
def test_the_least_capital_holds_and_a_step_less_does_not(
    lab: Lab, files: list[FileArg], mode: Mode
) -> None:
    found = Searched(lab, mode, files).answer(Search("trader", "capital", STEP, MOST, 1))
    assert found is not None

    def holds(deposit: int, top_up: int) -> bool:
        (trader,) = in_mode(paying(lab, deposit, top_up), mode).accounts
        return Searched(lab, mode, files).holds(trader)

    assert any(holds(deposit, found - deposit) for deposit in range(STEP, found + 1, STEP))
    less = found - STEP
    assert not any(holds(deposit, less - deposit) for deposit in range(STEP, less + 1, STEP))
    # A fall of 11 % on 6,500 and 0.5 % of what is left, and a step; isolated on top of what the
    # order sets aside until it is filled, 5 % of its margin.
    assert 745_000_000 < found <= 745_000_000 + 35_000_000 * (mode == "isolated") + STEP


def test_the_pool_needs_no_more_than_what_was_lost(lab: Lab, files: list[FileArg]) -> None:
    isolated, cross = (
        Searched(lab, mode, files).answer(Search("trader", "capital", STEP, MOST, 1))
        for mode in ("isolated", "cross")
    )
    assert isolated is not None
    assert cross is not None
    assert cross <= isolated


def test_more_money_carries_more(lab: Lab, files: list[FileArg]) -> None:
    found = []
    for deposit in (500_000_000, 750_000_000, 1_500_000_000):
        searched = Searched(paying(lab, deposit, 1_000_000), "cross", files)
        found.append(searched.answer(Search("trader", "exposure", STEP, MOST, 5)))
    assert all(each is not None for each in found)
    first, second, third = (float(each or 0) / 1e6 for each in found)
    assert first < second < third
    # Twice the money carries twice as much, as exactly as a hundredth of the order and a step are.
    assert third / second == pytest.approx(2, rel=0.03)
    assert second == pytest.approx(6_500, rel=0.05)


def test_where_nothing_holds_there_is_no_answer(lab: Lab, files: list[FileArg]) -> None:
    searched = Searched(lab, "cross", files)
    assert searched.answer(Search("trader", "capital", STEP, Micros(20_000_000), 1)) is None
    poor = Searched(paying(lab, 1, 0), "cross", files)
    assert poor.answer(Search("trader", "exposure", Micros(1), Micros(1), 1)) is None


def test_orders_are_at_most_so_many_times_as_large(lab: Lab, files: list[FileArg]) -> None:
    rich = Searched(paying(lab, 50_000_000_000, 1_000_000), "cross", files)
    search = Search("trader", "exposure", Micros(1_000_000_000), Micros(40_000_000_000), 2)
    found = rich.answer(search)
    assert found is not None
    assert found / 1e6 == pytest.approx(2 * 6_500, rel=0.01)
