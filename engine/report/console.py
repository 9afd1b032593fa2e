"""Tables and trees on their way out: drawn in a terminal, plain lines anywhere else."""

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

WIDE = 500
"""Columns of an output that is no terminal: no line of it is broken."""


def printed(*parts: RenderableType) -> None:
    """Print parts, one below the other; without rules, colours and breaks where nobody looks."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDE)
        for table in (each for part in parts for each in _tables(part)):
            table.box = None
    for part in parts:
        console.print(part, highlight=False)


def ruled(title: str = "") -> Table:
    """An empty table as all are: a rule below the head, nothing around."""
    shown = Text(title, "bold") if title else None
    return Table(title=shown, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)


def _tables(part: RenderableType) -> list[Table]:
    inside = part.renderables if isinstance(part, Group) else [part]
    return [each for each in inside if isinstance(each, Table)]
