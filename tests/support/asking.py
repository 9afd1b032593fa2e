"""Clients who change settings of margin between the other commands.

The dice here are their own, so that a seed keeps the commands that it had.
"""

import random

from engine.core.command import AnyCommand, SetAutoMargin, SetLeverage, SetMarginMode
from tests.support.model import Model


class Settings:
    """Sends settings of margin between the other commands, now and then."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._dice = random.Random(f"settings {model.dice.getstate()}")

    def draw(self) -> AnyCommand | None:
        """Send one, mostly none."""
        dice, model = self._dice, self._model
        if dice.random() > 0.08 or not model.money:
            return None
        account, at_us = dice.choice(list(model.money)), model.now
        alone = [place for place, mode in model.modes.items() if mode == "isolated"]
        if alone and dice.random() < 0.6:
            account, contract = dice.choice(alone)
        else:
            held = [contract for name, contract in model.net if name == account]
            contract = dice.choice(held or list(model.symbols))
        kind = dice.random()
        if kind < 0.5:
            is_on = dice.random() < 0.9
            return SetAutoMargin(at_us=at_us, account=account, contract=contract, is_on=is_on)
        if kind < 0.9:
            leverage = dice.choice((1, 2, 4, 8, 12, 25, 40))
            model.leverages[account, contract] = leverage
            return SetLeverage(at_us=at_us, account=account, contract=contract, leverage=leverage)
        return SetMarginMode(at_us=at_us, account=account, mode=dice.choice(("isolated", "cross")))
