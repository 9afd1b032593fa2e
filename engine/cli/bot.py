"""`margincall bot`: a sample bot on a running lab."""

import asyncio

import click

from engine.cli import where
from engine.cli.mistake import told
from engine.services.logs import to_stderr
from engine.services.session import stopping
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
def bot(
    *, kind: str, bot: str, contract: str, quantity: int, name: str, bootstrap: str | None
) -> None:
    """Let a sample bot trade on a running lab until a signal comes.

    \b
    KIND is
      maker  quotes both sides around the middle
      taker  runs after the price
      long   is long at 20x, and adds margin at its first margin calls
      noise  does what its dice say

    It needs topics (margincall topics create --bot NAME) and money (margincall lab deposit NAME).
    """
    with told():
        brokers = where.brokers(bootstrap)
        where.topics_of(name, (bot,))
        to_stderr()

        async def run() -> int:
            stop = asyncio.Event()
            with stopping(stop):
                async with client(brokers, name, bot) as connection:
                    return await run_bot(SAMPLES[kind](contract, quantity), connection, stop)

        click.echo(f"{asyncio.run(run()):,} orders were accepted")
