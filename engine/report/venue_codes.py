"""A venue's own codes for what it refuses, beside our reasons: told of one, compared of two."""

import re
from collections.abc import Iterator, Sequence

import msgspec

from engine.core.instrument import Refusal
from engine.core.reason import Reason

ANY = "any"
"""In place of commands: whichever has no code of its own for the reason."""
NOT_KNOWN = "-"


class CodeTold(msgspec.Struct, frozen=True):
    """The code with which commands are refused for one of our reasons, and the venue's words."""

    reason: str
    commands: tuple[str, ...]
    code: str
    says: str


def codes_told(refusals: Sequence[Refusal]) -> tuple[CodeTold, ...]:
    """One row a reason and code, in the order of our reasons; those of any command last."""
    order = {reason.value: place for place, reason in enumerate(Reason)}
    found: dict[tuple[str, str, str], list[str]] = {}
    for one in sorted(refusals, key=lambda one: (order[one.reason], not one.command, one.command)):
        found.setdefault((one.reason, one.code, one.says), []).append(one.command or ANY)
    return tuple(
        CodeTold(reason, tuple(commands), code, says)
        for (reason, code, says), commands in found.items()
    )


def code_lines(codes: Sequence[CodeTold]) -> list[str]:
    """The codes, a line each; with the commands where a reason has several."""
    reasons = [one.reason for one in codes]
    longest = max(map(len, reasons), default=0)
    widest = max((len(one.code) for one in codes), default=0)
    return [
        f"{one.reason.replace('_', ' '):{longest}}  {one.code:{widest}}  {one.says}"
        f"{f' ({_named(one.commands)})' if reasons.count(one.reason) > 1 else ''}"
        for one in codes
    ]


def different_codes(
    one: Sequence[CodeTold], other: Sequence[CodeTold]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each reason that two venues give other codes for, and those of each."""
    for reason in Reason:
        mine, theirs = _codes_of(one, reason), _codes_of(other, reason)
        if mine == theirs:
            continue
        is_plain = len({*mine.values()}) < 2 and len({*theirs.values()}) < 2
        is_plain = is_plain and {*mine.values()} != {*theirs.values()}
        yield reason.value, (_written(mine, is_plain), _written(theirs, is_plain))


def _codes_of(codes: Sequence[CodeTold], reason: Reason) -> dict[str, str]:
    """By command, the code of a reason."""
    return {
        command: row.code for row in codes if row.reason == reason.value for command in row.commands
    }


def _written(codes: dict[str, str], is_plain: bool) -> str:
    """Codes, each with its commands unless one on either side serves all that have one."""
    by_code: dict[str, list[str]] = {}
    for command, code in codes.items():
        by_code.setdefault(code, []).append(command)
    if is_plain or not by_code:
        return next(iter(by_code), NOT_KNOWN)
    return "\n".join(f"{code} ({_named(commands)})" for code, commands in by_code.items())


def _named(commands: Sequence[str]) -> str:
    """Commands as people write them: `PlaceOrder` is place order."""
    words = (re.sub(r"(?<!^)(?=[A-Z])", " ", command).lower() for command in commands)
    return ", ".join("any other" if word == ANY else word for word in words)
