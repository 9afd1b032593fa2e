"""`margincall compare`: the same ticks and accounts under one margin mode or venue and another."""

from pathlib import Path

import click

from engine.cli.compare_files import DATA, PAGE, PICTURE, write
from engine.cli.contest import by_mode, by_venue, compared
from engine.cli.mistake import Mistake, told
from engine.cli.scenes import look
from engine.core.command import Mode
from engine.report.compare import encoded
from engine.report.compare_table import table
from engine.report.console import printed
from engine.scenes.read import load_bill

MODES: tuple[Mode, ...] = ("isolated", "cross")


class Modes(click.ParamType[tuple[Mode, ...]]):
    """Margin modes, a comma between them."""

    name = "modes"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Mode, ...]:
        """Read the list; anything but the two modes, each at most once, is a usage error."""
        if isinstance(value, tuple):
            return value
        named = str(value).split(",")
        found = tuple(mode for word in named for mode in MODES if mode == word.strip())
        if len(found) != len(named) or len(set(found)) != len(found):
            known = ", ".join(MODES)
            self.fail(f"found {value!r}, expected one or more of {known}", param, ctx)
        return found


class Venues(click.ParamType[tuple[str, ...]]):
    """Names or paths of venues, a comma between them."""

    name = "venues"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Read the list; an empty name or one that is there twice is a usage error."""
        if isinstance(value, tuple):
            return value
        found = tuple(word.strip() for word in str(value).split(","))
        if not all(found) or len(set(found)) != len(found):
            self.fail(f"found {value!r}, expected names of venues, each once", param, ctx)
        return found


@click.command(short_help="Run a lab in each margin mode or by each venue, side by side.")
@click.argument("lab_name", metavar="LAB")
@click.argument("files", metavar="[FILE...]", nargs=-1)
@click.option(
    "--modes",
    type=Modes(),
    help="Margin modes to run, in this order. [default: isolated,cross]",
)
@click.option(
    "--venues",
    type=Venues(),
    help="Venues by whose rules to run instead; every account keeps its margin mode.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=f"Folder for {PAGE}, {PICTURE} and {DATA}; earlier ones there are replaced.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def compare(
    *,
    lab_name: str,
    files: tuple[str, ...],
    modes: tuple[Mode, ...] | None,
    venues: tuple[str, ...] | None,
    out: Path | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the same ticks and the same accounts in each margin mode and compare the outcomes.

    LAB is one that ships with the project, or the path of a .toml. FILE is a tick file as in
    `margincall replay`; a lab that makes its own ticks needs none. Every account of the lab and
    its crowd is put into the mode, whatever the lab says. With --venues it is the rules, brackets
    and funding that change; ticks, lots and books stay those of the lab's own venue. A crowd's
    traders pay in and open no more than a venue lets them: what was paid in may differ by that.
    A venue that closes in steps counts each step as a liquidation.

    A lab of several scenes plays each of them in its own modes, as `margincall replay` does, but
    without a log.

    \b
    Examples:
      margincall compare quickstart --modes isolated,cross --out out/both
      margincall compare quickstart --venues textbook,binance
    """
    if modes and venues:
        raise click.UsageError("give --modes or --venues, not both")
    with told():
        bill = load_bill(lab_name, alone=False)
        if bill is not None:
            if files or modes or venues:
                raise Mistake(
                    f"the lab {bill.name} is several scenes, each with ticks and modes of its own; "
                    f"name no file, --modes or --venues, or give the path of one scene"
                )
            look(bill, out, quiet=quiet, as_json=as_json)
            return
        sides = by_venue(lab_name, venues) if venues else by_mode(lab_name, modes or MODES)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
        result, runs = compared(sides, files, quiet=quiet or as_json)
        if out is not None:
            write(out, result, runs)
        if as_json:
            click.echo(encoded(result).decode(), nl=False)
        elif not quiet:
            printed(table(result))
            if out is not None:
                click.echo(f"\nWritten: {out / PAGE}, {out / PICTURE} and {out / DATA}.")
