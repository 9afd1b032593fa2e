"""`margincall liq`: where positions are liquidated, on paper and by the rules of a venue."""

from fractions import Fraction
from pathlib import Path
from typing import Literal

import click
import msgspec

from engine.cli.liq_answer import Answer, answered, of_rate, of_venue
from engine.cli.liq_cross import cross_of, pool_lines
from engine.cli.liq_curve import curves_of, table, written
from engine.cli.liq_venue import Market, market_of, markets_of, opened
from engine.cli.mistake import told
from engine.cli.numbers import PositiveDecimal
from engine.config.find import names
from engine.core.margin.liquidation_price import Holding
from engine.core.money import PPM
from engine.report.console import printed

Side = Literal["long", "short"]
_ARTICLE = ("long", Fraction(65_000), Fraction(10), Fraction(1, 200))
_ARTICLE_NOTE = (
    "The article prints 58,465 for these numbers. That agrees neither with its own formula "
    "(58,825.00) nor with the exact one (58,793.97), and lies below the bankruptcy price "
    "(58,500.00): a venue that waited for it would liquidate only bankrupt accounts."
)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The options; None and empty where they were not given."""

    side: Side | None
    entry: Fraction | None
    leverage: Fraction | None
    margin: Fraction
    mmr: Fraction | None
    tick: Fraction
    venues: tuple[str, ...]
    symbol: str | None
    cross: Path | None
    curve: bool
    out: Path | None
    explain: bool
    as_json: bool

    def needed(self, name: str) -> str | Fraction:
        """Return an option that must be there. Raises a usage error."""
        value: str | Fraction | None = getattr(self, name)
        if value is None:
            raise click.UsageError(f"--{name} is missing")
        return value


@click.command(short_help="Where are positions liquidated?")
@click.option("--side", type=click.Choice(["long", "short"]), help="Of the position.")
@click.option("--entry", type=PositiveDecimal(), help="Entry price.")
@click.option("--leverage", type=PositiveDecimal(), help="Notional / margin.")
@click.option(
    "--margin",
    type=PositiveDecimal(),
    default="1000",
    show_default=True,
    help="The position's own margin; with the leverage it gives the size.",
)
@click.option(
    "--mmr",
    type=PositiveDecimal(),
    help="Maintenance margin rate of the bracket: 0.005 is 0.5 %. Not with --venue.",
)
@click.option(
    "--tick",
    type=PositiveDecimal(),
    default="0.1",
    show_default=True,
    help="Price step. Not with --venue.",
)
@click.option(
    "--venue",
    "venues",
    metavar="NAME|PATH",
    multiple=True,
    help="Take brackets, fees, steps and trigger from a venue; --curve takes several.",
)
@click.option("--symbol", help="Contract of the venue. [default: its first]")
@click.option(
    "--cross",
    type=click.Path(path_type=Path),
    help="A JSON file of a cross account: wallet, and positions of symbol, side, size, entry, mark "
    "(default: entry) and leverage (default: the venue's). A long and a short one of a symbol are "
    "legs, where the venue has hedge mode.",
)
@click.option("--curve", is_flag=True, help="The way to liquidation from 1x to 125x, by venue.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the curve as a picture (SVG).")
@click.option("--explain", is_flag=True, help="Tell each step of the computation.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def liq(**options: object) -> None:
    """Compute liquidation prices, of an isolated position or of a cross account.

    The exact price takes maintenance on the notional at the mark, as venues do, in the bracket
    that this notional is in; the approximate one takes it on the notional at entry, as textbooks
    do. At the bankruptcy price the margin is gone. On the tick grid, a long's price is rounded up
    and a short's down: against the delay. The first mark is where the venue liquidates.

    \b
    Examples:
      margincall liq --side long --entry 65000 --leverage 10 --margin 1000 --mmr 0.005
      margincall liq --side short --entry 65000 --leverage 50 --venue binance --explain
      margincall liq --cross account.json --venue binance
      margincall liq --curve --side long --entry 65000 --out curve.svg
    """
    asked = msgspec.convert(options, Asked)
    with told():
        if asked.out is not None and not asked.curve:
            raise click.UsageError("--out is the picture of --curve; give both")
        if asked.curve:
            _show_curve(asked)
        elif asked.cross is not None:
            _show_cross(asked, asked.cross)
        else:
            _show_position(asked)


def _one_venue(asked: Asked) -> str:
    if len(asked.venues) != 1:
        raise click.UsageError(f"found {len(asked.venues)} times --venue, expected one")
    return asked.venues[0]


def _show_position(asked: Asked) -> None:
    entry = Fraction(asked.needed("entry"))
    if asked.venues:
        answer = _of_venue(asked, market_of(_one_venue(asked), asked.symbol))
    else:
        answer = _of_rate(asked)
    if asked.as_json:
        click.echo(msgspec.json.encode(answer).decode())
    else:
        click.echo(_told(answer, entry))


def _of_venue(asked: Asked, market: Market) -> Answer:
    if asked.mmr is not None:
        raise click.UsageError("--mmr and --venue: the venue says the rate; leave one out")
    side, entry = str(asked.needed("side")), Fraction(asked.needed("entry"))
    leverage = Fraction(asked.needed("leverage"))
    position, margin = opened(market, side, entry, leverage, asked.margin)
    question = of_venue(market.contract, market.rules, position, margin)
    return answered(question, explain=asked.explain)


def _of_rate(asked: Asked) -> Answer:
    side, entry = asked.needed("side"), Fraction(asked.needed("entry"))
    leverage, mmr = Fraction(asked.needed("leverage")), Fraction(asked.needed("mmr"))
    if (mmr * PPM).denominator != 1:
        raise click.UsageError("--mmr: expected whole parts per million (6 decimals)")
    if mmr * leverage >= 1:
        raise click.UsageError(
            f"--mmr x --leverage is {float(mmr * leverage):g}; expected below 1, or the position "
            f"would be liquidated when it is opened"
        )
    size = asked.margin * leverage / entry
    holding = Holding(
        "long" if side == "long" else "short", size=size, cost=size * entry, margin=asked.margin
    )
    is_article = (side, entry, leverage, mmr) == _ARTICLE
    note = _ARTICLE_NOTE if is_article else None
    return answered(of_rate(holding, mmr, asked.tick), note=note, explain=asked.explain)


def _told(answer: Answer, entry: Fraction) -> str:
    rows = [
        ("exact", answer.exact, "maintenance on the notional at the mark"),
        ("on the tick grid", answer.exact_tick, "rounded against the trader's delay"),
        ("first mark", answer.first_mark, "where the venue liquidates"),
        ("approximate", answer.approximate, "maintenance on the notional at entry"),
        ("bankruptcy", answer.bankruptcy, "equity is 0"),
    ]
    lines = [f"{name:<17} {_moved(price, entry):>28}  {what}" for name, price, what in rows]
    lines += ["", *(f"{n}. {step}" for n, step in enumerate(answer.steps, 1))] * bool(answer.steps)
    return "\n".join([*lines, "", answer.note] if answer.note else lines)


def _moved(price: str | None, entry: Fraction) -> str:
    if price is None:
        return "never"
    move = (Fraction(price) / entry - 1) * 100
    return f"{price}  ({float(move):+.2f} %)"


def _show_cross(asked: Asked, path: Path) -> None:
    pool = cross_of(path, markets_of(_one_venue(asked)), explain=asked.explain)
    if asked.as_json:
        click.echo(msgspec.json.encode(pool).decode())
    else:
        click.echo("\n".join(pool_lines(pool)))


def _show_curve(asked: Asked) -> None:
    side, entry = asked.needed("side"), Fraction(asked.needed("entry"))
    markets = [market_of(name, asked.symbol) for name in asked.venues or names("venues")]
    curves = curves_of(markets, "long" if side == "long" else "short", entry, asked.margin)
    if asked.out is not None:
        written(curves, asked.out)
    if asked.as_json:
        click.echo(msgspec.json.encode(curves).decode())
    else:
        printed(table(curves))
        if asked.out is not None:
            click.echo(f"Written: {asked.out}")
