"""`margincall vectors`: agreed, disagreed, differs, waiting, and what cannot be computed."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

INPUTS: dict[str, object] = {
    "side": "long",
    "entry": 65000,
    "leverage": 10,
    "notional": 10000,
    "mmr": 0.005,
}
SEED: dict[str, object] = {
    "id": "mine",
    "venue": "own",
    "kind": "isolated_liq_price",
    "inputs": INPUTS,
    "expected": 58793.969849246,
    "tolerance": 1e-9,
    "tolerance_kind": "relative",
}


def written(folder: Path, *vectors: object) -> str:
    path = folder / "vectors.json"
    path.write_text(json.dumps(vectors))
    return str(path)


@pytest.mark.parametrize("name", ["prices", "maintenance", "losses"])
def test_the_copied_vectors_agree(call: Call, name: str) -> None:
    result = call("vectors", f"tests/vectors/{name}.json", "--json")
    assert result.exit_code == 0
    told = json.loads(result.output)
    assert told["agrees"]
    assert {vector["outcome"] for vector in told["vectors"]} == {"agreed"}
    assert sum(group["agreed"] for group in told["groups"]) == len(told["vectors"])


def test_a_vector_that_disagrees_is_shown_with_both_numbers(call: Call, tmp_path: Path) -> None:
    path = written(tmp_path, SEED, {**SEED, "id": "printed", "expected": 58465})
    result = call("vectors", path)
    assert result.exit_code == 1
    assert "printed: disagreed: expected 58465, found 58793.9698" in result.output
    assert "mine" not in result.output
    [group] = json.loads(call("vectors", path, "--json").output)["groups"]
    assert (group["agreed"], group["disagreed"]) == (1, 1)


def test_listed_vectors_give_their_reason_and_are_no_failure(call: Call, tmp_path: Path) -> None:
    listed = [{**SEED, "id": "dydx-oimf"}, {**SEED, "id": "bybit-inverse-short"}]
    result = call("vectors", written(tmp_path, *listed))
    assert result.exit_code == 0
    assert "dydx-oimf: differs: initial margin does not grow with the open" in result.output
    assert "bybit-inverse-short: waiting: inverse contracts" in result.output


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "moon_phase"}, "the kind is not one of adl_allocation,"),
        ({"inputs": {"side": "long", "leverage": 10}}, "the input 'entry' is missing"),
        ({"inputs": {**INPUTS, "entry": "many"}}, "Invalid literal"),
        ({"inputs": {**INPUTS, "leverage": 0}}, "a division by zero"),
        ({"kind": "tier_table_property", "inputs": {"symbols": 9, "rows": 1}}, "binance_leverage"),
    ],
)
def test_what_cannot_be_computed_is_named(
    call: Call, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    result = call("vectors", written(tmp_path, {**SEED, **change}))
    assert result.exit_code == 2
    assert "mine: not computed: " in result.output
    assert said in result.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is not valid JSON"),
        ('[{"id": "x"}]', "[0]: Object missing required field `venue`"),
        ("{}", "Expected `array`"),
    ],
)
def test_a_file_that_holds_no_vectors_is_refused(
    call: Call, tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "mine.json"
    path.write_text(text)
    result = call("vectors", str(path))
    assert result.exit_code == 2
    assert "mine.json" in result.output
    assert said in result.output
    assert call("vectors", str(tmp_path / "none.json")).exit_code == 2
