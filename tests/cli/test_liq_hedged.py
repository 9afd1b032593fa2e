"""`margincall liq --cross` with both legs of a contract: one price, and two ways from it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call

VENUE = """
[rules]
mark = "last"
trigger = ">="
position_modes = ["one_way", "hedge"]
default_mode = "cross"
default_leverage = 10

[rules.closing]
pair_netting = true

[contracts.STEP]
tick = "1"
lot = "1"
price_max = "10000"
quantity_max = "50000"
depth = "busy-btc"
brackets = { family = "stepped", rows = [
  { floor = 0, rate = "0.01", leverage = 50 },
  { floor = 9_000, rate = "0.3", leverage = 3 },
] }

[contracts.FLAT]
tick = "1"
lot = "1"
price_max = "1000000"
quantity_max = "1000"
depth = "busy-btc"
brackets = { family = "stepped", rows = [{ floor = 0, rate = "0.01", leverage = 50 }] }
"""
LONG = {"symbol": "STEP", "side": "long", "size": 120, "entry": 60, "mark": 70}
SHORT = {"symbol": "STEP", "side": "short", "size": 100, "entry": 61}
OTHER = {"symbol": "FLAT", "side": "long", "size": 1, "entry": 100}


@pytest.fixture
def asked(call: Call, tmp_path: Path) -> Any:
    """Ask for an account of the venue, with more options."""
    venue, path = tmp_path / "stepped.toml", tmp_path / "account.json"
    venue.write_text(VENUE)

    def ask(wallet: object, positions: list[Any], *more: str, of: str = str(venue)) -> Any:
        path.write_text(json.dumps({"wallet": wallet, "positions": positions}))
        return call("liq", "--cross", str(path), "--venue", of, *more)

    return ask


def test_both_ways_of_a_hedged_account(asked: Any) -> None:
    """Kept are 84 + 70, and there are 1000 more than that, as in the core's test."""
    wallet = 1_154 - 1_200 + 900
    pool = json.loads(asked(wallet, [SHORT, LONG], "--json").output)
    assert (pool["equity"], pool["maintenance"], pool["positions"]) == ("1154", "154", [])
    (pair,) = pool["hedged"]
    assert (pair["symbol"], pair["mark"], pair["steps"]) == ("STEP", "70", [])
    assert pair["below"] == {"exact": "13.8202", "first_mark": "13"}
    assert pair["above"] == {"exact": "75.0000", "first_mark": "75"}
    long, short = pair["legs"]
    # its share of the equity by maintenance: 1154 x 84 / 154, over 120
    assert long == {
        "side": "long", "size": "120", "unrealized": "1200", "maintenance": "84", "bracket": 1,
        "bankruptcy": "64.7545",
    }  # fmt: skip
    assert (short["side"], short["unrealized"], short["maintenance"]) == ("short", "-900", "70")


def test_the_steps_are_told_and_others_stand_beside_the_legs(asked: Any) -> None:
    told = asked(3_000, [LONG, OTHER, SHORT], "--explain").output
    assert "FLAT long 1 at mark 100" in told
    assert "STEP long 120 and short 100 at mark 70" in told
    assert "  long          unrealised 1200, maintenance 84, bankruptcy " in told
    assert "equity moves with the net size 20, maintenance with both sizes" in told
    assert "kept whatever the price: 1\n" in told
    assert "  exact below   never\n  first below   never\n" in told
    assert "below the mark the trigger holds at no price" in told
    assert "first mark 90: maintenance 5941 >= equity 3700" in told
    assert "before anything else the size that both legs have is closed at the mark" in told
    assert "short: a liquidation order for it is limited where its share" in told


def test_legs_with_one_entry_need_no_mark(asked: Any) -> None:
    """On Binance: equal legs are ended above alone, by their maintenance."""
    legs = [
        {"symbol": "BTCUSDT", "side": side, "size": "0.1", "entry": 60_000}
        for side in ("long", "short")
    ]
    pool = json.loads(asked(100, legs, "--json", of="binance").output)
    (pair,) = pool["hedged"]
    assert (pair["mark"], pair["below"]["first_mark"]) == ("60000.00", None)
    told = asked(100, legs, "--explain", of="binance").output
    assert "is closed at the mark" not in told  # only where the venue nets pairs
    # 0.4 % of 0.2 are 100
    assert pair["above"] == {"exact": "125000.0000", "first_mark": "125000.00"}


@pytest.mark.parametrize(
    ("wallet", "positions", "said"),
    [
        (1, [LONG, LONG], "positions: STEP stands there 2 times; expected one position each, or"),
        (1, [LONG, SHORT, SHORT], "STEP stands there 3 times"),
        (1, [LONG, {**SHORT, "mark": 71}], "both legs of STEP have one mark; found 70 and 71"),
        (1, [{**LONG, "mark": None}, SHORT], "two entries and no mark; give one of them a mark"),
        (1, [{**LONG, "symbol": "X"}, {**SHORT, "symbol": "X"}], "there are: STEP, FLAT"),
        (
            "20.000001",
            [
                {"symbol": "FLAT", "side": "long", "size": 101, "entry": 10},
                {"symbol": "FLAT", "side": "short", "size": 99, "entry": 10},
            ],
            "hardly differs from its maintenance, whatever the price of FLAT",
        ),
    ],
)
def test_what_cannot_be_legs_is_told(
    asked: Any, wallet: object, positions: list[Any], said: str
) -> None:
    result = asked(wallet, positions)
    assert result.exit_code == 2
    assert said in result.output


def test_a_venue_without_hedge_mode_has_no_legs(asked: Any) -> None:
    legs = [{**LONG, "symbol": "BTCUSDT"}, {**SHORT, "symbol": "BTCUSDT"}]
    result = asked(1, legs, of="textbook")
    assert result.exit_code == 2
    assert "BTCUSDT stands there twice, and textbook has no hedge mode" in result.output
