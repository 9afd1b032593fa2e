"""docker-compose.yml as its readers see it: anchors merged, every variable at its default."""

import re
from typing import Any

import yaml

from tests.support.source import ROOT

FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{([A-Z_]+)(?::-([^}]*))?\}")
Service = dict[str, Any]


def compose() -> dict[str, Any]:
    """The whole file."""
    document: dict[str, Any] = yaml.safe_load(at_defaults(FILE.read_text()))
    return document


def services() -> dict[str, Service]:
    """Its services."""
    found: dict[str, Service] = compose()["services"]
    return found


def at_defaults(text: str) -> str:
    """Put each variable's default in its place; one that has none stays and is found by a test."""
    return VARIABLE.sub(lambda found: found[0] if found[2] is None else found[2], text)
