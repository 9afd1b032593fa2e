"""Draws who is in hedge mode, and which leg an order trades.

Accounts that are not hedged draw nothing, so that venues without hedge mode keep their commands.
"""

from typing import TypeVar

import msgspec

from engine.core.command import (
    AddMargin,
    AnyCommand,
    LegOrNone,
    PlaceOrder,
    PlaceStop,
    PositionMode,
    RemoveMargin,
    SetPositionMode,
    Side,
)
from tests.support.model import Model

Order = TypeVar("Order", PlaceOrder, PlaceStop)
Move = TypeVar("Move", bound=AddMargin | RemoveMargin)


def mode_of(model: Model, account: str, *, hedged: bool) -> AnyCommand:
    """Choose a position mode."""
    (model.hedged.add if hedged else model.hedged.discard)(account)
    mode: PositionMode = "hedge" if hedged else "one_way"
    return SetPositionMode(at_us=model.now, account=account, mode=mode)


def set_position_mode(model: Model) -> AnyCommand | None:
    """Switch an account, mostly in vain: it has positions."""
    is_there = len(model.venue.rules.position_modes) > 1
    if not is_there and model.dice.random() < 0.9:
        return None
    account = model.account()
    own = [key for key, net in model.net.items() if key[0] == account and net]
    own += [(order.account, order.contract) for order in model.placed if order.account == account]
    before = account in model.hedged
    command = mode_of(model, account, hedged=before == (model.dice.random() < 0.1))
    if own:  # it is refused, as far as the model knows
        (model.hedged.add if before else model.hedged.discard)(account)
    return command


def deposited(model: Model, account: str) -> None:
    """Remember where a new account begins."""
    if account not in model.money and model.venue.rules.position_modes[0] == "hedge":
        model.hedged.add(account)


def with_leg(model: Model, order: Order) -> Order:
    """Let an order of a hedged account name its leg, mostly the one it opens."""
    if order.account not in model.hedged:
        return order
    dice, reduces = model.dice, order.reduce_only
    if isinstance(order, PlaceStop):
        reduces = reduces or order.close_on_trigger
    if dice.random() < 0.02:
        return msgspec.structs.replace(order, leg=dice.choice((msgspec.UNSET, "long", "short")))
    closes = dice.random() < (0.97 if reduces else 0.2)
    leg, says_so = _leg(order.side, closes=closes), order.reduce_only and dice.random() < 0.5
    return msgspec.structs.replace(order, leg=leg, reduce_only=says_so)


def with_own_leg(model: Model, move: Move) -> Move:
    """Let a move of margin of a hedged account name a leg."""
    if move.account not in model.hedged:
        return move
    leg: LegOrNone = model.dice.choice((*4 * ("long", "short"), msgspec.UNSET))
    return msgspec.structs.replace(move, leg=leg)


def _leg(side: Side, *, closes: bool) -> LegOrNone:
    return "long" if (side == "buy") != closes else "short"
