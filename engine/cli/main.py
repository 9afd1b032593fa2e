"""The `margincall` command: its sub-commands and their options."""

import json
from pathlib import Path

import click

from engine.cli.bench import bench
from engine.cli.bot import bot
from engine.cli.check import check as rerun
from engine.cli.compare import compare
from engine.cli.demo import LAB as DEMO
from engine.cli.demo import may_replace
from engine.cli.ending import Whole
from engine.cli.folder import PAGE, SUMMARY, claim
from engine.cli.inspect import inspect
from engine.cli.lab import lab
from engine.cli.liq import liq
from engine.cli.mistake import Mistake, told
from engine.cli.own_ticks import own_ticks, path_of
from engine.cli.pacing import paced_as
from engine.cli.report import report
from engine.cli.run import contracts_of, run, version
from engine.cli.scenes import play
from engine.cli.services import engine, fanout, feed, sequencer
from engine.cli.topics import topics
from engine.cli.vectors import vectors
from engine.cli.venues import venues
from engine.config.find import names
from engine.config.lab import load_lab
from engine.report import terminal
from engine.report.summary import Summary, encoded, json_schema
from engine.scenes.read import load_bill
from feeds.formats.detect import BUILT_IN
from feeds.replay import FileArg, open_feed

STILL = (
    "Note: no file holds trades, and this venue's mark is the last price, which now moves with the "
    'venue\'s own fills alone. Replay a file of trades too, or let the lab say mark = "median".'
)
"""Said where a market would stand still, which nobody wants who brings a file."""
_HELP = {"help_option_names": ["-h", "--help"]}


@click.group(cls=Whole, context_settings=_HELP)
@click.version_option(version(), prog_name="margincall")
def main() -> None:
    """A crypto-perpetuals venue in a box.

    It replays tick files, holds isolated and cross accounts, liquidates them into the book that
    everybody trades on, and shows who paid for the loss. Begin with `margincall demo`.

    \b
    Exit codes:
       0  done, also after SIGINT or SIGTERM, which drain
       1  a rerun disagrees with the run, a numeric example with the engine, or a scene with what
          it expects
       2  a mistake in what was asked; the message says what to do
      70  the venue stopped rather than go on with a wrong ledger
      75  the brokers do not answer, or have lost something; start it again
    """


for each in (bench, bot, inspect, topics, lab, feed, sequencer, engine, fanout):
    main.add_command(each)
main.add_command(liq)
main.add_command(vectors)
main.add_command(report)
main.add_command(compare)
main.add_command(venues)


@main.command(short_help="Run the lab that ships with the project.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("out/demo"),
    show_default=True,
    help="Folder for the results; an earlier demo there is replaced.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of tables.")
def demo(out: Path, quiet: bool, as_json: bool) -> None:
    """Run the lab that ships with the project: a crash, and who pays for it.

    Needs no file and no network. The same trader is there twice, isolated and cross, on the same
    ticks.
    """
    with told():
        lab = load_lab(DEMO)
        claim(out, replace=may_replace(out))
        own = own_ticks(lab, out)
        summary = run(lab, own.feed, out, total=own.total, quiet=quiet or as_json)
        _told(summary, out, quiet=quiet, as_json=as_json)


@main.command(short_help="Replay tick files, or a lab's own ticks, through a lab.")
@click.argument("files", metavar="[FILE...]", nargs=-1)
@click.option(
    "--lab",
    "lab_name",
    metavar="NAME|PATH",
    required=True,
    help="A lab that ships with the project, or the path of a .toml.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the results."
)
@click.option("--force", is_flag=True, help="Replace a run that the folder holds.")
@click.option(
    "--format",
    "format_name",
    metavar="NAME",
    help=f"{', '.join(each.name for each in BUILT_IN)}, or a column map of the lab; else the "
    f"content tells.",
)
@click.option("--pace", metavar="PACE", help="max, realtime or a factor such as 10x.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print summary.json (of scenes: scenes.json) instead of tables.",
)
def replay(
    *,
    files: tuple[str, ...],
    lab_name: str,
    out: Path,
    force: bool,
    format_name: str | None,
    pace: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Replay tick files through a lab and write what happened to a folder.

    FILE is a tick file, or SYMBOL=FILE where neither a column nor its name says which contract it
    is. Several files are merged by time. A lab that makes its own ticks needs none. Labs that
    ship with the project are listed by `margincall labs`.

    A lab of several scenes plays each of them in its margin modes, into a folder of its own, with
    one page and one table for all; the exit code is 1 if what a scene expects does not come true.

    \b
    Examples:
      margincall replay BTCUSDT-trades-2024-07-18.zip --lab quickstart --out out/day
      margincall replay --lab quickstart --out out/quick
      margincall replay --lab article --out out/article
    """
    with told():
        bill = load_bill(lab_name)
        if bill is not None:
            if files or format_name or pace:
                raise Mistake(
                    f"the lab {bill.name} is played in scenes, which make their own ticks; name "
                    "no file, --format or --pace"
                )
            play(bill, out, force=force, quiet=quiet, as_json=as_json)
            return
        lab = paced_as(load_lab(lab_name), pace)
        total = None
        if files:
            arguments = [FileArg.parse(text, format_name) for text in files]
            feed = open_feed(arguments, contracts_of(lab), lab.feed)
            claim(out, replace=force)
        else:
            path_of(lab)
            claim(out, replace=force)
            own = own_ticks(lab, out)
            feed, total = own.feed, own.total
        if lab.venue.rules.mark == "last" and "trades" not in feed.kinds and not quiet:
            click.echo(STILL, err=True)
        summary = run(lab, feed, out, total=total, quiet=quiet or as_json)
        if not quiet:
            for line in (line for report in feed.reports for line in report.lines()):
                click.echo(line, err=True)
        _told(summary, out, quiet=quiet, as_json=as_json)


@main.command(short_help="Rerun a finished run and compare.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def check(folder: Path, as_json: bool) -> None:
    """Rerun a finished run and say that every event and hash agrees.

    Otherwise the first difference is shown and the exit code is 1.
    """
    with told():
        verdict = rerun(folder)
        told_so = {"agrees": verdict.code == 0, "lines": verdict.lines}
        click.echo(json.dumps(told_so) if as_json else "\n".join(verdict.lines))
        raise click.exceptions.Exit(verdict.code)


@main.command(short_help="List the labs that ship with the project.")
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
def labs(as_json: bool) -> None:
    """List the labs that ship with the project, by the names that --lab takes."""
    found = names("labs")
    click.echo(json.dumps(found) if as_json else "\n".join(found))


@main.command(short_help="Print the JSON Schema of summary.json.")
def schema() -> None:
    """Print the JSON Schema of summary.json, made from the program's own structs."""
    click.echo(json.dumps(json_schema(), indent=2))


def _told(summary: Summary, out: Path, *, quiet: bool, as_json: bool) -> None:
    if as_json:
        click.echo(encoded(summary).decode(), nl=False)
    elif not quiet:
        terminal.show(summary)
        click.echo(f"\nWritten: {out / SUMMARY}, {out / PAGE} and the log beside them.")
        click.echo(f"Again:   margincall check {out}")
