"""How much a lab lets each account say, where the command line says it."""

from collections.abc import Callable
from typing import Any

import click
import msgspec

from engine.cli.mistake import Mistake
from engine.config.orders import MOST
from engine.config.settings import Lab

_WHOLE = click.IntRange(1, MOST)


class Limits(msgspec.Struct, frozen=True):
    """What is to hold instead of what the lab says; None leaves that as it is.

    `rate` commands a second of the log's time, `burst` at once, `open_orders` that rest.
    """

    rate: int | None = None
    burst: int | None = None
    open_orders: int | None = None


def limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say how much an account may say; they come as `rate`, `burst`, `open_orders`."""
    for option in (
        click.option("--open-orders", metavar="COUNT", type=_WHOLE,
                     help="Orders of an account that may rest at once.  [default: the lab's]"),
        click.option("--burst", metavar="COUNT", type=_WHOLE,
                     help="Commands of an account at once.  [default: as many as in a second]"),
        click.option("--rate", metavar="COUNT", type=_WHOLE,
                     help="Commands of an account a second of the log's time.  "
                          "[default: the lab's]"),
    ):  # fmt: skip
        command = option(command)
    return command


def limited(lab: Lab, asked: Limits) -> Lab:
    """The lab with other limits of what an account may say. Raises `Mistake`."""
    rules = lab.venue.rules
    orders = rules.orders
    if asked.rate is not None:
        burst = asked.rate if asked.burst is None else asked.burst
        orders = msgspec.structs.replace(orders, rate=asked.rate, burst=burst)
    elif asked.burst is not None:
        if not orders.rate:
            raise Mistake(
                f"--burst {asked.burst} was given for a lab without a rate; expected --rate too: "
                "the burst is what it may be exceeded by"
            )
        orders = msgspec.structs.replace(orders, burst=asked.burst)
    most = rules.orders_max if asked.open_orders is None else asked.open_orders
    rules = msgspec.structs.replace(rules, orders=orders, orders_max=most)
    return msgspec.structs.replace(lab, venue=msgspec.structs.replace(lab.venue, rules=rules))
