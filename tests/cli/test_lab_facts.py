"""What `lab verify` proves: each fact fails where it is not so."""

import msgspec
import pytest

from engine.cli.lab_facts import Asked, as_lines, facts_of
from engine.services.verify import Seen, Verdict

VERDICT = Verdict(
    run="r",
    commands=10,
    events=5,
    repeated=0,
    liquidations=2,
    orders=3,
    answers=0,
    ledger_sum=0,
    event_hash="e",
    state_hash="s",
    difference="",
    bots={"alice": Seen(1, 4, 1, 1), "bob": Seen()},
)


def test_facts_that_are_so_are_told_with_what_was_found() -> None:
    facts = facts_of(VERDICT, Asked(1, 2))
    assert [fact.holds for fact in facts] == [True] * 4
    assert [fact.found for fact in facts] == [
        "5 events, hash e",
        "0 micros",
        "fills: alice 4, bob 0",
        "2 liquidations, 1 of them of bots",
    ]
    lines = as_lines(VERDICT, facts).splitlines()
    assert [line[:4] for line in lines[:4]] == ["ok  "] * 4
    assert lines[-2] == "alice: 1 commands, 4 fills, 1 margin calls, 1 liquidations"


@pytest.mark.parametrize(
    ("changed", "traded", "liquidations", "broken"),
    [
        ({"difference": "event 3 is missing"}, 0, 0, 0),
        ({"ledger_sum": 1}, 0, 0, 1),
        ({}, 2, 0, 2),
        ({"bots": {}}, 1, 0, 2),
        ({}, 0, 3, 3),
    ],
)
def test_a_fact_that_is_not_so_is_told(
    changed: dict[str, object], traded: int, liquidations: int, broken: int
) -> None:
    verdict = msgspec.structs.replace(VERDICT, **changed)
    facts = facts_of(verdict, Asked(traded, liquidations))
    assert [number for number, fact in enumerate(facts) if not fact.holds] == [broken]
    assert as_lines(verdict, facts).splitlines()[broken].startswith("NOT ")
