"""How positions are closed in a drawn venue."""

import random

import msgspec

from engine.core.instrument import Closing, Rules


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
    return msgspec.structs.replace(rules, closing=closing, seed=apart.randrange(9))
