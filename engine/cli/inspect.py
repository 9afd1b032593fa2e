"""`margincall inspect`: what a tick file is, before anything is done with it."""

from collections.abc import Iterator

import click
import msgspec
from rich.console import Console
from rich.table import Table

from engine.cli.mistake import told
from engine.config.lab import load_lab
from engine.report.console import ruled
from engine.report.text import aligned, grouped, moment
from feeds.inspect import ContractFact, Inspection
from feeds.inspect import inspect as look
from feeds.replay import FileArg

CONTRACTS_SHOWN = 20
"""Most contracts in the tables; --json has all."""


@click.command(short_help="Say what a tick file is.")
@click.argument("file", metavar="FILE")
@click.option("--format", "format_name", metavar="NAME", help="The file's format; else by content.")
@click.option("--lab", "lab_name", metavar="NAME|PATH", help="A lab whose column maps are known.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def inspect(*, file: str, format_name: str | None, lab_name: str | None, as_json: bool) -> None:
    """Say what a tick file is: its format, contracts, span, prices, moves, gaps and faults.

    FILE is a tick file, or SYMBOL=FILE to call its contract so. No lab is needed: the steps of
    prices and sizes are guessed from the numbers.

    \b
    Examples:
      margincall inspect BTCUSDT-trades-2024-07-18.zip
      margincall inspect XBTUSD_trades_2018-01-01_first100k.csv.gz --lab bitmex-2018 --json
    """
    with told():
        settings = load_lab(lab_name).feed if lab_name else None
        screen = Console(stderr=True)
        if screen.is_terminal and not as_json:
            with screen.status(f"reading {file}"):
                found = look(FileArg.parse(file, format_name), settings)
        else:
            found = look(FileArg.parse(file, format_name), settings)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    console = Console()
    if console.is_terminal:
        _show(found, console)
    else:
        click.echo("\n".join(lines(found)))


def lines(found: Inspection) -> list[str]:
    """The answer as plain lines, a fact a line."""
    result = [*_about(found)]
    shown = found.contracts[:CONTRACTS_SHOWN]
    for fact in shown:
        result.append(f"{fact.contract}: {_kinds(fact)}, {_span(fact)}")
        result += [f"{fact.contract}: {text}" for text in _numbers(fact)]
        for within, share, prices, at in _moves(fact):
            result.append(f"{fact.contract}: largest move in {within} {share}, {prices}, at {at}")
        for lasted, after in _pauses(fact):
            result.append(f"{fact.contract}: nothing for {lasted} after {after}")
    return result + _more(found)


def _show(found: Inspection, console: Console) -> None:
    for line in _about(found):
        console.print(line, highlight=False, markup=False)
    spans = _table("Contracts", "contract", "ticks", "from (UTC)", "to (UTC)")
    prices = _table(
        "Prices", "contract", right=("low", "high", "first", "last", "step", "size step")
    )
    moves = _table("Largest moves", "contract", "within", right=("move",), then=("prices", "at"))
    pauses = _table("Longest pauses", "contract", right=("lasted",), then=("after",))
    shown = found.contracts[:CONTRACTS_SHOWN]
    priced = [fact for fact in shown if fact.low is not None]
    columns = [
        aligned([_number(number) for number in numbers])
        for numbers in zip(*map(_of_prices, priced), strict=True)
    ]
    for number, fact in enumerate(priced):
        prices.add_row(fact.contract, *(column[number] for column in columns))
    for fact in shown:
        spans.add_row(fact.contract, _kinds(fact), moment(fact.first_us), moment(fact.last_us))
        for move in _moves(fact):
            moves.add_row(fact.contract, *move)
        for pause in _pauses(fact):
            pauses.add_row(fact.contract, *pause)
    for table in (spans, prices, moves, pauses):
        if table.row_count:
            console.print(table)
    rates = [f"{fact.contract}: {text}" for fact in found.contracts for text in _rates(fact)]
    for line in [*rates, *_more(found)]:
        console.print(line, highlight=False)


def _of_prices(fact: ContractFact) -> tuple[str | None, ...]:
    return fact.low, fact.high, fact.first, fact.last, fact.price_step, fact.size_step


def _table(
    title: str, *columns: str, right: tuple[str, ...] = (), then: tuple[str, ...] = ()
) -> Table:
    table = ruled(title)
    for name in columns:
        table.add_column(name)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    for name in then:
        table.add_column(name)
    return table


def _about(found: Inspection) -> Iterator[str]:
    """What holds for the file as a whole."""
    yield f"{found.path}: {found.format}, {found.bytes:,} bytes, sha256 {found.sha256}"
    if found.not_replayed is not None:
        yield f"not replayed: {found.not_replayed}"
    yield f"{found.rows:,} rows become {found.ticks:,} ticks"
    yield (
        f"out of order: {found.out_of_order:,}"
        + (f", by {_seconds(found.late_max_us)} at most" if found.out_of_order else "")
    )
    duplicates = found.skipped.get("duplicate", 0)
    yield f"duplicates: {duplicates:,} by id, {found.repeated:,} rows like the row before"
    for reason, count in found.skipped.items():
        first = found.first_skips[reason]
        many = "row" if count == 1 else "rows"
        yield (
            f"skipped: {count:,} {many} as {reason}, first in line {first.line}: found "
            f"{first.found!r}"
        )


def _more(found: Inspection) -> list[str]:
    left = len(found.contracts) - CONTRACTS_SHOWN
    return [f"... and {left:,} more contracts in --json"] if left > 0 else []


def _kinds(fact: ContractFact) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in fact.ticks.items())


def _span(fact: ContractFact) -> str:
    return f"{moment(fact.first_us)} to {moment(fact.last_us)} UTC"


def _numbers(fact: ContractFact) -> Iterator[str]:
    if fact.low is not None:
        yield (
            f"price {_number(fact.low)} to {_number(fact.high)}, first {_number(fact.first)}, "
            f"last {_number(fact.last)}"
        )
    if fact.price_step is not None:
        sizes = f", sizes of {fact.size_step}" if fact.size_step else ""
        yield f"steps of {fact.price_step}{sizes}"
    yield from _rates(fact)


def _rates(fact: ContractFact) -> Iterator[str]:
    if fact.rate_low is not None:
        yield f"funding rate {fact.rate_low} to {fact.rate_high}"


def _moves(fact: ContractFact) -> Iterator[tuple[str, str, str, str]]:
    for move in fact.moves:
        prices = f"{_number(move.from_price)} to {_number(move.to_price)}"
        yield move.within, f"{move.ppm / 10_000:+.4f} %", prices, moment(move.at_us)


def _pauses(fact: ContractFact) -> Iterator[tuple[str, str]]:
    for pause in fact.pauses:
        yield _seconds(pause.lasted_us), moment(pause.after_us)


def _number(text: str | None) -> str:
    return "-" if text is None else grouped(text)


def _seconds(micros: int) -> str:
    return f"{micros / 1_000_000:,.3f} s"
