"""`margincall lab init`: what a lab's brokers need before its services start, once."""

import asyncio
import json
from pathlib import Path

import click
import msgspec

from engine.bus.interface import Bus, Message
from engine.bus.kafka_topics import create as create_topics
from engine.bus.names import Topics
from engine.cli import where
from engine.cli.mistake import Mistake, told
from engine.cli.secured import passwords, secured
from engine.config.lab import load_lab
from engine.config.read import Place, micros
from engine.services.look import paged


@click.command("init", short_help="Make a lab's topics and give its bots money, once.")
@where.lab
@where.name
@click.option(
    "--bot",
    "bots",
    metavar="NAME[=AMOUNT]",
    multiple=True,
    help="A bot with topics of its own, and the money that it begins with; repeat.",
)
@passwords
@where.bootstrap
@click.option(
    "--replicas", type=click.IntRange(1, 9), default=1, show_default=True, help="Copies of each."
)
@where.as_json
def init(
    *,
    lab_name: str,
    name: str | None,
    bots: tuple[str, ...],
    folder: Path | None,
    bootstrap: str | None,
    replicas: int,
    as_json: bool,
) -> None:
    """Make a lab's topics and give its bots money; what was done before is not done again.

    With --passwords its users are made too, as by margincall topics secure.

    \b
    Example:
      margincall lab init --lab quickstart --bot maker=50000 --bot taker=2000
    """
    with told():
        brokers = where.brokers(bootstrap)
        purses = dict(_purse(text) for text in bots)
        topics, names = where.topics_of(name or load_lab(lab_name).name, tuple(purses))

        async def run() -> tuple[tuple[str, ...], dict[str, int]]:
            created = await create_topics(brokers, names, replicas, where.login())
            if folder is not None:
                await secured(brokers, topics, tuple(purses), folder)
            async with where.bus_at(brokers) as bus:
                return created.made, await _deposit(bus, topics, purses)

        made, given = asyncio.run(run())
        if as_json:
            click.echo(json.dumps({"made": made, "deposited": given}))
            return
        click.echo(f"{len(made)} of {len(names)} topics made")
        for bot, amount in purses.items():
            if amount is not None:
                was = "deposited" if bot in given else "had been given money before"
                click.echo(f"{bot}  {amount:,} micros  {was}")


def _purse(text: str) -> tuple[str, int | None]:
    bot, sign, amount = text.partition("=")
    if not bot:
        raise Mistake(f"--bot is {text!r}; expected NAME or NAME=AMOUNT")
    return bot, micros(amount, Place(f"--bot {bot}"), least=1) if sign else None


async def _deposit(bus: Bus, topics: Topics, purses: dict[str, int | None]) -> dict[str, int]:
    """Deposit for those bots for which the operator has never deposited anything."""
    known = set()
    first, end = await bus.span(topics.admin)
    async for record in paged(bus, topics.admin, first, end):
        known.add(_funded(record.value or b""))
    given = {bot: amount for bot, amount in purses.items() if amount and bot not in known}
    said = [{"type": "Deposit", "account": bot, "amount": amount} for bot, amount in given.items()]
    if said:
        await bus.publish(topics.admin, [Message(msgspec.json.encode(each)) for each in said])
        await bus.flush()
    return given


def _funded(value: bytes) -> str | None:
    """The account that a command of the operator gives money; anything may stand there."""
    try:
        said = msgspec.json.decode(value)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("type") != "Deposit":
        return None
    return str(said.get("account"))
