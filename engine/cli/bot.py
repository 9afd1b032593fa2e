"""`margincall bot`: a sample bot on a running lab."""

import asyncio
from contextlib import nullcontext

import click
from prometheus_client import CollectorRegistry

from engine.cli import where
from engine.cli.ending import until_signalled
from engine.cli.mistake import told
from engine.services.health import Address, Health
from engine.services.logs import to_stderr
from engine.services.meters import BotMeters
from engine.services.signals import stopping
from feeds.bots.bot import run_bot
from feeds.bots.client import client
from feeds.bots.samples import SAMPLES


@click.command(short_help="Let a sample bot trade on a running lab.")
@click.argument("kind", type=click.Choice(sorted(SAMPLES)))
@click.option("--as", "bot", metavar="NAME", required=True, help="Whose topics it uses.")
@click.option("--contract", metavar="SYMBOL", required=True, help="What it trades.")
@click.option("--quantity", metavar="LOTS", type=click.IntRange(min=1), default=10,
              show_default=True, help="The size of its orders.")  # fmt: skip
@where.named
@where.bootstrap
@where.health
def bot(
    *,
    kind: str,
    bot: str,
    contract: str,
    quantity: int,
    name: str,
    bootstrap: str | None,
    health: Address | None,
) -> None:
    """Let a sample bot trade on a running lab until a signal comes.

    \b
    KIND is
      maker  quotes both sides around the middle
      taker  runs after the price
      long   is long at 20x, and adds margin at its first margin calls
      noise  does what its dice say
      hunter sells into the liquidations of others, and is back before the price is

    It needs topics (margincall topics create --bot NAME) and money (margincall lab deposit NAME).
    """
    with told(), until_signalled() as program:
        brokers = where.brokers(bootstrap)
        where.topics_of(name, (bot,))
        login = where.login()
        registry = CollectorRegistry()
        meters = BotMeters(registry)
        to_stderr(meters.about)

        async def run() -> int:
            stop = asyncio.Event()
            served = Health(registry, lambda: meters.is_ready)
            sample = SAMPLES[kind](contract, quantity)
            with stopping(stop), nullcontext() if health is None else served.served(health):
                async with client(brokers, name, bot, login) as connection, served.beating():
                    meters.standing = connection.standing
                    return await run_bot(sample, connection, stop, meters.heard)

        click.echo(f"{program.run(run):,} orders were accepted")
