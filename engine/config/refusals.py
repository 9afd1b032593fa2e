"""The venue's own code and words for what it refuses, beside our reasons."""

import difflib
from collections.abc import Collection
from typing import get_args

import msgspec

from engine.config.read import Place
from engine.core.command import AnyCommand
from engine.core.instrument import Refusal
from engine.core.reason import Reason

ANY = "any"
"""In place of a command: whichever has no line of its own for the reason."""


class RefusalRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A venue's code for a refusal, and what it says with it."""

    code: str
    says: str


RefusalTables = dict[str, dict[str, RefusalRow]]
"""By command, then by reason."""


def _hint(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"expected one of {', '.join(sorted(known))}"


def refusals(tables: RefusalTables, place: Place) -> tuple[Refusal, ...]:
    """Check that commands and reasons are ours; sorted, so that the order does not matter."""
    commands = {ANY, *(kind.__name__ for kind in get_args(AnyCommand))}
    reasons = {reason.value for reason in Reason}
    rows = []
    for command, table in sorted(tables.items()):
        here = place.at(command)
        if command not in commands:
            raise here.error(f"is no command; {_hint(command, commands)}")
        for reason, row in sorted(table.items()):
            if reason not in reasons:
                raise here.at(reason).error(f"is no reason; {_hint(reason, reasons)}")
            if not row.code:
                raise here.at(reason).at("code").error("is empty")
            rows.append(Refusal("" if command == ANY else command, reason, row.code, row.says))
    return tuple(rows)
