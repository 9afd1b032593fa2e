"""`margincall venues`: listed, explained, compared."""

import json
from pathlib import Path

import pytest

from engine.config.find import names
from tests.cli.conftest import Call


def test_venues_are_listed_with_what_they_are(call: Call) -> None:
    listed = json.loads(call("venues", "--json").output)
    assert [each["venue"] for each in listed] == names("venues")
    assert all(each["title"] and each["as_of"][:2] == "20" for each in listed)
    plain = call("venues").output
    assert all(each["title"] in plain for each in listed)


@pytest.mark.parametrize("venue", names("venues"))
def test_a_venue_is_explained(call: Call, venue: str) -> None:
    text = call("venues", "show", venue).output
    page = json.loads(call("venues", "show", venue, "--json").output)
    for topic in page["topics"]:
        assert topic["title"] in text
        assert all(each["words"] in text for each in topic["settings"])
    for contract in page["contracts"]:
        assert contract["symbol"] in text
        assert len(contract["brackets"]) >= 1
    assert all(line in text for line in page["unknown"])
    assert ("Codes of refusals" in text) == bool(page["codes"])
    assert all(each["code"] in text and each["says"] in text for each in page["codes"])


def test_binance_says_what_its_pages_say(call: Call) -> None:
    text = call("venues", "show", "binance").output
    assert "The liquidated account pays a liquidation fee: 1.2 % of the value." in text
    assert "from 50,000: maintenance 0.5 %, up to 100x" in text


def test_every_family_of_margin_tables_is_told(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    rules = Path("configs/venues/textbook.toml").read_text().partition("[contracts.E")[0]
    linear = """
brackets = { family = "linear", by = "size", rows = [
  { floor = 0, rate = "0.01", growth = "0.00005", initial = "0.02", leverage = 50 },
] }"""
    text = rules.replace('brackets.rows = [{ floor = 0, rate = "0.005", leverage = 100 }]', linear)
    own.write_text(text.replace("[rules]", '[rules]\nclosing_fee = "mark"\ntaker_fee = "0.0005"'))
    told = call("venues", "show", str(own)).output
    assert "maintenance 1 % and 0.005 % a unit, initial 2 % and 0.005 % a unit, up to 50x" in told
    assert "closing fee counted in: 0.05 % of the notional at mark, in maintenance;" in told
    own.write_text(own.read_text().replace('"mark"', '"bankruptcy"', 1))
    assert "0.05 % of the value at the bankruptcy price" in call("venues", "show", str(own)).output


def test_a_venue_differs_from_itself_in_nothing(call: Call) -> None:
    assert call("venues", "diff", "binance", "binance").output == (
        "binance and binance differ in nothing.\n"
    )
    assert json.loads(call("venues", "diff", "binance", "binance", "--json").output) == []


def test_two_venues_differ_where_their_files_do(call: Call) -> None:
    found = json.loads(call("venues", "diff", "textbook", "binance", "--json").output)
    sides = {(each["about"], each["setting"]): each["sides"] for each in found}
    assert sides["Orders and fees", "taker_fee_ppm"] == [
        "Orders that take pay a fee: none.",
        "Orders that take pay a fee: 0.05 % of the value.",
    ]
    assert ("What triggers a liquidation", "strict_trigger") not in sides
    assert sides["BTCUSDT", "lot"] == ["0.00001", "0.001"]
    assert "0.05 % of the value" in call("venues", "diff", "textbook", "binance").output


def test_a_contract_that_only_one_venue_has_is_said(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = Path("configs/venues/textbook.toml").read_text()
    own.write_text(text.replace("[contracts.SOLUSDT]", "[contracts.XRPUSDT]"))
    found = json.loads(call("venues", "diff", "textbook", own, "--json").output)
    assert [(each["about"], each["sides"]) for each in found] == [
        ("SOLUSDT", ["traded", "not traded"]),
        ("XRPUSDT", ["not traded", "traded"]),
    ]


def test_a_venue_that_does_not_date_its_facts_is_shown_so(call: Call, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = Path("configs/venues/textbook.toml").read_text()
    own.write_text("[rules]" + text.partition("[rules]")[2])
    told = call("venues", "show", str(own)).output
    assert "own (own), facts of an unknown day" in told
    assert "everything: the file has no table [about]" in told


def test_an_unknown_venue_is_told_with_those_there_are(call: Call) -> None:
    result = call("venues", "show", "mtgox")
    assert result.exit_code == 2
    assert "binance" in result.output
    assert "there is no venue of that name" in result.output


def test_where_a_setting_has_no_effect_a_difference_says_so(call: Call) -> None:
    found = json.loads(call("venues", "diff", "textbook", "okx", "--json").output)
    sides = {each["setting"]: each["sides"] for each in found}
    assert sides["closing.tiers"] == ["-", "An order goes down 2 brackets."]


def test_codes_of_refusals_are_told_and_compared(call: Call) -> None:
    shown = call("venues", "show", "binance").output
    assert "reduce only          -2022  ReduceOnly Order is rejected." in shown
    page = json.loads(call("venues", "show", "kraken", "--json").output)
    (row,) = [each for each in page["codes"] if each["reason"] == "post_only"]
    assert row["commands"] == ["AmendOrder", "PlaceOrder"]
    assert row["code"] == "postWouldExecute"
    found = json.loads(call("venues", "diff", "binance", "kraken", "--json").output)
    sides = {each["setting"]: each["sides"] for each in found if "refusals" in each["about"]}
    assert sides["post_only"] == ["-5022", "postWouldExecute"]
    assert sides["invalid_leg"] == ["-4061", "-"]
    assert sides["unknown_order"] == [
        "-2013 (amend order, amend stop)\n-2011 (cancel order)",
        "orderForEditNotFound (amend order)\nnotFound (cancel order)",
    ]
