"""What `margincall lab verify` proves of a lab, fact by fact."""

import msgspec

from engine.services.verify import Verdict


class Fact(msgspec.Struct, frozen=True):
    """One thing that was looked at, whether it is so, and what was found."""

    fact: str
    holds: bool
    found: str


def facts_of(verdict: Verdict, traded: int, liquidations: int) -> tuple[Fact, ...]:
    """The facts, with so many bots that must have traded and liquidations that must be there."""
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
        Fact(f"at least {traded} bots have traded", active >= traded, f"fills: {told}"),
        Fact(
            f"at least {liquidations} positions were liquidated",
            verdict.liquidations >= liquidations,
            f"{verdict.liquidations:,} liquidations, {of_bots:,} of them of bots",
        ),
    )


def as_lines(verdict: Verdict, facts: tuple[Fact, ...]) -> str:
    """The facts for people, and what the rerun counted below them."""
    lines = [f"{'ok  ' if fact.holds else 'NOT '}  {fact.fact}: {fact.found}" for fact in facts]
    counted = (
        f"run {verdict.run}: {verdict.commands:,} commands, {verdict.orders:,} of them no ticks; "
        f"{verdict.repeated:,} events were published twice; state {verdict.state_hash}"
    )
    bots = [
        f"{bot}: {seen.commands:,} commands, {seen.fills:,} fills, {seen.margin_calls:,} margin "
        f"calls, {seen.liquidations:,} liquidations"
        for bot, seen in verdict.bots.items()
    ]
    return "\n".join([*lines, counted, *bots])
