"""`margincall vectors`: numeric examples of venues, computed by the engine and compared."""

import json
from collections import Counter
from pathlib import Path

import click
import msgspec
from rich.table import Table

from engine.cli.mistake import DISAGREEMENT, MISTAKE, told
from engine.report.console import printed, ruled
from engine.vectors.judge import Verdict, judge
from engine.vectors.vector import load

OUTCOMES = ("agreed", "disagreed", "differs", "waiting", "not computed")


@click.command(short_help="Compute a file of numeric examples and compare.")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def vectors(path: Path, as_json: bool) -> None:
    """Compute numeric examples with the engine's own code and say which agree.

    FILE is a JSON list of objects with `id`, `venue`, `kind`, `inputs`, `expected`, `tolerance`
    and `tolerance_kind` (relative or absolute); other keys are passed over. An example that the
    engine computes by another rule differs, one whose mechanism is not built waits: both are
    known by name, and their reasons are printed. The exit code is 1 if any disagreed, 2 if any
    could not be computed because its kind or an input is not known.

    \b
    Example:
      margincall vectors tests/vectors/prices.json
    """
    with told():
        verdicts = [judge(vector, path.parent) for vector in load(path)]
    if as_json:
        click.echo(json.dumps(_summary(verdicts)))
    else:
        printed(_table(verdicts))
        for verdict in verdicts:
            if verdict.outcome != "agreed":
                click.echo(_line(verdict))
    outcomes = {verdict.outcome for verdict in verdicts}
    if "disagreed" in outcomes:
        raise click.exceptions.Exit(DISAGREEMENT)
    if "not computed" in outcomes:
        raise click.exceptions.Exit(MISTAKE)


def _counts(verdicts: list[Verdict]) -> dict[tuple[str, str], Counter[str]]:
    """How often each outcome came, by venue and kind."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for verdict in verdicts:
        counts.setdefault((verdict.venue, verdict.kind), Counter())[verdict.outcome] += 1
    return dict(sorted(counts.items()))


def _summary(verdicts: list[Verdict]) -> dict[str, object]:
    groups = [
        {"venue": venue, "kind": kind, **{name: counted[name] for name in OUTCOMES}}
        for (venue, kind), counted in _counts(verdicts).items()
    ]
    return {
        "agrees": all(verdict.outcome != "disagreed" for verdict in verdicts),
        "groups": groups,
        "vectors": msgspec.to_builtins(verdicts),
    }


def _table(verdicts: list[Verdict]) -> Table:
    table = ruled()
    table.add_column("venue")
    table.add_column("kind")
    for name in OUTCOMES:
        table.add_column(name, justify="right")
    for (venue, kind), counted in _counts(verdicts).items():
        table.add_row(venue, kind, *(str(counted[name] or "") for name in OUTCOMES))
    totals: Counter[str] = Counter(verdict.outcome for verdict in verdicts)
    table.add_row("all", "", *(str(totals[name]) for name in OUTCOMES), style="bold")
    return table


def _line(verdict: Verdict) -> str:
    if verdict.outcome == "disagreed":
        return f"{verdict.id}: disagreed: expected {verdict.expected}, found {verdict.answer}"
    return f"{verdict.id}: {verdict.outcome}: {verdict.reason}"
