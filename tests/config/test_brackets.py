"""Maintenance tables of both families, and every table that is refused."""

import itertools

import pytest

from engine.config.brackets import BracketTable, brackets
from engine.config.error import ConfigError
from engine.config.read import Place, shaped
from engine.core.instrument import Bracket
from engine.core.money import PPM

PLACE = Place("venue.toml", "brackets")
Row = dict[str, object]


def made(rows: list[Row], family: str = "deduction") -> tuple[Bracket, ...]:
    table = {"family": family, "rows": rows}
    return brackets(shaped(BracketTable, table, PLACE), PLACE)


FIRST: Row = {"floor": 0, "rate": "0.01", "leverage": 50}


def test_deductions_make_maintenance_continuous_at_every_edge() -> None:
    table = made(
        [
            FIRST,
            {"floor": 1_000_000, "rate": "0.02", "leverage": 25},
            {"floor": 2_000_000, "rate": "0.025", "leverage": 20},
        ]
    )
    assert [row.deduction for row in table] == [0, 10_000 * PPM, 20_000 * PPM]
    for before, row in itertools.pairwise(table):
        left = row.floor * before.rate_ppm // PPM - before.deduction
        right = row.floor * row.rate_ppm // PPM - row.deduction
        assert left == right


def test_a_marginal_table_is_the_sum_of_its_parts() -> None:
    """Kraken, class A: "1 % for the first 1,000,000, 2 % up to 2,000,000, 2.5 % ..."."""
    rows: list[Row] = [
        FIRST,
        {"floor": 1_000_000, "rate": "0.02", "leverage": 25},
        {"floor": 2_000_000, "rate": "0.025", "leverage": 20},
    ]
    last = made(rows, "marginal")[-1]
    notional = 3_000_000 * PPM
    by_parts = (10_000 + 20_000 + 25_000) * PPM
    assert notional * last.rate_ppm // PPM - last.deduction == by_parts


@pytest.mark.parametrize(
    ("rows", "key", "said"),
    [
        ([], "rows", "is empty"),
        ([{**FIRST, "floor": 1}], "rows[1].floor", "begin at 0"),
        ([FIRST, FIRST], "rows[2].floor", "above the floor"),
        ([FIRST, {"floor": 9, "rate": "0.001", "leverage": 5}], "rows[2].rate", "not be below"),
        ([FIRST, {"floor": 9, "rate": "0.01", "leverage": 60}], "rows[2].leverage", "not be above"),
        ([{**FIRST, "leverage": 100}], "rows[1].leverage", "below maintenance at once"),
        ([{**FIRST, "leverage": 0}], "rows[1].leverage", "1 or more"),
        ([{**FIRST, "rate": "1"}], "rows[1].rate", "to 0.999999"),
        (
            [
                {**FIRST, "deduction": 0},
                {"floor": 9, "rate": "0.02", "leverage": 5, "deduction": "0.1"},
            ],
            "rows[2].deduction",
            "expected 0.09",
        ),
        (
            [{**FIRST, "deduction": 0}, {"floor": 9, "rate": "0.02", "leverage": 5}],
            "rows[2].deduction",
            "every row or of none",
        ),
        (
            [FIRST, {"floor": "0.000001", "rate": "0.02", "leverage": 5}],
            "rows[2].floor",
            "not a whole number of micros",
        ),
    ],
)
def test_a_wrong_table_is_refused_where_it_is_wrong(rows: list[Row], key: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        made(rows)
    assert caught.value.key == f"brackets.{key}"
    assert said in caught.value.problem


def test_a_marginal_table_has_no_deductions() -> None:
    with pytest.raises(ConfigError, match="leave it out"):
        made([{**FIRST, "deduction": 0}], "marginal")
