"""`margincall liq`: the article's numbers, its twin, and what is refused."""

import json
from typing import Any

import pytest

from tests.cli.conftest import Call


def asked(call: Call, side: str, leverage: str = "10", *more: str) -> Any:
    result = call(
        "liq", "--side", side, "--entry", "65000", "--leverage", leverage, "--margin", "1000",
        "--mmr", "0.005", "--json", *more,
    )  # fmt: skip
    assert result.exit_code == 0
    return json.loads(result.output)


def test_the_articles_numbers(call: Call) -> None:
    answer = asked(call, "long")
    assert answer.pop("note").startswith("The article prints 58,465")
    assert answer == {
        "exact": "58793.9698",
        "approximate": "58825.0000",
        "bankruptcy": "58500.0000",
        "exact_tick": "58794.0",
        "first_mark": "58793.9",
        "size": "0.15384615",
        "margin": "1000",
        "bracket": 1,
        "steps": [],
    }


def test_a_short_is_its_twin_and_rounds_the_other_way(call: Call) -> None:
    assert asked(call, "short", "10", "--tick", "0.5") == {
        "exact": "71144.2786",
        "approximate": "71175.0000",
        "bankruptcy": "71500.0000",
        "exact_tick": "71144.0",
        "first_mark": "71144.5",
        "size": "0.15384615",
        "margin": "1000",
        "bracket": 1,
        "note": None,
        "steps": [],
    }


def test_a_position_with_all_its_value_as_margin_is_never_liquidated(call: Call) -> None:
    answer = asked(call, "long", "1")
    assert (answer["exact"], answer["exact_tick"], answer["bankruptcy"]) == (None, None, "0.0000")
    told = call(
        "liq", "--side", "long", "--entry", "100", "--leverage", "1", "--mmr", "0.01", "--tick", "1"
    )
    assert "never" in told.output


@pytest.mark.parametrize("margin", ["0.01", "1", "777.77", "123456789"])
def test_the_price_depends_on_the_leverage_and_not_on_the_margin(call: Call, margin: str) -> None:
    answer = asked(call, "long", "10", "--margin", margin)
    assert answer["exact"] == "58793.9698"


def test_the_answer_for_people_says_the_same(call: Call) -> None:
    told = call(
        "liq", "--side", "long", "--entry", "65000", "--leverage", "10", "--mmr", "0.005"
    ).output
    for text in ("58793.9698", "(-9.55 %)", "58794.0", "58825.0000", "58500.0000", "58,465"):
        assert text in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--entry", "1e5"], "expected a number above 0"),
        (["--entry", "0"], "expected a number above 0"),
        (["--entry", "-1"], "expected a number above 0"),
        (["--entry", "NaN"], "expected a number above 0"),
        (["--side", "up"], "is not one of 'long', 'short'"),
        (["--mmr", "0.1"], "expected below 1"),
        (["--mmr", "0.0000001"], "6 decimals"),
    ],
)
def test_a_wrong_option_is_told(call: Call, arguments: list[str], said: str) -> None:
    right = ["--side", "long", "--entry", "65000", "--leverage", "10", "--mmr", "0.005"]
    result = call("liq", *right, *arguments)
    assert result.exit_code == 2
    assert said in result.output
