"""`summary.json` of the demo adds up, fits its schema, and tells who paid."""

import json
from decimal import Decimal
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from engine.report.summary import Summary, encoded, json_schema
from engine.report.view import ExchangeView
from tests.report.conftest import Reported

PAYERS = ("own_margin", "insurance_fund", "assignment", "adl", "socialized", "uncovered", "pending")


@pytest.fixture(scope="module")
def data(reported: Reported) -> Any:
    return json.loads(encoded(reported.summary))


def test_it_fits_its_own_schema_and_reads_back(data: Any, reported: Reported) -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)
    assert msgspec.json.decode(encoded(reported.summary), type=Summary) == reported.summary


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("fees",), "1.50"),
        (("fees",), "1e3"),
        (("fees",), 1.5),
        (("state_hash",), "AB" * 32),
        (("complete",), "yes"),
        (("waterfall", "loss"), None),
        (("ticks",), -1),
    ],
)
def test_the_schema_refuses_what_the_contract_excludes(
    data: Any, path: tuple[str, ...], value: object
) -> None:
    wrong = json.loads(json.dumps(data))
    place = wrong
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json_schema())


def test_the_keys_are_those_of_the_contract(data: Any) -> None:
    assert {
        "schema", "complete", "run", "ticks", "commands", "events", "last_seq", "state_hash",
        "event_hash", "ledger_sum", "contracts", "accounts", "liquidations", "waterfall", "fees",
        "residue", "inventory_pnl", "insurance_fund", "elapsed_s",
    } <= set(data)  # fmt: skip
    assert set(data["run"]) >= {"seed", "lab", "files"}
    assert set(data["waterfall"]) == {"loss", *PAYERS}
    assert set(data["insurance_fund"]) == {
        "start", "low", "end", "paid", "residues", "liquidation_fees", "inventory",
    }  # fmt: skip
    assert set(data["accounts"]) == {"total", "liquidated", "negative"}
    for row in data["contracts"].values():
        assert set(row) == {"first", "last", "low", "high", "open_interest", "depth_low"}
    assert {
        "seq", "at_us", "account", "contract", "mode", "side", "quantity", "mark", "trigger",
        "equity", "maintenance", "bracket", "bankruptcy_price", "average_fill", "fee", "cause",
    } <= set(data["liquidations"][0])  # fmt: skip


def test_the_waterfall_adds_up_to_the_unit_and_every_stage_paid(data: Any) -> None:
    paid = {name: Decimal(text) for name, text in data["waterfall"].items()}
    assert sum(paid[name] for name in PAYERS) == paid["loss"]
    assert all(paid[name] > 0 for name in ("insurance_fund", "adl", "socialized"))
    assert paid["uncovered"] == 0


def test_cuts_by_mode_are_all_that_was_socialised(data: Any, reported: Reported) -> None:
    cuts = {row["mode"]: row for row in data["cuts"]}
    assert list(cuts) == ["cross", "isolated"]
    assert sum(Decimal(row["amount"]) for row in cuts.values()) == Decimal(
        data["waterfall"]["socialized"]
    )
    assert (
        -sum(reported.statement.cuts.values())
        == Decimal(data["waterfall"]["socialized"]) * 1_000_000
    )
    assert 0 < cuts["cross"]["margin_accounts"] <= data["accounts"]["total"]


def test_the_fund_is_what_its_parts_say(data: Any) -> None:
    fund = {name: Decimal(text) for name, text in data["insurance_fund"].items()}
    paid = Decimal(data["waterfall"]["insurance_fund"])
    assert fund["end"] == fund["start"] - paid + Decimal(data["residue"])
    assert 0 <= fund["low"] <= min(fund["start"], fund["end"])


def test_prices_lie_between_the_lowest_and_the_highest(data: Any) -> None:
    for row in data["contracts"].values():
        low, high = Decimal(row["low"]), Decimal(row["high"])
        assert all(low <= Decimal(row[name]) <= high for name in ("first", "last"))
    lowest = {symbol: Decimal(row["low"]) for symbol, row in data["contracts"].items()}
    for row in data["liquidations"]:
        if row["average_fill"] is not None:
            assert Decimal(row["average_fill"]) >= lowest[row["contract"]]


def test_counts_agree_with_the_exchange(data: Any, reported: Reported) -> None:
    assert data["ledger_sum"] == "0"
    assert data["last_seq"] == data["events"] == reported.exchange.state.seq
    assert data["accounts"]["total"] == len(reported.exchange.state.accounts) - 1
    assert data["accounts"]["liquidated"] == len({row["account"] for row in data["liquidations"]})
    assert data["accounts"]["negative"] == 0


def test_where_a_liquidation_went_adds_up_to_its_quantity(data: Any) -> None:
    for row in data["liquidations"]:
        filled = sum(Decimal(text) for text in row["filled"].values())
        assert filled == Decimal(row["quantity"])
        assert (row["average_fill"] is None) == (
            Decimal(row["filled"]["book"]) + Decimal(row["filled"]["fund"]) == 0
        )


def test_a_cause_is_an_earlier_liquidation_or_the_commands_first_event(data: Any) -> None:
    seqs: set[int] = set()
    for row in data["liquidations"]:
        assert row["cause"] < row["seq"]
        assert (row["cause"] in seqs) == (row["cause_event"] == "LiquidationStarted")
        seqs.add(row["seq"])


def test_every_account_is_explained_by_its_statement_to_the_unit(reported: Reported) -> None:
    """Not only the watched ones: deposits, fills, forced closes, ADL, cuts and residues."""
    view = ExchangeView(reported.exchange)
    accounts = view.accounts()
    assert len(accounts) > 400
    for account in accounts:
        lines = reported.statement.lines[account]
        profit = sum(view.open_profit(account, contract) for contract in lines)
        reported.statement.check(account, view.equity(account), profit)


def test_a_statement_that_does_not_explain_an_account_is_an_error(reported: Reported) -> None:
    with pytest.raises(AssertionError, match="the statement of cross explains"):
        reported.statement.check("cross", 1, 0)


def test_the_articles_trader_enters_at_the_articles_prices(reported: Reported) -> None:
    isolated, cross = reported.summary.watched
    for row in (isolated, cross):
        entries = {each.contract: (each.side, each.entry) for each in row.positions}
        assert entries == {
            "BTCUSDT": ("long", "65000"),
            "ETHUSDT": ("short", "3400"),
            "SOLUSDT": ("long", "185"),
        }
    first = next(row for row in reported.summary.liquidations if row.account == "isolated" and
                 row.contract == "BTCUSDT")  # fmt: skip
    assert Decimal("58750") < Decimal(first.mark) <= Decimal("58793.9698")
    assert Decimal(isolated.equity) > 0
    assert {each.ended for each in cross.positions} == {"liquidated"}
