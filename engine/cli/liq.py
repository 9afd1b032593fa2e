"""`margincall liq`: where an isolated position is liquidated, by three formulas."""

from fractions import Fraction
from math import lcm
from typing import Literal

import click
import msgspec

from engine.cli.numbers import PositiveDecimal
from engine.core.margin import liquidation_price
from engine.core.margin.liquidation_price import Holding, Row
from engine.core.money import PPM, div_half_even

_ARTICLE = ("long", Fraction(65_000), Fraction(10), Fraction(1, 200))
_ARTICLE_NOTE = (
    "The article prints 58,465 for these numbers. That agrees neither with its own formula "
    "(58,825.00) nor with the exact one (58,793.97), and lies below the bankruptcy price "
    "(58,500.00): a venue that waited for it would liquidate only bankrupt accounts."
)


class Prices(msgspec.Struct, frozen=True):
    """The answer: prices as texts with 4 decimals, `exact_tick` on the contract's tick grid.

    `exact` and `exact_tick` are None where the position is never liquidated.
    """

    exact: str | None
    approximate: str
    bankruptcy: str
    exact_tick: str | None
    note: str | None


@click.command(short_help="Where is an isolated position liquidated?")
@click.option(
    "--side", type=click.Choice(["long", "short"]), required=True, help="Of the position."
)
@click.option("--entry", type=PositiveDecimal(), required=True, help="Entry price.")
@click.option("--leverage", type=PositiveDecimal(), required=True, help="Notional / margin.")
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
    required=True,
    help="Maintenance margin rate of the bracket: 0.005 is 0.5 %.",
)
@click.option(
    "--tick", type=PositiveDecimal(), default="0.1", show_default=True, help="Price step."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def liq(
    *,
    side: Literal["long", "short"],
    entry: Fraction,
    leverage: Fraction,
    margin: Fraction,
    mmr: Fraction,
    tick: Fraction,
    as_json: bool,
) -> None:
    """Compute the liquidation price of an isolated position.

    The exact price takes maintenance on the notional at the mark, as venues do; the approximate
    one takes it on the notional at entry, as textbooks do. At the bankruptcy price the margin is
    gone. On the tick grid, a long's price is rounded up and a short's down: against the delay.

    \b
    Example:
      margincall liq --side long --entry 65000 --leverage 10 --margin 1000 --mmr 0.005
    """
    if (mmr * PPM).denominator != 1:
        raise click.UsageError("--mmr: expected whole parts per million (6 decimals)")
    if mmr * leverage >= 1:
        raise click.UsageError(
            f"--mmr x --leverage is {float(mmr * leverage):g}; expected below 1, or the position "
            f"would be liquidated when it is opened"
        )
    answer = prices(side=side, entry=entry, leverage=leverage, margin=margin, mmr=mmr, tick=tick)
    if as_json:
        click.echo(msgspec.json.encode(answer).decode())
    else:
        click.echo(_told(answer, entry))


def prices(
    *,
    side: Literal["long", "short"],
    entry: Fraction,
    leverage: Fraction,
    margin: Fraction,
    mmr: Fraction,
    tick: Fraction,
) -> Prices:
    """Compute all prices of one position."""
    size = margin * leverage / entry
    whole = lcm(size.denominator, (size * entry).denominator, margin.denominator)
    holding = Holding(side, int(size * whole), int(size * entry * whole), int(margin * whole))
    flat = (Row(0, mmr),)
    exact = liquidation_price.exact(holding, flat)
    on_grid = None
    if exact is not None:
        steps = liquidation_price.to_tick(exact / tick, 1, side)
        on_grid = _text(steps * tick, _decimals(tick))
    is_article = (side, entry, leverage, mmr) == _ARTICLE
    return Prices(
        exact=None if exact is None else _text(exact, 4),
        approximate=_text(liquidation_price.approximate(holding, flat), 4),
        bankruptcy=_text(liquidation_price.bankruptcy(holding), 4),
        exact_tick=on_grid,
        note=_ARTICLE_NOTE if is_article else None,
    )


def _decimals(tick: Fraction) -> int:
    places = 0
    while (tick * 10**places).denominator != 1:
        places += 1
    return places


def _text(price: Fraction, places: int) -> str:
    digits = div_half_even(price.numerator * 10**places, price.denominator)
    text = str(abs(digits)).rjust(places + 1, "0")
    sign = "-" if digits < 0 else ""
    return f"{sign}{text[:-places]}.{text[-places:]}" if places else f"{sign}{text}"


def _told(answer: Prices, entry: Fraction) -> str:
    rows = [
        ("exact", answer.exact, "maintenance on the notional at the mark"),
        ("on the tick grid", answer.exact_tick, "rounded against the trader's delay"),
        ("approximate", answer.approximate, "maintenance on the notional at entry"),
        ("bankruptcy", answer.bankruptcy, "equity is 0"),
    ]
    lines = [f"{name:<17} {_moved(price, entry):>28}  {what}" for name, price, what in rows]
    return "\n".join([*lines, "", answer.note] if answer.note else lines)


def _moved(price: str | None, entry: Fraction) -> str:
    if price is None:
        return "never"
    move = (Fraction(price) / entry - 1) * 100
    return f"{price}  ({float(move):+.2f} %)"
