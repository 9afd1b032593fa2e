"""Options that all services share: the brokers, the lab's name on them, the health port."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import click

from engine.bus.kafka import KafkaBus, connected
from engine.bus.names import Topics
from engine.cli.mistake import Mistake

F = TypeVar("F", bound=Callable[..., Any])

bootstrap = click.option(
    "--bootstrap",
    metavar="HOST:PORT[,...]",
    envvar="MARGINCALL_BOOTSTRAP",
    show_envvar=True,
    help="The Kafka brokers.",
)
name = click.option("--name", metavar="NAME", help="What the topics begin with; else the lab.")
named = click.option(
    "--name", metavar="NAME", required=True, help="What the topics begin with: mostly the lab."
)
lab = click.option(
    "--lab",
    "lab_name",
    metavar="NAME|PATH",
    required=True,
    help="A lab that ships with the project, or the path of a .toml.",
)
health = click.option(
    "--health",
    "port",
    metavar="PORT",
    type=click.IntRange(0, 65_535),
    help="Serve /healthz, /readyz and /metrics on this port of 127.0.0.1; 0: any free one.",
)
bots = click.option(
    "--bot", "bots", metavar="NAME", multiple=True, help="A bot with topics of its own; repeat."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def topics_of(name: str, bots: tuple[str, ...] = ()) -> tuple[Topics, list[str]]:
    """A lab's topics, and the names of all of them with those of the bots. Raises `Mistake`."""
    try:
        topics = Topics(name)
        names = [*topics.shared(), *(topic for bot in bots for topic in topics.of_bot(bot))]
    except ValueError as error:
        raise Mistake(str(error)) from error
    return topics, names


def brokers(bootstrap: str | None) -> str:
    """The brokers that were named. Raises `Mistake` if none were."""
    if not bootstrap:
        raise Mistake("no broker was named; give --bootstrap HOST:PORT or set MARGINCALL_BOOTSTRAP")
    return bootstrap


@asynccontextmanager
async def bus_at(bootstrap: str | None) -> AsyncIterator[KafkaBus]:
    """The bus over the brokers that were named. Raises `Mistake` and `BusError`."""
    async with connected(brokers(bootstrap)) as bus:
        yield bus
