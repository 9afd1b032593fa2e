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
