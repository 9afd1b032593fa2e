"""The same input gives the same events as when the results were written, byte for byte."""

from itertools import zip_longest
from pathlib import Path
from typing import get_args

import pytest

from engine.core.event import AnyEvent
from engine.core.exchange import Exchange
from tests.golden.runs import (
    FOLDER,
    INPUTS,
    WORLDS,
    WRITE,
    Result,
    is_playable,
    lab_run,
    labs,
    world,
    world_run,
)


def compare(name: str, result: Result) -> None:
    """Fail with the first lines that differ and with what to do if they should."""
    path = FOLDER / f"{name}.jsonl"
    assert path.is_file(), f"no golden result; write it: {WRITE} {name}"
    written, now = path.read_text("utf-8"), result.text()
    if written != now:
        pairs = zip_longest(written.splitlines(), now.splitlines(), fillvalue="nothing")
        differing = ((number, *pair) for number, pair in enumerate(pairs, 1) if pair[0] != pair[1])
        shown = [f"line {n}\n  written {old}\n  now     {new}" for n, old, new in differing]
        told = "\n".join(shown[:3])
        pytest.fail(f"{name} differs:\n{told}\nIf it should: {WRITE} {name}", pytrace=False)


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_gives_its_golden_events(name: str) -> None:
    compare(name, world_run(name))


@pytest.mark.parametrize("name", labs())
def test_every_lab_that_ships_gives_its_golden_events(name: str, tmp_path: Path) -> None:
    if not is_playable(name):
        pytest.skip("MARGINCALL_SAMPLES names no folder of real tick files")
    compare(name, lab_run(name, tmp_path))


def test_no_golden_result_is_left_of_a_run_that_is_gone() -> None:
    results = {path.stem for path in FOLDER.iterdir()}
    assert results == {*WORLDS, *labs()}
    assert {path.stem for path in INPUTS.iterdir()} == set(WORLDS)


def test_the_worlds_say_every_kind_of_event() -> None:
    said: set[type] = set()
    for name in WORLDS:
        venue, stream = world(name)
        exchange = Exchange(venue)
        for command in stream:
            said.update(type(event) for event in exchange.apply(command))
    assert said == set(get_args(AnyEvent))
