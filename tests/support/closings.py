"""How positions are closed in a drawn venue."""

import random

import msgspec

from engine.core.instrument import Backed, Closing, Rules
from engine.core.money import PPM, Micros

QUOTE = 1_000_000


def with_closing(dice: random.Random, rules: Rules) -> Rules:
    """Draw every policy, with dice of their own: a seed keeps the world and story that it had."""
    apart = random.Random(f"closing {dice.getstate()}")
    closing = Closing(
        cancel_isolated=apart.choice(("contract", "account")),
        cancel_cross=apart.choice(("contract", "account")),
        queue=apart.choice(("largest_loss", "largest_notional", "oldest")),
        order=apart.choice(
            (
                "largest_loss",
                "largest_maintenance",
                "largest_notional",
                "pro_rata",
                "all_at_once",
                "random",
            )
        ),
    )
    if apart.random() < 0.7:
        closing = _partial(apart, closing)
    last = random.Random(f"backed {apart.getstate()}")
    closing = msgspec.structs.replace(closing, heal_fees=last.random() < 0.4)
    if last.random() < 0.2:
        closing = _backed(last, closing)
    closing = msgspec.structs.replace(closing, pair_netting=last.random() < 0.7)
    if last.random() < 0.3:
        rules = msgspec.structs.replace(rules, adl_below_zero=True)
    if closing.cooldown_us and last.random() < 0.5:
        closing = msgspec.structs.replace(closing, freeze=True)
    return msgspec.structs.replace(rules, closing=closing, seed=apart.randrange(9))


def _backed(dice: random.Random, closing: Closing) -> Closing:
    """Draw orders that the fund stands behind, of small and of large parts."""
    backed = Backed(
        portion_ppm=dice.choice((1, 100_000, 400_000, PPM, PPM)),
        portion_min=Micros(dice.choice((0, 0, 3, 50)) * QUOTE),
        round_notional=Micros(dice.choice((0, 0, 1, 20, 100)) * QUOTE),
        round_by=dice.choice(("order", "fill")),
        spread_ppm=dice.choice((0, 500_000, 1_500_000, 30_000_000)),
        adjustment_ppm=dice.choice((300_000, PPM, 3_000_000)),
    )
    cooldown = dice.choice((5_000_000, 60_000_000, 1_000_000_000))
    return msgspec.structs.replace(closing, backed=backed, cooldown_us=cooldown)


def _partial(dice: random.Random, closing: Closing) -> Closing:
    """Draw how much an order closes, and how long the venue waits."""
    return msgspec.structs.replace(
        closing,
        reduce=dice.choice(("whole", "heal", "heal", "tiers", "tiers", "parts", "slices")),
        heal_buffer_ppm=dice.choice((0, 20_000, 300_000)),
        tiers=dice.choice((1, 1, 2)),
        first_tier_line=dice.random() < 0.5,
        parts_ppm=dice.choice(((100_000,), (200_000, PPM), (333_333,), (1, 600_000))),
        slice_notional=Micros(dice.choice((0, 3, 20, 200)) * QUOTE),
        whole_below=Micros(dice.choice((0, 0, 10, 100)) * QUOTE),
        takeover=dice.choice(
            (
                ("fund", "adl"),
                ("fund", "assignment", "adl"),
                ("assignment", "fund", "adl"),
                ("assignment", "fund", "adl"),
                ("assignment", "adl"),
                ("fund",),
                (),
            )
        ),
        assignment_profit_ppm=dice.choice((0, 5_000, 20_000)),
        band_ppm=dice.choice((0, 0, 500, 10_000)),
        delay_us=dice.choice((0, 0, 0, 1, 1_000_000, 120_000_000)),
        cooldown_us=dice.choice((0, 0, 1_000, 1_000_000, 60_000_000, 4_000_000_000)),
    )
