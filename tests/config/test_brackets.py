"""Maintenance tables of both families, and every table that is refused."""

import itertools
from fractions import Fraction

import pytest

from engine.config.brackets import BracketTable, Tables, tables
from engine.config.error import ConfigError
from engine.config.read import Place, shaped
from engine.config.venue import load_profile
from engine.core.instrument import Bracket, ClosingFee
from engine.core.money import PPM, Micros
from engine.vectors.maintenance import table_named

PLACE = Place("venue.toml", "brackets")
Row = dict[str, object]


def made(rows: list[Row], family: str = "deduction") -> tuple[Bracket, ...]:
    return converted(rows, family=family).maintenance


def converted(rows: list[Row], **table: object) -> Tables:
    return tables(shaped(BracketTable, {"rows": rows, **table}, PLACE), PLACE)


LOT = Fraction(1, 1_000)
BY_SIZE: Row = {"family": "stepped", "by": "size"}
LINEAR_BY_SIZE: Row = {"family": "linear", "by": "size"}
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


STEPS: list[Row] = [
    {"floor": 0, "rate": "0.004", "leverage": 125},
    {"floor": "0.3", "rate": "0.01", "leverage": 50},
]


def test_a_stepped_table_has_no_deductions_and_may_go_by_size() -> None:
    """OKX: floors in the unit of the lot, here of a thousandth."""
    steps = tables(shaped(BracketTable, {"rows": STEPS, **BY_SIZE}, PLACE), PLACE, lot=LOT)
    assert steps.by == "lots"
    assert [(row.floor, row.rate_ppm, row.deduction) for row in steps.maintenance] == [
        (0, 4_000, 0),
        (300, 10_000, 0),
    ]
    by_notional = converted(STEPS, family="stepped")
    assert by_notional.by == "notional"
    assert by_notional.maintenance[1].floor == 300_000
    assert by_notional.initial == ()


def test_a_linear_table_grows_with_the_size() -> None:
    """Deribit: 1 % and 0.005 % a bitcoin, initial margin one per cent more."""
    row = {"floor": 0, "rate": "0.01", "growth": "0.00005", "initial": "0.02", "leverage": 50}
    made_ = tables(
        shaped(BracketTable, {"rows": [row], "family": "linear", "by": "size"}, PLACE),
        PLACE,
        lot=LOT,
    )
    assert made_.maintenance == (Bracket(0, 10_000, Micros(0), 50, growth_e12=50_000),)
    assert made_.initial == (Bracket(0, 20_000, Micros(0), 50, growth_e12=50_000),)


def test_initial_rates_are_a_table_of_the_same_family() -> None:
    """Kraken: initial margin is twice the maintenance, and marginal too."""
    rows: list[Row] = [
        {"floor": 0, "rate": "0.01", "initial": "0.02", "leverage": 50},
        {"floor": 1_000_000, "rate": "0.02", "initial": "0.04", "leverage": 25},
    ]
    both = converted(rows, family="marginal")
    assert [row.deduction for row in both.maintenance] == [0, 10_000 * PPM]
    assert [row.deduction for row in both.initial] == [0, 20_000 * PPM]


LINEAR: Row = {"floor": 0, "rate": "0.01", "growth": "0.0001", "leverage": 50}


@pytest.mark.parametrize(
    ("rows", "settings", "key", "said"),
    [
        (STEPS, {"by": "size"}, "by", "continuous in the notional only"),
        (STEPS, {"family": "marginal", "by": "size"}, "by", "or family stepped or linear"),
        ([LINEAR], {"family": "linear"}, "family", 'by = "size" and one row'),
        ([LINEAR, LINEAR], {"family": "linear", "by": "size"}, "family", "one row"),
        ([FIRST], {"family": "linear", "by": "size"}, "rows[1].growth", "in a linear table alone"),
        ([LINEAR], {"family": "stepped"}, "rows[1].growth", "in a linear table alone"),
        ([{**LINEAR, "growth": 0}], LINEAR_BY_SIZE, "rows[1].growth", "above 0"),
        ([{**LINEAR, "growth": "0.0000000000001"}], LINEAR_BY_SIZE, "rows[1].growth", "10^-12"),
        ([{**FIRST, "deduction": 0}], {"family": "stepped"}, "rows[1].deduction", "stepped table"),
        ([FIRST, {**FIRST, "floor": "0.0005"}], BY_SIZE, "rows[2].floor", "the lot"),
        ([{**FIRST, "floor": -1}], BY_SIZE, "rows[1].floor", "from 0 to"),
        ([{**FIRST, "initial": "0.01"}], {}, "rows[1].initial", "more than the maintenance"),
        ([{**FIRST, "initial": "0.03"}], {}, "rows[1].initial", "leverage x initial at most 1"),
        (
            [{**FIRST, "initial": "0.02"}, {**FIRST, "floor": 9}],
            {},
            "rows[2].initial",
            "every row or of none",
        ),
        (
            [
                {**FIRST, "leverage": 20, "initial": "0.03"},
                {"floor": 9, "rate": "0.01", "leverage": 20, "initial": "0.02"},
            ],
            {},
            "rows[2].initial",
            "not be below that",
        ),
    ],
)
def test_a_table_that_its_family_does_not_allow_is_refused(
    rows: list[Row], settings: Row, key: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        tables(shaped(BracketTable, {"rows": rows, **settings}, PLACE), PLACE, lot=LOT)
    assert caught.value.key == f"brackets.{key}"
    assert said in caught.value.problem


def test_the_closing_fee_counts_in_what_a_leverage_must_cover() -> None:
    table = shaped(BracketTable, {"rows": [{**FIRST, "leverage": 99}]}, PLACE)
    tables(table, PLACE, closing=ClosingFee(100, "mark"))
    with pytest.raises(ConfigError, match="closing fee counted in"):
        tables(table, PLACE, closing=ClosingFee(200, "mark"))


@pytest.mark.parametrize(
    ("symbol", "published", "rows"),
    [
        ("BTCUSDT", "bybit BTCUSDT", 35),
        ("ETHUSDT", "bybit BTCUSDT", 35),
        ("SOLUSDT", "bybit ADAUSDT", 30),
    ],
)
def test_a_profile_has_all_rows_of_the_published_table(
    symbol: str, published: str, rows: int
) -> None:
    _, contracts = load_profile("bybit")
    (one,) = [each for each in contracts if each.symbol == symbol]
    assert one.brackets == table_named(published)
    assert len(one.brackets) == rows
