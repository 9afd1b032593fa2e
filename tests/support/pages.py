"""Tables of a lab's page that a run prints: `python -m tests.support.pages [--write]`.

Where a page says `<!-- scene NAME -->`, the tables of that scene follow, as `margincall` prints
them; with `--write` they are brought up to date, else the page is printed. A test holds them to it.
"""

import re
import sys
from io import StringIO

from rich.console import Console

from engine.cli.scenes import played
from engine.report.console import WIDE
from engine.scenes.outcome import BillOutcome, SceneOutcome
from engine.scenes.read import load_bill
from engine.scenes.table import tables
from tests.support.source import ROOT

LAB = "article"
PAGE = ROOT / "configs" / "labs" / f"{LAB}.md"
_PLACE = re.compile(r"<!-- scene ([a-z0-9-]+) -->\n(?:```text\n.*?```\n)?", flags=re.DOTALL)


def told(scene: SceneOutcome) -> str:
    """The tables of a scene as plain lines."""
    out = StringIO()
    console = Console(file=out, width=WIDE)
    for place, (title, table) in enumerate(tables(scene)):
        table.box = None
        if place:
            console.print()
        if title:
            console.print(title, highlight=False)
        console.print(table, highlight=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def names(page: str) -> list[str]:
    """The scenes whose tables a page has a place for."""
    return _PLACE.findall(page)


def filled(page: str, outcome: BillOutcome) -> str:
    """The page with the tables of an outcome in their places. Raises KeyError for another scene."""
    scenes = {scene.name: scene for scene in outcome.scenes}

    def block(found: re.Match[str]) -> str:
        return f"<!-- scene {found[1]} -->\n```text\n{told(scenes[found[1]])}```\n"

    return _PLACE.sub(block, page)


def main() -> None:
    """Play the lab and write the page anew, or show it."""
    bill = load_bill(LAB)
    assert bill is not None, f"the lab {LAB} has scenes"
    page = filled(PAGE.read_text("utf-8"), played(bill, quiet=True))
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page, "utf-8")
    else:
        sys.stdout.write(page)


if __name__ == "__main__":
    main()
