"""`margincall venues`: which venues there are, what each does, and where two differ."""

import click
import msgspec
from rich.table import Table
from rich.text import Text

from engine.cli.mistake import told
from engine.config.find import find, names
from engine.config.venue import load_profile, load_venue
from engine.report.console import printed, ruled
from engine.report.venue_codes import code_lines
from engine.report.venue_page import (
    CODES,
    About,
    ContractTold,
    Difference,
    VenuePage,
    bracket_lines,
    differences,
    sizes_of,
    venue_page,
)

_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")

NO_ABOUT = (
    "everything: the file has no table [about], whose as_of dates its facts and whose unknown says "
    "which of them are guessed"
)
"""What is not known of a venue whose file does not say it."""


@click.group(
    short_help="List venues, explain one, compare two.",
    invoke_without_command=True,
)
@_JSON
@click.pass_context
def venues(context: click.Context, as_json: bool) -> None:
    """List the venues that ship with the project, by the names that a lab's `venue` takes.

    \b
    Examples:
      margincall venues show binance
      margincall venues diff binance kraken
    """
    if context.invoked_subcommand is not None:
        return
    with told():
        pages = [load_page(name) for name in names("venues")]
    if as_json:
        found = [{"venue": each.venue, "title": each.title, "as_of": each.as_of} for each in pages]
        click.echo(msgspec.json.encode(found))
        return
    table = ruled()
    for name in ("venue", "", "facts of"):
        table.add_column(name)
    for each in pages:
        table.add_row(each.venue, each.title, each.as_of)
    printed(table)


@venues.command(short_help="Explain a venue in words.")
@click.argument("name", metavar="NAME|PATH")
@_JSON
def show(name: str, as_json: bool) -> None:
    """Explain a venue in words: what triggers, what happens in which order, and who pays."""
    with told():
        page = load_page(name)
    if as_json:
        click.echo(msgspec.json.encode(page))
        return
    click.echo(f"{page.title} ({page.venue}), facts of {page.as_of}")
    for topic in page.topics:
        click.echo(f"\n{topic.title}")
        for each in topic.settings:
            click.echo(f"  {each.words}")
    for contract in page.contracts:
        click.echo("\n" + "\n".join(_contract_lines(contract)))
    if page.codes:
        click.echo(f"\n{CODES}")
        for line in code_lines(page.codes):
            click.echo(f"  {line}")
    if page.unknown:
        click.echo("\nGuessed, from memory or not published")
        for line in page.unknown:
            click.echo(f"  {line}")


@venues.command(short_help="Say where two venues differ.")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@_JSON
def diff(one: str, other: str, as_json: bool) -> None:
    """Say where two venues differ, setting by setting and contract by contract."""
    with told():
        pages = load_page(one), load_page(other)
    found = differences(*pages)
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    if not found:
        click.echo(f"{pages[0].venue} and {pages[1].venue} differ in nothing.")
        return
    printed(_differences_table(found, pages))


def load_page(name: str) -> VenuePage:
    """Read a venue by its name or path and explain it."""
    rules, contracts = load_profile(name)
    about = load_venue(find("venues", name)).about
    if about is None:
        return venue_page(rules, contracts, About(rules.name, "an unknown day", (NO_ABOUT,)))
    return venue_page(rules, contracts, About(about.title, about.as_of, about.unknown))


def _contract_lines(contract: ContractTold) -> list[str]:
    return [
        contract.symbol,
        f"  tick {contract.tick}, lot {contract.lot}, "
        f"{sizes_of(contract)}; "
        f"closing fee counted in: {contract.closing_fee}; funding: {contract.funding}",
        *(f"  {line}" for line in bracket_lines(contract)),
    ]


def _differences_table(found: list[Difference], pages: tuple[VenuePage, VenuePage]) -> Table:
    table = ruled()
    table.add_column("")
    table.add_column("setting")
    for page in pages:
        table.add_column(page.venue, overflow="fold")
    before = ""
    for each in found:
        table.add_row(
            Text("" if each.about == before else each.about, "bold"), each.setting, *each.sides
        )
        before = each.about
    return table
