"""The contract of the topics: the file is current, and says what matters to clients."""

from typing import Any, get_args

from click.testing import CliRunner

from engine.cli.main import main
from engine.core.command import AnyCommand, Tick
from engine.services.contract import INT_MAX, as_yaml, asyncapi
from engine.services.inbox import OF_OPERATOR
from tests.support.source import ROOT

FILE = ROOT / "engine" / "services" / "asyncapi.yaml"


def test_the_file_is_what_the_structs_say() -> None:
    printed = CliRunner().invoke(main, ["topics", "contract"]).stdout
    assert printed == as_yaml(asyncapi())
    assert FILE.read_text() == printed, (
        f"{FILE.name} is behind the code: margincall topics contract > {FILE.relative_to(ROOT)}"
    )


def test_every_integer_is_one_that_every_language_keeps() -> None:
    def integers(value: Any) -> list[dict[str, Any]]:
        if isinstance(value, list):
            return [found for each in value for found in integers(each)]
        if not isinstance(value, dict):
            return []
        below = [found for each in value.values() for found in integers(each)]
        return [value, *below] if value.get("type") == "integer" else below

    found = integers(asyncapi()["components"]["schemas"])
    assert found
    for schema in found:
        assert schema["format"] == "int64"
        assert schema["minimum"] >= -INT_MAX
        assert schema["maximum"] <= INT_MAX


def test_a_bot_is_not_asked_for_what_the_venue_stamps() -> None:
    document = asyncapi()
    schemas = document["components"]["schemas"]
    for name in document["channels"]["commands"]["messages"]:
        assert not {"account", "at_us"} & set(schemas[name]["properties"])
        assert "client_seq" in schemas[name]["properties"]
    assert "account" in schemas["Deposit"]["required"]


def test_a_bot_may_say_all_but_ticks_and_what_the_operator_says() -> None:
    sent = set(asyncapi()["channels"]["commands"]["messages"])
    everything = {kind.__name__ for kind in get_args(AnyCommand)}
    assert everything - sent == {kind.__name__ for kind in (*get_args(Tick), *OF_OPERATOR)}
    assert set(asyncapi()["channels"]["admin"]["messages"]) == {"Deposit", "SettleContract"}


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi()

    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            own = [value["$ref"]] if "$ref" in value else []
            return own + [found for each in value.values() for found in references(each)]
        return (
            [found for each in value for found in references(each)]
            if isinstance(value, list)
            else []
        )

    for reference in references(document):
        place: Any = document
        for step in reference.removeprefix("#/").split("/"):
            place = place[step]
