"""`margincall liq` by the rules of a venue: brackets, fees, a cross account, the curve."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Call

LONG = ("liq", "--side", "long", "--entry", "65000")

OKX = """
[rules]
mark = "last"
trigger = ">="
taker_fee = "0.0005"
closing_fee = "mark"
default_mode = "cross"
default_leverage = 10

[contracts.BTCUSDT]
tick = "0.1"
lot = "0.01"
price_max = "1000000"
quantity_max = "5000"
depth = "busy-btc"
brackets = { family = "stepped", by = "size", rows = [
  { floor = 0, rate = "0.004", leverage = 100 },
  { floor = 10, rate = "0.01", leverage = 50 },
] }

[contracts.STEP]
tick = "1"
lot = "1"
price_max = "100000"
quantity_max = "50000"
depth = "busy-btc"
brackets = { family = "stepped", rows = [
  { floor = 0, rate = "0.01", leverage = 50 },
  { floor = 1_000, rate = "0.1", leverage = 5 },
] }
"""
BYBIT = OKX.replace('"mark"\ndefault', '"bankruptcy"\ndefault')


@pytest.fixture
def okx(tmp_path: Path) -> str:
    path = tmp_path / "like-okx.toml"
    path.write_text(OKX)
    return str(path)


def asked(call: Call, *arguments: str) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_binance_with_its_own_brackets(call: Call) -> None:
    """Its first tier keeps 0.4 %: (65 000 x 0.153 - 994.5) / (0.153 x 0.996)."""
    answer = asked(call, *LONG, "--leverage", "10", "--venue", "binance")
    assert (answer["size"], answer["margin"], answer["bracket"]) == ("0.153", "994.5", 1)
    assert (answer["exact"], answer["first_mark"]) == ("58734.9398", "58734.93")
    assert answer["exact_tick"] == "58735.0"
    large = asked(call, *LONG, "--leverage", "50", "--margin", "100000", "--venue", "binance")
    assert large["bracket"] == 4


def test_a_closing_fee_on_the_mark_brings_it_nearer(call: Call, okx: str) -> None:
    """1.53 at 10x keep 0.4 % and 0.05 %: 65 000 x 0.9 / 0.9955."""
    answer = asked(call, *LONG, "--leverage", "10", "--margin", "10000", "--venue", okx)
    assert answer["exact"] == "58764.4400"
    # 15.38 are in the second row, by their size: 65 000 x 0.9 / 0.9895
    large = asked(call, *LONG, "--leverage", "10", "--margin", "100000", "--venue", okx)
    assert (large["bracket"], large["exact"]) == (2, "59120.7681")


def test_a_closing_fee_at_the_bankruptcy_price_cancels(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "like-bybit.toml"
    path.write_text(BYBIT)
    answer = asked(call, *LONG, "--leverage", "10", "--margin", "10000", "--venue", str(path))
    # 1.53 cost 99 450: a tenth, and 0.05 % of the 89 505 that are left
    assert answer["margin"] == "9989.7525"
    assert answer["exact"] == "58734.9398"  # as without the fee: 65 000 x 0.9 / 0.996


def test_the_edge_of_a_bracket_may_be_the_price(call: Call, okx: str) -> None:
    """Short 10 at 95 with a tenth: 45 of equity at 100, where 10 % begin."""
    arguments = ("liq", "--side", "short", "--entry", "95", "--leverage", "10", "--margin", "95")
    answer = asked(call, *arguments, "--venue", okx, "--symbol", "STEP", "--explain")
    assert answer["exact"] == "100.0000"
    assert answer["first_mark"] == "100"
    assert "the edge of the bracket is met before: 100.0000" in answer["steps"]
    told = call(*arguments, "--venue", okx, "--symbol", "STEP", "--explain").output
    assert "first mark 100: maintenance 100.5000 >= equity 45.0000" in told


def test_a_position_that_is_never_liquidated_says_why(call: Call) -> None:
    told = call(*LONG, "--leverage", "1", "--venue", "textbook", "--explain").output
    assert "at every price above 0 the position is worth more than it must keep" in told


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*LONG, "--leverage", "10"), "--mmr is missing"),
        (("liq", "--side", "long", "--leverage", "10", "--mmr", "0.01"), "--entry is missing"),
        ((*LONG, "--leverage", "10", "--mmr", "0.1", "--venue", "binance"), "leave one out"),
        ((*LONG, "--leverage", "126", "--venue", "binance"), "allows 100x"),
        ((*LONG, "--leverage", "2.5", "--venue", "binance"), "2.5 is not whole"),
        ((*LONG, "--leverage", "1", "--margin", "1", "--venue", "binance"), "less than the lot"),
        ((*LONG, "--leverage", "1", "--venue", "binance", "--symbol", "X"), "there are: BTCUSDT"),
        ((*LONG, "--leverage", "1", "--venue", "moon"), "there is no venue of that name"),
        ((*LONG, "--leverage", "1", "--venue", "binance", "--venue", "textbook"), "expected one"),
        ((*LONG, "--leverage", "1", "--mmr", "0.1", "--out", "x.svg"), "--out is the picture"),
        (("liq", "--cross", "none.json"), "found 0 times --venue"),
        (("liq", "--cross", "none.json", "--venue", "binance"), "none.json"),
    ],
)
def test_what_does_not_go_together_is_told(
    call: Call, arguments: tuple[str, ...], said: str
) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert said in result.output


BTC = {"symbol": "BTCUSDT", "side": "long", "size": "1", "entry": "65000", "mark": "64000"}
ETH = {"symbol": "ETHUSDT", "side": "short", "size": 10, "entry": 3000}


def test_a_cross_account_is_solved_position_by_position(call: Call, tmp_path: Path) -> None:
    """Textbook: 0.5 % each. Equity 6 000 - 1 000, maintenance 320 + 150."""
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"wallet": "6000", "positions": [BTC, ETH]}))
    pool = asked(call, "liq", "--cross", str(path), "--venue", "textbook")
    assert (pool["equity"], pool["maintenance"], pool["ratio"]) == ("5000", "470", "9.40")
    assert not pool["is_liquidated"]
    btc, eth = pool["positions"]
    # (65 000 - 6 000 + 150) / 0.995 and (30 000 + 5 000 - 320) / 10.05
    assert (btc["exact"], btc["first_mark"]) == ("59447.2362", "59447.2")
    assert (eth["exact"], eth["first_mark"]) == ("3450.7463", "3450.75")
    # its share of the equity by maintenance: 5 000 x 320 / 470
    assert btc["bankruptcy"] == "60595.7447"
    told = call("liq", "--cross", str(path), "--venue", "textbook", "--explain").output
    assert "equity 5000, maintenance 470, margin ratio 9.40 %" in told
    assert "its share of the equity by maintenance, 3404.255319, is gone: 60595.7447" in told


def test_a_bankrupt_account_and_an_empty_one(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"wallet": 900.5, "positions": [BTC]}))
    told = call("liq", "--cross", str(path), "--venue", "textbook").output
    assert "equity -99.5, maintenance 320, margin ratio bankrupt" in told
    assert "the account is liquidated at these marks" in told
    assert "first mark    64000.0" in told
    path.write_text(json.dumps({"wallet": 900, "positions": []}))
    pool = asked(call, "liq", "--cross", str(path), "--venue", "textbook")
    assert (pool["equity"], pool["ratio"], pool["positions"]) == ("900", "0.00", [])


def test_a_position_too_rich_to_be_liquidated(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"wallet": 90_000, "positions": [BTC]}))
    told = call("liq", "--cross", str(path), "--venue", "textbook", "--explain").output
    assert "first mark    never" in told
    assert "bankruptcy    none above 0" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not valid JSON"),
        ('{"wallet": "many", "positions": []}', "wallet"),
        ('{"wallet": 1, "positions": [{"symbol": "BTCUSDT"}]}', "positions[0]"),
        (json.dumps({"wallet": 1, "positions": [{**BTC, "symbol": "X"}]}), "there are: BTCUSDT"),
        (json.dumps({"wallet": 1, "positions": [{**BTC, "size": 0}]}), "positions[1].size"),
        (json.dumps({"wallet": 1, "positions": [{**BTC, "size": "0.000001"}]}), "multiple of"),
        (json.dumps({"wallet": 1, "positions": [{**BTC, "mark": "64000.01"}]}), "[1].mark"),
        (
            json.dumps({"wallet": 1, "positions": [BTC, BTC]}),
            "stands there twice",
        ),
    ],
)
def test_a_wrong_account_is_told(call: Call, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "account.json"
    path.write_text(text)
    result = call("liq", "--cross", str(path), "--venue", "textbook")
    assert result.exit_code == 2
    assert said in result.output


def test_the_curve_shows_every_leverage_of_every_venue(
    call: Call, tmp_path: Path, okx: str
) -> None:
    picture = tmp_path / "curve.svg"
    arguments = (*LONG, "--venue", "textbook", "--venue", okx, "--curve")
    curves = asked(call, *arguments, "--symbol", "BTCUSDT", "--out", str(picture))
    assert [curve["venue"] for curve in curves] == ["textbook", "like-okx"]
    textbook, stepped = (curve["ways"] for curve in curves)
    assert [way["leverage"] for way in textbook] == list(range(1, 126))
    assert textbook[0]["outcome"] == "never"
    assert textbook[9]["distance"] == pytest.approx((1 - 0.9 / 0.995) * 100)
    assert (textbook[100]["outcome"], textbook[100]["allowed"]) == ("not allowed", 100)
    assert stepped[99]["outcome"] == "liquidated"
    root = ElementTree.fromstring(picture.read_text())
    lines = root.findall("{http://www.w3.org/2000/svg}path")
    assert len(lines) == 4  # two ways, and two samples of them
    assert "M" in lines[0].attrib["d"]
    assert "like-okx BTCUSDT" in picture.read_text()


def test_the_curve_as_a_table(call: Call, tmp_path: Path) -> None:
    picture = tmp_path / "curve.svg"
    short = ("liq", "--curve", "--side", "short", "--entry", "65000", "--symbol", "BTCUSDT")
    told = call(*short, "--margin", "10", "--out", str(picture)).output
    assert "less than a lot" in told  # 10 at 1x buy no thousandth of a bitcoin on Binance
    assert "not allowed: max 1" in told
    assert f"Written: {picture}" in told
    assert "binance BTCUSDT" in told
