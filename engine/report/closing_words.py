"""How a venue closes positions, in words: the settings of `Closing`."""

from collections.abc import Sequence

from engine.core.instrument import Backed
from engine.report.text import grouped, money, scaled
from engine.report.venue_setting import Choice, Measure, Topic, lasting, share


def _plural(tiers: int) -> str:
    return "bracket" if tiers == 1 else "brackets"


_TAKERS = {
    "inventory": "the insurance fund, which keeps it and works it off later",
    "fund": "the insurance fund, which sells it in the book as far as its cash goes",
    "assignment": "accounts that stand ready for it",
    "adl": "others by auto-deleveraging, as the venue's profile has it",
}


def _takeover(stages: Sequence[str]) -> str:
    if not stages:
        return "What the book left is closed against the outside market at the mark."
    takers = ", then ".join(_TAKERS[stage] for stage in stages)
    return f"What the book left is taken over by {takers}; the rest is closed at the mark."


def _backed(terms: Backed | None) -> str:
    """Tell the whole procedure: sizes, limit, who gains and pays, and that the rest stays open."""
    if terms is None:
        return "An order that the book does not fill is not left at that: see who takes over."
    least = f", but {grouped(money(terms.portion_min))} at least" if terms.portion_min else ""
    told = [
        f"An order closes {share(terms.portion_ppm)} of a position{least}; each position of an "
        "account in breach has one order a round."
    ]
    if terms.round_notional:
        most = grouped(money(terms.round_notional))
        how = "orders are made no larger" if terms.round_by == "order" else "no fill goes beyond"
        told.append(f"An account loses positions worth {most} at most in a round: {how}.")
    if terms.spread_ppm:
        told.append(
            f"An order goes through the mark by up to {share(terms.spread_ppm)} of the "
            f"maintenance, {scaled(terms.adjustment_ppm, 6)} times as far as equity has fallen "
            "from maintenance to nothing."
        )
    else:
        told.append("An order has no limit but what the fund can bear.")
    told.append(
        "Of what a fill is better than its own bankruptcy price the insurance fund gets the "
        "liquidation fee, the account keeps the rest; what a fill is worse the fund pays wholly, "
        "or the fill does not happen and the order ends; what it pays for an account counts anew "
        "in each round."
    )
    told.append(
        "An order without any fill has others deleveraged; what is left stays open, and an "
        "account still in breach waits for the next round, twice as long each time that nothing "
        "could be closed, up to 64 times."
    )
    return " ".join(told)


def _parts(parts: Sequence[int]) -> str:
    *first, last = [share(ppm) for ppm in parts]
    before = f"{', then '.join(first)}, then " if first else ""
    return f"A part is {before}{last} of what was held when the liquidation began, each time."


CLOSING = Topic(
    "What happens in a liquidation",
    (
        Choice(
            "closing.cancel_isolated",
            {
                "contract": "For an isolated position its account's orders in that contract are "
                "cancelled first.",
                "account": "For an isolated position all orders of its account are cancelled "
                "first.",
            },
        ),
        Choice(
            "closing.cancel_cross",
            {
                "contract": "In a cross account the orders in a contract are cancelled before "
                "its position is closed.",
                "account": "In a cross account all orders are cancelled first.",
            },
        ),
        Choice(
            "closing.pair_netting",
            {
                False: "A long and a short position of one contract are closed like any others.",
                True: "Where a cross account holds a long and a short position of one contract, "
                "as many lots of one as of the other are closed against each other at the mark "
                "first, and the account is looked at again.",
            },
        ),
        Choice(
            "closing.queue",
            {
                "largest_loss": "Of several accounts the one with the largest loss goes first, "
                "isolated positions before cross accounts.",
                "largest_notional": "Of several accounts the one with the largest positions goes "
                "first, isolated positions before cross accounts.",
                "oldest": "Of several accounts the one with the oldest position goes first, "
                "isolated positions before cross accounts.",
            },
        ),
        Choice(
            "closing.order",
            {
                "largest_loss": "In a cross account the position with the largest loss goes first.",
                "largest_maintenance": "In a cross account the position that ties up the most "
                "maintenance goes first.",
                "largest_notional": "In a cross account the largest position goes first.",
                "pro_rata": "In a cross account all positions are reduced, each by the same part.",
                "all_at_once": "In a cross account all positions are closed at once, whether or "
                "not fewer would do.",
                "random": "In a cross account a position is drawn by chance.",
            },
        ),
        Choice(
            "closing.reduce",
            {
                "whole": "A position is closed whole, as far as the book goes within its "
                "bankruptcy price; the rest is taken over.",
                "heal": "One order closes just enough to restore the margin; if that fails, the "
                "rest is taken over.",
                "tiers": "A position is brought down to a lower bracket, step by step; in the "
                "lowest it is taken over.",
                "parts": "A position is closed part by part, until the margin is restored.",
                "slices": "A position is closed in slices of a fixed value, until the margin is "
                "restored.",
            },
        ),
        Measure(
            "closing.heal_buffer_ppm",
            lambda ppm: (
                f"An order that restores the margin leaves {share(ppm)} of the maintenance above "
                "it."
            ),
        ),
        Choice(
            "closing.heal_fees",
            {
                False: "An order that restores the margin does not count its own fees.",
                True: "An order that restores the margin is so large that it pays its own fees "
                "as well.",
            },
        ),
        Measure("closing.tiers", lambda tiers: f"An order goes down {tiers} {_plural(tiers)}."),
        Choice(
            "closing.first_tier_line",
            {
                True: "What would be in breach even at the lowest bracket's rate is taken over at "
                "once.",
                False: "Also what would be in breach at the lowest bracket's rate is brought down "
                "step by step.",
            },
        ),
        Measure("closing.parts_ppm", _parts),
        Measure(
            "closing.slice_notional",
            lambda micros: f"A slice is worth {grouped(money(micros))}, one lot at least.",
        ),
        Measure(
            "closing.whole_below",
            lambda micros: (
                f"Positions worth less than {grouped(money(micros))} are closed whole."
                if micros
                else "No position is too small for a partial order."
            ),
        ),
        Measure(
            "closing.band_ppm",
            lambda ppm: (
                f"A partial order trades at most {share(ppm)} through the mark; what it leaves "
                "makes the whole position go, down to its bankruptcy price."
                if ppm
                else "A partial order trades as far as the bankruptcy price."
            ),
        ),
        Measure("closing.backed", _backed),
        Measure("closing.takeover", _takeover),
        Measure(
            "closing.assignment_profit_ppm",
            lambda ppm: (
                f"Who takes a position over is guaranteed {share(ppm)} of its value by the fund."
                if ppm
                else "Who takes a position over is guaranteed to lose nothing by it at the mark."
            ),
        ),
        Measure(
            "closing.delay_us",
            lambda micros: (
                f"The venue reacts {lasting(micros)} after a breach."
                if micros
                else "The venue reacts to a breach at once."
            ),
        ),
        Measure(
            "closing.cooldown_us",
            lambda micros: (
                f"After an order that leaves something of a position it waits {lasting(micros)}."
                if micros
                else "After an order that leaves something of a position it goes on at once."
            ),
        ),
        Choice(
            "closing.freeze",
            {
                False: "While it waits after an order the client may trade the position.",
                True: "While it waits after an order the position is frozen: its client can "
                "neither trade nor move margin there, only cancel and deposit.",
            },
        ),
    ),
)
