"""`margincall lab`: a whole lab in one process, and what can be done with it from outside."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

import click
import msgspec

from engine.bus import rights
from engine.bus.interface import Bus, Message
from engine.bus.kafka import connected
from engine.bus.memory import MemoryBus
from engine.bus.names import Topics
from engine.cli import services as each
from engine.cli import where
from engine.cli.ending import until_signalled
from engine.cli.lab_facts import Asked, Fact, as_lines, proved
from engine.cli.lab_init import init
from engine.cli.limits import Limits, limited, limits
from engine.cli.mistake import DISAGREEMENT, told
from engine.cli.pacing import paced_as
from engine.cli.run import reactions_of
from engine.cli.serving import Services
from engine.cli.stream import stream_of
from engine.cli.unkept import replay_instead
from engine.config.lab import load_lab
from engine.config.read import Place, micros
from engine.services.export import write_log
from engine.services.health import Address
from engine.services.logs import to_stderr
from engine.services.look import need
from engine.services.meters import Meters
from engine.services.verify import Verdict
from feeds.replay import FileArg

_SERVICES: tuple[rights.Service, ...] = ("feed", "sequencer", "engine", "fanout")


@click.group(short_help="A lab as a running venue, on Apache Kafka or in memory.")
def lab() -> None:
    """A lab as a running venue, on Apache Kafka or in the memory of one process."""


@lab.command(short_help="Run feed, sequencer, engine and fan-out in one process.")
@each.files
@where.lab
@where.name
@where.bots
@each.pace
@each.data
@limits
@click.option("--drain", is_flag=True, help="End once the feed has ended and all is worked off.")
@where.bootstrap
@where.health
def up(
    *,
    files: tuple[str, ...],
    lab_name: str,
    name: str | None,
    bots: tuple[str, ...],
    pace: str | None,
    data: Path | None,
    rate: int | None,
    burst: int | None,
    open_orders: int | None,
    drain: bool,
    bootstrap: str | None,
    health: Address | None,
) -> None:
    """Run feed, sequencer, engine and fan-out in one process.

    Without a broker the lab lives in memory, which ends with it. With one, its topics must be
    there, and killed at any moment it goes on when it is started again.
    """
    with told(), until_signalled() as program:
        settings = paced_as(load_lab(lab_name), pace)
        asked = Limits(rate, burst, open_orders)
        begun = limited(settings, asked)
        topics, names = where.topics_of(name or settings.name, bots)
        folder = each.folder_of(data, topics)
        stream = stream_of(settings, [FileArg.parse(text) for text in files], folder)
        meters = Meters()
        to_stderr(meters.about)

        async def run() -> None:
            async with _bus(bootstrap, names, topics.followed(bots)) as bus:
                services = Services(bus, topics, meters)
                tasks = [
                    services.sequencer(begun),
                    services.engine(folder),
                    services.fanout(),
                    services.feed(stream),
                    *([services.drained] if drain else []),
                ]
                needed = [
                    grant for service in _SERVICES for grant in rights.of_service(topics, service)
                ]
                await services.serve(tasks, needed, health)

        kept = bootstrap is not None
        with nullcontext() if kept else replay_instead(folder, lab_name, files, asked):
            program.run(run)


@asynccontextmanager
async def _bus(
    bootstrap: str | None, names: list[str], followed: Collection[str]
) -> AsyncIterator[Bus]:
    if bootstrap is None:
        yield MemoryBus(names, followed)
        return
    async with connected(bootstrap, where.login()) as bus:
        yield bus


lab.add_command(init)


@lab.command("verify", short_help="Rerun a lab's log and prove what became of it.")
@where.named
@where.bootstrap
@click.option(
    "--traded",
    metavar="BOTS",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="So many bots must have traded.",
)
@click.option(
    "--liquidations",
    metavar="COUNT",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="So many positions must have been liquidated.",
)
@click.option(
    "--wait",
    "wait_s",
    metavar="SECONDS",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="So long that may take; until then it is looked at again.",
)
@where.as_json
def verify_(
    *,
    name: str,
    bootstrap: str | None,
    traded: int,
    liquidations: int,
    wait_s: int,
    as_json: bool,
) -> None:
    """Rerun a lab's log from outside and prove what became of it, fact by fact.

    The log must give every event that was published, and the ledger must add up to zero. What is
    not so is shown with the first difference, and the exit code is 1. The lab may run meanwhile.
    """
    with told():
        topics, _ = where.topics_of(name)

        async def run() -> tuple[Verdict, tuple[Fact, ...]]:
            async with where.bus_at(bootstrap) as bus:
                await need(bus, reads=(topics.log, topics.events))
                return await proved(bus, topics, Asked(traded, liquidations), wait_s)

        verdict, facts = asyncio.run(run())
        holds = all(fact.holds for fact in facts)
        if as_json:
            holding = {"agrees": not verdict.difference, "holds": holds}
            fields = msgspec.to_builtins({"facts": facts})
            click.echo(json.dumps({**holding, **msgspec.to_builtins(verdict), **fields}))
        else:
            click.echo(as_lines(verdict, facts))
        raise click.exceptions.Exit(0 if holds else DISAGREEMENT)


@lab.command(short_help="Write a lab's log into a folder.")
@where.named
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder.")
@where.bootstrap
def export(*, name: str, out: Path, bootstrap: str | None) -> None:
    """Write a lab's log as commands.jsonl, each command as it was applied."""
    with told():
        topics, _ = where.topics_of(name)

        async def run() -> int:
            async with where.bus_at(bootstrap) as bus:
                await need(bus, reads=(topics.log,))
                return await write_log(bus, topics.log, out, reacting_of=reactions_of)

        click.echo(f"{asyncio.run(run()):,} commands written to {out}")


@lab.command(short_help="End the trading of a contract.")
@click.argument("contract")
@where.named
@where.bootstrap
def settle(*, contract: str, name: str, bootstrap: str | None) -> None:
    """Close every position in CONTRACT at the mark and end its trading, as the lab's operator."""
    with told():
        topics, _ = where.topics_of(name)
        _send(topics, {"type": "SettleContract", "contract": contract}, bootstrap)


@lab.command(short_help="Give a bot money.")
@click.argument("account")
@click.argument("amount")
@where.named
@where.bootstrap
def deposit(*, account: str, amount: str, name: str, bootstrap: str | None) -> None:
    """Give ACCOUNT an AMOUNT of the quote currency, as the operator of the lab."""
    with told():
        topics, _ = where.topics_of(name)
        money = micros(amount, Place("AMOUNT"), least=1)
        _send(topics, {"type": "Deposit", "account": account, "amount": money}, bootstrap)


def _send(topics: Topics, command: dict[str, str | int], bootstrap: str | None) -> None:
    """Say something as the operator of a lab."""

    async def run() -> None:
        async with where.bus_at(bootstrap) as bus:
            await need(bus, writes=(topics.admin,))
            await bus.publish(topics.admin, [Message(msgspec.json.encode(command))])
            await bus.flush()

    asyncio.run(run())
    click.echo(f"sent to {topics.admin}: {json.dumps(command)}")
