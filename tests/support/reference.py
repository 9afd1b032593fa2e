"""The reference part of `engine/README.md`, generated from the code that it describes.

`python -m tests.support.reference --write` brings it up to date; without `--write` it is printed.
Commands, events and reasons are read from their source, options from the commands themselves.
"""

import ast
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from itertools import pairwise
from pathlib import Path

import click

from engine.scenes.figure import FIGURES
from tests.support.source import ROOT, tree_of

PAGE = ROOT / "engine" / "README.md"
BEGIN = "<!-- reference: `python -m tests.support.reference --write` writes what follows -->"
END = "<!-- end of the reference -->"


def row(*cells: str) -> str:
    """One row of a table; a bar inside a cell is escaped."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def one_line(text: str | None) -> str:
    """A docstring or help text without its line breaks."""
    return " ".join((text or "").split())


def structs(path: str, base: str) -> Iterator[tuple[str, list[str], str]]:
    """Name, fields and docstring of every struct derived from a base, in the file's order."""
    for node in tree_of(Path(path)).body:
        if isinstance(node, ast.ClassDef) and base in {ast.unparse(b) for b in node.bases}:
            fields = [
                f"{ast.unparse(field.target)}: {ast.unparse(field.annotation)}"
                for field in node.body
                if isinstance(field, ast.AnnAssign)
            ]
            yield node.name, fields, one_line(ast.get_docstring(node))


def reasons() -> Iterator[tuple[str, str]]:
    """Every reason with the sentence below it."""
    (members,) = [
        node.body
        for node in tree_of(Path("engine/core/reason.py")).body
        if isinstance(node, ast.ClassDef)
    ]
    for member, sentence in pairwise(members):
        if isinstance(member, ast.Assign):
            assert isinstance(sentence, ast.Expr), f"{ast.unparse(member)} is not explained"
            yield ast.unparse(member.targets[0]), one_line(ast.literal_eval(sentence.value))


def program() -> click.Group:
    """The console script's group of commands."""
    (script,) = entry_points(group="console_scripts", name="margincall")
    group = script.load()
    assert isinstance(group, click.Group)
    return group


def options(command: click.Command) -> Iterator[tuple[str, str]]:
    """Every option of a command as its user types it, with its help; empty if it has none."""
    context = click.Context(command, info_name=command.name)
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record and "--help" not in parameter.opts:
            yield record[0], one_line(record[1]) if parameter.help else ""


def struct_table(base: str, *paths: str) -> Iterator[str]:
    """The table of one vocabulary."""
    yield row("name", "says", "fields")
    yield "|---|---|---|"
    for path in paths:
        for name, fields, says in structs(path, base):
            yield row(f"`{name}`", says, ", ".join(f"`{field}`" for field in fields))


def commands_of(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command below a group with the words that call it, groups before what is in them."""
    for name, command in sorted(group.commands.items()):
        words = f"{above} {name}".strip()
        yield words, command
        if isinstance(command, click.Group):
            yield from commands_of(command, words)


def figure_table() -> Iterator[str]:
    """What a scene can show and expect."""
    yield "### Figures of scenes"
    yield "What a scene of a lab may name under `shows` and `expect`."
    yield ""
    yield row("figure", "of a", "is", "says")
    yield "|---|---|---|---|"
    for name, figure in FIGURES.items():
        absent = f"; else `{figure.absent}`" if figure.absent != "-" else ""
        yield row(f"`{name}`", figure.level, figure.kind, figure.words + absent)


def command_line() -> Iterator[str]:
    """A heading, a sentence and a table of options for each command."""
    for name, command in commands_of(program()):
        context = click.Context(command, info_name=f"margincall {name}")
        yield f"### `{' '.join(command.get_usage(context).split()[1:])}`"
        yield one_line(command.help)
        rows = [row(f"`{typed}`", meaning) for typed, meaning in options(command)]
        if rows:
            yield ""
            yield from ("| option | meaning |", "|---|---|", *rows)
        yield ""


def reference() -> str:
    """The whole generated part, markers included."""
    lines = [
        BEGIN,
        "## Reference",
        "### Commands",
        "All have `at_us`, UTC microseconds.",
        "",
        *struct_table("Command", "engine/core/command.py"),
        "",
        "### Events",
        "All have `seq`, counted from 1, and `at_us`.",
        "",
        *struct_table(
            "Event",
            "engine/core/account_event.py",
            "engine/core/trading_event.py",
            "engine/core/event.py",
        ),
        "",
        *figure_table(),
        "",
        "### Reasons",
        row("reason", "says"),
        "|---|---|",
        *(row(f"`{name}`", says) for name, says in reasons()),
        "",
        *command_line(),
        END,
    ]
    return "\n".join(lines)


def split(page: str) -> tuple[str, str, str]:
    """What stands before the generated part, the part, and what stands after it."""
    if BEGIN not in page:
        return page.rstrip("\n") + "\n\n", "", "\n"
    before, rest = page.split(BEGIN)
    part, after = rest.split(END)
    return before, BEGIN + part + END, after


def main() -> None:
    """Write the page anew, or show the part."""
    if sys.argv[1:] != ["--write"]:
        print(reference())
        return
    before, _, after = split(PAGE.read_text())
    PAGE.write_text(before + reference() + after)


if __name__ == "__main__":
    main()
