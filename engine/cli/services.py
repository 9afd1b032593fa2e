"""`margincall feed`, `sequencer`, `engine` and `fanout`: the services, each its own process."""

from collections.abc import Callable
from pathlib import Path

import click

from engine.bus import rights
from engine.bus.names import Topics
from engine.cli import where
from engine.cli.ending import until_signalled
from engine.cli.limits import Limits, limited, limits
from engine.cli.mistake import told
from engine.cli.pacing import paced_as
from engine.cli.serving import Service, Services
from engine.cli.stream import stream_of
from engine.config.lab import load_lab
from engine.services.engine import SNAPSHOT_EVERY
from engine.services.health import Address
from engine.services.logs import to_stderr
from engine.services.meters import Meters
from engine.services.signals import Program
from feeds.replay import FileArg

data = click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of this lab's snapshots and ticks.  [default: out/NAME]",
)
files = click.argument("files", metavar="[FILE...]", nargs=-1)
pace = click.option("--pace", metavar="PACE", help="max, realtime or a factor such as 10x.")


def folder_of(data: Path | None, topics: Topics) -> Path:
    """The folder of a lab's data."""
    return data or Path("out") / topics.lab


@click.command(short_help="Send a lab's ticks to its topic.")
@files
@where.lab
@where.name
@pace
@data
@where.bootstrap
@where.health
def feed(
    *,
    files: tuple[str, ...],
    lab_name: str,
    name: str | None,
    pace: str | None,
    data: Path | None,
    bootstrap: str | None,
    health: Address | None,
) -> None:
    """Send tick files, or the ticks that a lab makes, to the lab's topic, and end.

    Started again, it goes on behind what is durable. FILE is as for `margincall replay`.
    """
    with told(), until_signalled() as program:
        lab = paced_as(load_lab(lab_name), pace)
        topics, _ = where.topics_of(name or lab.name)
        arguments = [FileArg.parse(text) for text in files]
        stream = stream_of(lab, arguments, folder_of(data, topics))
        _serve(
            program,
            bootstrap,
            topics,
            service="feed",
            health=health,
            made=lambda each: each.feed(stream),
        )


@click.command(short_help="Bring all that comes in into one order.")
@where.lab
@where.name
@limits
@where.bootstrap
@where.health
def sequencer(
    *,
    lab_name: str,
    name: str | None,
    rate: int | None,
    burst: int | None,
    open_orders: int | None,
    bootstrap: str | None,
    health: Address | None,
) -> None:
    """Bring ticks, orders of bots and the operator's commands into the lab's log.

    The log begins with the lab's configuration, its limits included, and goes on with the same
    one only. What is no command goes to the dead letters.
    """
    with told(), until_signalled() as program:
        lab = limited(load_lab(lab_name), Limits(rate, burst, open_orders))
        topics, _ = where.topics_of(name or lab.name)
        _serve(
            program,
            bootstrap,
            topics,
            service="sequencer",
            health=health,
            made=lambda each: each.sequencer(lab),
        )


@click.command(short_help="Apply a lab's log and publish its events.")
@where.named
@data
@where.bootstrap
@where.health
@click.option(
    "--snapshot-every",
    metavar="COMMANDS",
    type=click.IntRange(min=1),
    default=SNAPSHOT_EVERY,
    show_default=True,
    help="After a crash, at most so many commands are applied again.",
)
def engine(
    *,
    name: str,
    data: Path | None,
    bootstrap: str | None,
    health: Address | None,
    snapshot_every: int,
) -> None:
    """Apply a lab's log and publish its events.

    Killed at any moment and started again, it goes on from the newest snapshot and publishes
    what is missing; nothing is lost and nothing is applied twice.
    """
    with told(), until_signalled() as program:
        topics, _ = where.topics_of(name)
        folder = folder_of(data, topics)
        _serve(
            program,
            bootstrap,
            topics,
            service="engine",
            health=health,
            made=lambda each: each.engine(folder, snapshot_every),
        )


@click.command(short_help="Spread a lab's events over topics for its readers.")
@where.named
@where.bootstrap
@where.health
def fanout(*, name: str, bootstrap: str | None, health: Address | None) -> None:
    """Spread a lab's events over its public topics and those of its bots."""
    with told(), until_signalled() as program:
        topics, _ = where.topics_of(name)
        _serve(
            program,
            bootstrap,
            topics,
            service="fanout",
            health=health,
            made=lambda each: each.fanout(),
        )


def _serve(
    program: Program,
    bootstrap: str | None,
    topics: Topics,
    *,
    service: rights.Service,
    health: Address | None,
    made: Callable[[Services], Service],
) -> None:
    meters = Meters()
    to_stderr(meters.about)

    async def run() -> None:
        async with where.bus_at(bootstrap) as bus:
            services = Services(bus, topics, meters)
            await services.serve([made(services)], rights.of_service(topics, service), health)

    program.run(run)
