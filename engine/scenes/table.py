"""Scenes as their reader sees them in a terminal: the claim, one table, what came true."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from engine.report.console import printed, ruled
from engine.report.market_table import HEAD, NOTE, market_rows
from engine.report.text import grouped
from engine.scenes.figure import FIGURES, told
from engine.scenes.outcome import BillOutcome, DaysRow, FigureRow, SceneOutcome

DAY_HEAD = ("day", "realised", "fees", "funding", "topped up", "calls", "draws", "equity")


def show(outcome: BillOutcome) -> None:
    """Print every scene, and how many came true."""
    for scene in outcome.scenes:
        printed(told_scene(scene), Text(""))
    printed(NOTE, verdict(outcome))


def verdict(outcome: BillOutcome) -> str:
    """How many scenes came true."""
    held, count = sum(scene.holds for scene in outcome.scenes), len(outcome.scenes)
    return f"{held} of {count} scenes came out as they expect"


def told_scene(scene: SceneOutcome) -> Group:
    """A scene in lines and tables."""
    parts: list[RenderableType] = [
        Text(f"{scene.name}: {scene.title}", "bold"),
        Text(f"Claim: {scene.claim}"),
    ]
    if scene.finding:
        parts.append(Text(f"Run:   {scene.finding}"))
    for title, table in tables(scene):
        parts += [Text(title), table] if title else [table]
    for check in scene.checks:
        verdict = "true" if check.holds else f"NOT TRUE, found {check.found}"
        look = "green" if check.holds else "bold red"
        parts.append(Text.assemble("  ", (verdict, look), f": {check.says}"))
    return Group(*parts)


def tables(scene: SceneOutcome) -> Iterator[tuple[str, Table]]:
    """Figures, days and prices, each with its title where it has one."""
    yield "", table_of(("", "", *scene.modes), _once(rows(scene)), left=2)
    for days in scene.days:
        yield f"{days.account}, {days.mode}, day by day", table_of(DAY_HEAD, day_rows(days), left=1)
    yield "", table_of(HEAD, market_rows(scene.markets), left=1)


def rows(scene: SceneOutcome) -> Iterator[tuple[str, ...]]:
    """Whose, what, and its value in each mode."""
    for row in scene.figures:
        if row.account and row.account not in scene.accounts:
            continue
        figure = FIGURES[row.figure]
        values = (told(figure, row.values.get(mode)) for mode in scene.modes)
        yield (_whose(row), figure.words, *values)


def _once(cells: Iterator[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows that say whose they are only where the one before says something else."""
    result = []
    before = None
    for whose, *rest in cells:
        result.append(("" if whose == before else whose, *rest))
        before = whose
    return result


def _whose(row: FigureRow) -> str:
    parts = (row.account, row.contract, row.moment)
    return ", ".join(part for part in parts if part) or "all accounts"


def day_rows(days: DaysRow) -> list[tuple[str, ...]]:
    """An account's days as cells."""
    return [
        (
            day.day,
            grouped(day.realized, 2),
            grouped(day.fees, 2),
            grouped(day.funding, 2),
            grouped(day.top_ups, 2),
            f"{day.margin_calls:,}",
            f"{day.pool_draws:,}",
            grouped(day.equity, 2),
        )
        for day in days.days
    ]


def table_of(head: tuple[str, ...], cells: list[tuple[str, ...]], *, left: int) -> Table:
    """A table of texts, numbers from the column `left` on."""
    result = ruled()
    for place, name in enumerate(head):
        result.add_column(name, justify="left" if place < left else "right")
    for row in cells:
        result.add_row(*row)
    return result
