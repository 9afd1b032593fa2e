"""What happens in each plot, command by command."""

from engine.core.command import (
    AmendStop,
    CancelAllAfter,
    Deposit,
    FundingTick,
    OfferAssignment,
    PlaceStop,
    SetPositionMode,
)
from engine.core.money import Lots, Micros, Price
from tests.support import legs
from tests.support.plot_scene import PRICE, Scene, Told
from tests.support.worlds import HOUR_US

REFUSED = (
    *("TIME_WENT_BACK", "RESERVED_ACCOUNT", "INVALID_AMOUNT", "NO_HEDGE_MODE", "ALREADY_PLACED"),
    *("DUPLICATE_ORDER", "NOTIONAL_MIN", "POST_ONLY", "OrderTrimmed", "StopAmended", "EXPIRED"),
    "DEAD_MAN_SWITCH",
)
"""What `refused` brings about."""


def netted(scene: Scene) -> Told:
    """Both legs of a cross account are closed against each other before anything else (C6)."""
    model, victim, rich = scene.model, scene.victim, scene.rich
    most, less = scene.lots(100), scene.lots(20)
    yield from scene.stands(PRICE)
    yield from scene.joins(rich, 10_000)
    yield from scene.joins(victim, 14)
    if victim not in model.hedged:
        yield legs.mode_of(model, victim, hedged=True)
    yield from scene.trade(victim, rich, most, PRICE)
    yield scene.order(victim, "sell", less, PRICE)
    yield scene.order(rich, "buy", less, PRICE)
    yield from scene.falls(8_400, 8_200)


def averted(scene: Scene) -> Told:
    """The money of orders elsewhere saves a cross account when they are cancelled (L4)."""
    model, victim, rich = scene.model, scene.victim, scene.rich
    other = model.symbols[1]
    yield from scene.stands(PRICE, other)
    yield from scene.stands(PRICE)
    yield from scene.joins(rich, 10_000)
    yield from scene.joins(victim, 66)
    yield from scene.chooses(victim, other, "isolated")
    parked = scene.lots(50 * model.venue.rules.default_leverage, other)
    yield scene.order(victim, "buy", parked, PRICE - 300, contract=other)
    yield from scene.trade(victim, rich, scene.lots(100), PRICE)
    yield from scene.falls(8_550, 8_250)


def assigned(scene: Scene) -> Told:
    """Somebody with an order of his own stands ready to take a position over (C4)."""
    model, taker = scene.model, scene.other
    lots = scene.lots(100)
    yield from scene.stands(PRICE)
    yield from scene.joins(scene.rich, 10_000)
    yield from scene.joins(taker, 1_000)
    yield OfferAssignment(
        at_us=model.now, account=taker, contract=scene.contract, quantity=Lots(3 * lots)
    )
    yield scene.order(taker, "sell", scene.lots(3), 10_900)
    yield from scene.joins(scene.victim, 11)
    yield from scene.trade(scene.victim, scene.rich, lots, PRICE)
    yield from scene.falls(9_150, 8_850)


def kept(scene: Scene) -> Told:
    """The fund takes a position over, pays funding for it and works it off (I1, I2, I3)."""
    model, lots = scene.model, scene.lots(100)
    yield from scene.stands(PRICE)
    yield from scene.joins(scene.rich, 10_000)
    yield from scene.joins(scene.victim, 11)
    yield from scene.trade(scene.victim, scene.rich, lots, PRICE)
    yield from scene.falls(9_100, 8_900)
    yield FundingTick(at_us=model.now, contract=scene.contract, rate_e8=75_000)
    yield FundingTick(at_us=model.now, contract=scene.contract, rate_e8=-750_000)
    yield scene.order(scene.rich, "buy", lots, 8_890)
    model.now += 61_000_000
    yield from scene.stands(8_900)


def refused(scene: Scene) -> Told:
    """An account that does everything a little wrong (O3, O9, O13, O16, O20, O21)."""
    model, account = scene.model, scene.other
    few, contract = scene.lots(20), scene.contract
    yield from scene.stands(PRICE)
    yield from scene.joins(scene.rich, 10_000)
    yield from scene.joins(account, 500)
    yield Deposit(at_us=model.now - 10**9, account=account, amount=Micros(1))
    yield Deposit(at_us=model.now, account="outside", amount=Micros(1))
    yield Deposit(at_us=model.now, account=account, amount=Micros(0))
    yield SetPositionMode(at_us=model.now, account=account, mode="hedge")
    resting = scene.order(account, "buy", few, PRICE - 100)
    yield resting
    yield resting
    yield scene.order(account, "buy", few + 1, PRICE - 100, order=resting.order)
    yield scene.order(account, "buy", 1, PRICE - 100)
    yield scene.order(account, "sell", few, PRICE - 100)
    yield scene.order(scene.rich, "sell", few, PRICE)
    yield scene.order(account, "buy", few, PRICE, post_only=True)
    yield scene.order(account, "buy", few, PRICE)
    for _ in range(2):
        yield scene.order(account, "sell", few, PRICE + 100, closes=True, reduce_only=True)
    yield scene.order(scene.rich, "buy", few // 2, PRICE + 10)
    yield scene.order(account, "sell", few // 2, PRICE + 10, closes=True)
    stop = PlaceStop(
        at_us=model.now,
        account=account,
        order=f"{resting.order}s",
        contract=contract,
        side="sell",
        quantity=Lots(few),
        trigger=Price(PRICE // 2),
    )
    yield stop
    yield AmendStop(
        at_us=model.now,
        account=account,
        order=stop.order,
        quantity=Lots(few),
        trigger=Price(PRICE // 4),
    )
    ends_us = model.now + 1_000_000
    yield scene.order(account, "buy", few, PRICE - 200, time_in_force="gtd", expires_us=ends_us)
    yield CancelAllAfter(at_us=model.now, account=account, timeout_us=2_000_000)
    model.now += 3_000_000
    yield from scene.stands(PRICE)


def frozen(scene: Scene) -> Told:
    """A client may not trade what waits between two orders of its liquidation (C3)."""
    model, victim, lots = scene.model, scene.victim, scene.lots(100)
    yield from scene.stands(PRICE)
    yield from scene.joins(scene.rich, 10_000)
    yield from scene.joins(victim, 10.9, "isolated")
    yield from scene.trade(victim, scene.rich, lots, PRICE)
    yield scene.order(scene.rich, "buy", lots, 9_010)
    yield from scene.falls(9_100, 8_900)
    yield scene.order(victim, "sell", lots // 2, closes=True)
    yield scene.order(victim, "sell", lots // 2, 9_000, closes=True)
    model.now += 61_000_000
    yield from scene.stands(8_880)


def backed(scene: Scene) -> Told:
    """A round closes no more than it may, though somebody would take all of it (C5)."""
    lots = scene.lots(100)
    yield from scene.stands(PRICE)
    yield from scene.joins(scene.rich, 10_000)
    yield from scene.joins(scene.victim, 10.9)
    yield from scene.trade(scene.victim, scene.rich, lots, PRICE)
    yield scene.order(scene.rich, "buy", lots, 9_010)
    yield from scene.falls(9_100, 8_950)
    for _ in range(3):
        scene.model.now += 6_000_000
        yield from scene.stands(8_960)


def charged(scene: Scene) -> Told:
    """Funding at its cap changes the interval, accrues, and borrowing costs (F4, F5, F6)."""
    model, far = scene.model, PRICE * 9 // 10
    yield from scene.stands(PRICE)
    yield from scene.joins(scene.rich, 10_000)
    yield from scene.joins(scene.victim, 40)
    yield from scene.trade(scene.victim, scene.rich, scene.lots(100), PRICE)
    for _ in range(3):
        yield from scene.stands(PRICE, index=far)
        model.now += HOUR_US // 2
    yield from scene.stands(PRICE)
    model.now += HOUR_US // 2
    yield from scene.stands(PRICE)
    model.now += HOUR_US
    yield from scene.stands(PRICE)


def deleveraged(scene: Scene) -> Told:
    """A winner with an order of his own is closed against somebody bankrupt (L10)."""
    winner, lots = scene.other, scene.lots(100)
    yield from scene.stands(PRICE)
    yield from scene.joins(winner, 100)
    yield from scene.joins(scene.victim, 10.9)
    yield from scene.trade(scene.victim, winner, lots, PRICE)
    yield scene.order(winner, "buy", scene.lots(5), 7_000)
    yield from scene.falls(8_800, 8_700)


def silent(scene: Scene) -> Told:
    """The index falls silent, and somebody whose trigger holds is left alone until it speaks."""
    yield from scene.stands(PRICE)
    yield from scene.joins(scene.rich, 10_000)
    yield from scene.joins(scene.victim, 10.9)
    yield from scene.trade(scene.victim, scene.rich, scene.lots(100), PRICE)
    scene.model.now += 11_000_000
    yield from scene.falls(9_100, 8_900)
