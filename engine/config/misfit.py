"""Where a table does not fit its shape: under which key, what was found, what is expected."""

import difflib
import re
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

_STEP = re.compile(r"\.?(\w+)|\[(\d+)\]|(\[\.\.\.\])")
Step = str | int
"""The name of a key, or the number of a row, from 0."""


class Misfit(msgspec.Struct, frozen=True):
    """The way to a value from where the table begins, and what is wrong with it."""

    steps: tuple[Step, ...]
    problem: str


def misfit(kind: Any, value: object, message: str, base: str = "") -> Misfit:
    """Make of `msgspec`'s words for a value that is no `kind` those for the author of a file.

    `base` is the key under which the whole table stands.
    """
    problem, _, path = message.partition(" - at `$")
    steps: list[Step] = []
    here, found = kind, value
    for name, row, any_key in _STEP.findall(path):
        step = _misfitting(here, found) if any_key else name or int(row)
        here, found = _inside(here, step), _value_at(found, step)
        steps.append(step)
    unknown = re.fullmatch(r"Object contains unknown field `(.*)`", problem)
    if unknown is not None:
        return Misfit((*steps, unknown[1]), _unknown(kind, here, unknown[1], base))
    missing = re.fullmatch(r"Object missing required field `(.*)`", problem)
    if missing is not None:
        wanted = expected(_inside(here, missing[1]))
        return Misfit((*steps, missing[1]), f"this key is missing; add it, expected {wanted}")
    if problem.startswith(("Expected", "Invalid enum value")):
        return Misfit(tuple(steps), f"found {_told(found)}, expected {expected(here)}")
    return Misfit(tuple(steps), problem[:1].lower() + problem[1:].replace("`", ""))


def expected(kind: Any) -> str:
    """Say what a key of this type wants, as one writes it in TOML.

    >>> expected(Literal["fund", "client"])
    'one of "fund", "client"'
    >>> expected(int)
    'a whole number without quotes'
    """
    options = _options(kind)
    if set(options) == {str, int}:
        return 'a decimal number in quotes such as "0.5", or a whole number'
    return " or ".join(_expected(option) for option in options)


def _expected(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f'"{choice}"' for choice in get_args(kind))
    if _is_struct(kind):
        return f"a table with the keys {', '.join(kind.__struct_fields__)}"
    if get_origin(kind) is tuple:
        return f"a list, in brackets, each of its rows {expected(get_args(kind)[0])}"
    words = {int: "a whole number without quotes", bool: "true or false without quotes"}
    return words.get(kind, "a text in quotes" if kind is str else "a table")


def _told(found: object) -> str:
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, dict | list):
        return "a table" if isinstance(found, dict) else "a list"
    return f'"{found}"' if isinstance(found, str) else f"{found} without quotes"


def _unknown(root: Any, here: Any, name: str, base: str) -> str:
    known = sorted(next(one for one in _options(here) if _is_struct(one)).__struct_fields__)
    before = f"{base}." if base else ""
    elsewhere = [path for path in _paths(root, before) if path.rpartition(".")[2] == name]
    near = difflib.get_close_matches(name, known, 1)
    hints = [f"it is known as {path}" for path in elsewhere]
    hints += [f"did you mean {near[0]!r}?"] if near else [f"known keys: {', '.join(known)}"]
    return f"unknown key; {'; '.join(hints)}"


def _paths(kind: Any, before: str = "") -> list[str]:
    """Return the keys of a shape and of the tables in it, each with its way."""
    found: list[str] = []
    for option in _options(kind):
        if _is_struct(option):
            for name, inner in get_type_hints(option).items():
                found += [before + name, *_paths(inner, f"{before}{name}.")]
        elif get_origin(option) is tuple:
            found += _paths(get_args(option)[0], before)
    return found


def _options(kind: Any) -> tuple[Any, ...]:
    if get_origin(kind) in (Union, UnionType):
        return tuple(option for option in get_args(kind) if option is not NoneType)
    return (kind,)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _inside(kind: Any, step: Step) -> Any:
    """Return the type of what is under a key or in a row."""
    for option in _options(kind):
        if _is_struct(option) and isinstance(step, str):
            return get_type_hints(option)[step]
        if get_origin(option) is dict:
            return get_args(option)[1]
        if get_origin(option) is tuple and isinstance(step, int):
            inner = get_args(option)
            return inner[0] if inner[-1] is ... else inner[step]
    raise AssertionError(kind, step)


def _value_at(value: Any, step: Step) -> object:
    return value[step]


def _misfitting(kind: Any, value: object) -> str:
    """Return the first key of a table whose value does not fit: its path does not name it."""
    assert isinstance(value, dict)
    inner = _inside(kind, "")
    for name, item in value.items():
        try:
            msgspec.convert(item, inner)
        except msgspec.ValidationError:
            return str(name)
    raise AssertionError(kind)
