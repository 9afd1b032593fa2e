"""What the labs that ship are made to show comes true in their runs."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.cli.folder import SUMMARY
from tests.cli.conftest import called


def played(lab: str, folder: Path) -> Any:
    """What `summary.json` says of a lab."""
    result = called("replay", "--lab", lab, "--out", folder / lab, "--quiet")
    assert result.exit_code == 0, result.output
    return json.loads((folder / lab / SUMMARY).read_text())


@pytest.fixture(scope="module")
def thin(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return played("thin-altcoin", tmp_path_factory.mktemp("labs"))


@pytest.fixture(scope="module")
def cascade(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return played("cascade-2025", tmp_path_factory.mktemp("labs"))


def test_the_cascade_has_the_shape_of_its_day(cascade: Any) -> None:
    """Its page tells what was measured then."""
    closed = cascade["liquidated"]
    whole = Decimal(closed["notional"])
    worst = {row["minutes"]: Decimal(row["notional"]) / whole for row in closed["worst"]}
    assert Decimal(closed["longs"]) / whole == pytest.approx(Decimal("0.839"), abs=Decimal("0.05"))
    assert worst[40] == pytest.approx(Decimal("0.7"), abs=Decimal("0.2"))
    assert worst[1] == pytest.approx(Decimal("0.324"), abs=Decimal("0.15"))
    bitcoin = cascade["contracts"]["BTCUSDT"]
    assert Decimal(bitcoin["high"]) == pytest.approx(Decimal(122_574), rel=Decimal("0.01"))
    assert Decimal(bitcoin["low"]) == pytest.approx(Decimal(104_783), rel=Decimal("0.01"))
    assert {row["depth_low"] for row in cascade["contracts"].values()} == {"0.02"}


def test_the_cascade_fills_the_fund_and_closes_winners_early(cascade: Any) -> None:
    """It takes over what it can hold, gets it for less than the mark, and loses by selling it."""
    fund, paid = cascade["insurance_fund"], cascade["waterfall"]
    assert Decimal(fund["end"]) < Decimal(fund["start"])
    solana = cascade["inventory"]["SOLUSDT"]
    price = Decimal(cascade["contracts"]["SOLUSDT"]["low"])
    assert Decimal(solana["held_most"]) * price > Decimal("0.95") * Decimal(fund["start"])
    assert solana["held"] == "0"
    assert Decimal(cascade["inventory_pnl"]) == Decimal(fund["inventory"]) < 0
    assert max(Decimal(paid["insurance_fund"]), Decimal(paid["adl"])) < 0
    assert any(row["filled"]["adl"] != "0" for row in cascade["liquidations"])
    assert paid["uncovered"] == paid["socialized"] == "0"
    assert len(cascade["liquidations"]) > 200
    assert {row["side"] for row in cascade["liquidations"]} == {"long", "short"}


def test_some_answer_their_margin_calls_in_time(cascade: Any) -> None:
    assert sum(row["count"] for row in cascade["top_ups"]) > 5


def cut(thin: Any, account: str) -> Decimal:
    (row,) = (row for row in thin["watched"] if row["account"] == account)
    return -Decimal(row["cuts"])


def test_a_thin_altcoins_losses_run_down_book_and_fund_to_the_winners(thin: Any) -> None:
    paid = {name: Decimal(text) for name, text in thin["waterfall"].items()}
    assert thin["insurance_fund"]["low"] == "0"
    assert min(paid["own_margin"], paid["insurance_fund"], paid["socialized"]) > 0
    assert paid["adl"] == paid["uncovered"] == 0
    assert thin["accounts"]["negative"] == 0


def test_twins_are_cut_alike_and_what_a_pool_lost_counts_against_what_it_won(thin: Any) -> None:
    short = cut(thin, "short")
    assert short == cut(thin, "short twin") == cut(thin, "hedged")
    assert Decimal(100) < short < Decimal(300)
    assert 0 < cut(thin, "hedged twin") < short
    assert cut(thin, "long") > 0
    assert cut(thin, "long twin") == 0
    ended = {
        row["account"]: [each["ended"] for each in row["positions"]] for row in thin["watched"]
    }
    assert ended["long"] == ["liquidated", "open"]
    assert ended["long twin"] == ["open", "open"]


def test_hardly_anything_is_socialised_where_all_are_isolated() -> None:
    result = called("compare", "thin-altcoin", "--modes", "isolated,cross", "--json")
    assert result.exit_code == 0, result.output
    isolated, cross = json.loads(result.stdout)["sides"]
    few, much = (Decimal(side["waterfall"]["socialized"]) for side in (isolated, cross))
    assert 20 * few < much


def test_winners_of_both_modes_pay_the_same_share_of_what_they_won(thin: Any) -> None:
    """All won on one position and nothing else: profit and cut are in one proportion."""
    won = {
        row["account"]: Decimal(row["positions"][0]["result"])
        for row in thin["watched"]
        if row["account"].startswith("short")
    }
    shares = {account: cut(thin, account) / profit for account, profit in won.items()}
    assert len(set(shares.values())) == 1
    assert {row["mode"]: row["margin_accounts"] > 100 for row in thin["cuts"]} == {
        "cross": True,
        "isolated": True,
    }
