"""What `margincall lab verify` proves of a lab, fact by fact."""

import asyncio
from time import monotonic

import msgspec

from engine.bus.interface import Bus
from engine.bus.names import Topics
from engine.cli.run import reactions_of
from engine.services.verify import Verdict, verify

LOOK_S = 2.0
"""How often a lab is looked at again that has not come so far yet."""


class Asked(msgspec.Struct, frozen=True):
    """So many bots must have traded, and so many positions must have been liquidated."""

    traded: int
    liquidations: int


class Fact(msgspec.Struct, frozen=True):
    """One thing that was looked at, whether it is so, and what was found."""

    fact: str
    holds: bool
    found: str


async def proved(
    bus: Bus, topics: Topics, asked: Asked, wait_s: int
) -> tuple[Verdict, tuple[Fact, ...]]:
    """Rerun the log, again for so many seconds as long as not all has happened that is asked for.

    Raises as `verify`.
    """
    patience = monotonic() + wait_s
    while True:
        verdict = await verify(bus, topics, reactions_of)
        facts = facts_of(verdict, asked)
        wrong = verdict.difference or verdict.ledger_sum
        if wrong or all(fact.holds for fact in facts) or monotonic() > patience:
            return verdict, facts
        await asyncio.sleep(LOOK_S)


def facts_of(verdict: Verdict, asked: Asked) -> tuple[Fact, ...]:
    """The facts, what was asked for among them."""
    fills = {bot: seen.fills for bot, seen in verdict.bots.items()}
    active = sum(count > 0 for count in fills.values())
    of_bots = sum(seen.liquidations for seen in verdict.bots.values())
    told = ", ".join(f"{bot} {count:,}" for bot, count in fills.items()) or "there are none"
    return (
        Fact(
            "a rerun of the log gives every event that was published",
            not verdict.difference,
            verdict.difference or f"{verdict.events:,} events, hash {verdict.event_hash}",
        ),
        Fact(
            "all accounts of the ledger add up to zero",
            verdict.ledger_sum == 0,
            f"{verdict.ledger_sum} micros",
        ),
        Fact(f"at least {asked.traded} bots have traded", active >= asked.traded, f"fills: {told}"),
        Fact(
            f"at least {asked.liquidations} positions were liquidated",
            verdict.liquidations >= asked.liquidations,
            f"{verdict.liquidations:,} liquidations, {of_bots:,} of them of bots",
        ),
    )


def as_lines(verdict: Verdict, facts: tuple[Fact, ...]) -> str:
    """The facts for people, and what the rerun counted below them."""
    lines = [f"{'ok  ' if fact.holds else 'NOT '}  {fact.fact}: {fact.found}" for fact in facts]
    counted = (
        f"run {verdict.run}: {verdict.commands:,} commands, {verdict.orders:,} of them no ticks "
        f"and {verdict.answers:,} answers to margin calls; "
        f"{verdict.repeated:,} events were published twice; state {verdict.state_hash}"
    )
    bots = [
        f"{bot}: {seen.commands:,} commands, {seen.fills:,} fills, {seen.margin_calls:,} margin "
        f"calls, {seen.liquidations:,} liquidations"
        for bot, seen in verdict.bots.items()
    ]
    return "\n".join([*lines, counted, *bots])
