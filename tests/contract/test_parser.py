"""AsyncAPI's own parser accepts the contract, and would not accept a broken one."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.node import NoNode, installed
from tests.support.source import ROOT

CONTRACT = (ROOT / "engine" / "services" / "asyncapi.yaml").read_text()
ERROR = 0


@pytest.fixture(scope="module")
def parser() -> Path:
    """The folder of the parser; skips where there is no Node."""
    try:
        return installed(Path(__file__).parent)
    except NoNode as error:
        pytest.skip(str(error))


def parsed(parser: Path, document: str) -> dict[str, Any]:
    """What the parser says."""
    command = ["node", "parse.mjs"]
    done = subprocess.run(
        command, input=document, cwd=parser, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_parser_accepts_the_contract(parser: Path) -> None:
    found = parsed(parser, CONTRACT)
    assert found["version"].startswith("3.")
    assert found["said"] == []


def test_the_parser_refuses_a_contract_that_is_broken(parser: Path) -> None:
    broken = CONTRACT.replace("#/components/schemas/PlaceOrder", "#/components/schemas/Nothing")
    assert broken != CONTRACT
    assert ERROR in {each["severity"] for each in parsed(parser, broken)["said"]}
