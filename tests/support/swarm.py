"""Seeded commands for the fuzz: many small accounts, thin books, crashes and rubbish.

The stream is a function of the seed alone. It keeps a light model (prices it has sent, orders it
has placed, what accounts would hold if all their orders filled), never an exchange. With `swarm`
the weights of the command kinds are drawn per seed, so that each seed goes to another corner;
without it they are all the same.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice

import msgspec

from engine.core.command import AnyCommand, SettleContract
from engine.core.instrument import Venue
from engine.core.money import Price
from tests.support import bounds, brink, endings, legs, moves, plots, resting, rubbish, stories
from tests.support.asking import Settings
from tests.support.model import PRICE_START, STEPS_US, Model
from tests.support.worlds import world

Kind = Callable[[Model], AnyCommand | None]
SECOND_TIME = 80
"""After so many commands a world's plot is told again."""


def commands(seed: int, count: int, swarm: bool = True) -> tuple[Venue, Iterator[AnyCommand]]:
    """Draw a venue and `count` commands for it: fewer are the first of more."""
    dice = random.Random(seed)
    venue, plot = world(dice), plots.of(seed)
    if plot is None:
        return venue, islice(_stream(Model(dice, venue), swarm, ()), count)
    venue = plots.venue_for(plot, seed, venue)
    model = Model(dice, venue)
    return venue, islice(_stream(model, swarm, plots.scenes(plot, model)), count)


def _stream(
    model: Model, swarm: bool, scenes: Sequence[Iterator[AnyCommand]]
) -> Iterator[AnyCommand]:
    dice = model.dice
    weights = {kind: base * dice.choice((0, 1, 1, 4) if swarm else (1,)) for kind, base in BASE}
    if model.venue.rules.mark == "file":
        weights[moves.mark_tick] = 24
    for kind in (moves.tick, moves.market_order, moves.maker_order):
        weights[kind] = max(weights[kind], 5)
    kinds, chances = list(weights), list(weights.values())
    first, *later = scenes or ((),)
    told: Iterator[AnyCommand] = chain(_opening(model), first)
    settings, ends = Settings(model), _endings(model)
    sent = 0
    while True:
        if later and sent >= SECOND_TIME:
            told = chain(told, later.pop())
        command = next(told, None)
        if command is None and ends and sent >= ends[0][0]:
            command = msgspec.structs.replace(ends.pop(0)[1], at_us=model.now)
        if command is None:
            setting = settings.draw()
            if setting is not None:
                sent += 1
                yield setting
            model.now += dice.randrange(dice.choice(STEPS_US[: model.pace]) + 1)
            goes_on = model.story and dice.random() < 0.85
            command = model.story.pop(0)() if goes_on else dice.choices(kinds, chances)[0](model)
        if command is not None:
            sent += 1
            yield command


def _endings(model: Model) -> list[tuple[int, SettleContract]]:
    """Let one venue in six end a contract, soon or late, and ask for it wrongly before."""
    own = random.Random(f"endings {model.dice.getstate()}")
    if own.random() > 1 / 6:
        return []
    at, symbol = own.randrange(70, own.choice((150, 400))), own.choice(model.symbols)
    price = own.choice((None, None, 9_000, 10_001))
    wrong = own.choice(((rubbish.NOWHERE, None), (symbol, 0), (symbol, 10**9)))
    asked: list[tuple[str, int | None]] = [wrong, (symbol, price), (symbol, price)]
    return [
        (at, SettleContract(at_us=0, contract=name, price=None if named is None else Price(named)))
        for name, named in asked
    ]


def _opening(model: Model) -> Iterator[AnyCommand]:
    """First ticks and deposits; one contract in four starts without a price."""
    for symbol in model.symbols:
        if model.dice.random() < 0.75:
            yield moves.tick_at(model, symbol, PRICE_START)
        if model.details[symbol].index.stale_us:
            yield moves.index_of(model, symbol)
    for account in model.makers:
        yield moves.deposit_of(model, account, model.dice.randrange(300, 6_000))
    for account in model.traders:
        yield moves.deposit_of(model, account, model.dice.randrange(3, 60))
        if len(model.venue.rules.position_modes) > 1 and model.dice.random() < 0.6:
            yield legs.mode_of(model, account, hedged=account not in model.hedged)
        for symbol in model.symbols:
            if model.dice.random() < 0.6:
                yield moves.leverage_of(model, account, symbol)
            if model.dice.random() < 0.3:
                cross = model.venue.rules.default_mode == "isolated"
                yield moves.mode_of(model, account, symbol, cross=cross)


def bad(model: Model) -> AnyCommand:
    """Send rubbish."""
    resting = model.dice.choice(model.placed) if model.placed else None
    return rubbish.draw(
        model.dice,
        at_us=model.now,
        account=model.account(),
        contract=model.details[model.dice.choice(model.symbols)],
        price=model.around(model.symbols[0], 0),
        resting=None if resting is None else (resting.account, resting.order, resting.contract),
    )


BASE: tuple[tuple[Kind, int], ...] = (
    (moves.tick, 24),
    (moves.queue_trade, 4),
    (moves.index_tick, 4),
    (moves.mark_tick, 1),
    (moves.funding_tick, 2),
    (moves.deposit, 2),
    (moves.withdraw, 2),
    (moves.set_leverage, 2),
    (moves.set_mode, 3),
    (legs.set_position_mode, 3),
    (moves.move_margin, 3),
    (moves.offer, 8),
    (moves.market_order, 10),
    (moves.shove, 3),
    (moves.limit_order, 8),
    (moves.post_only_order, 3),
    (moves.maker_order, 18),
    (moves.reduce_order, 5),
    (moves.close_order, 3),
    (moves.amend, 4),
    (moves.cancel, 3),
    (endings.stop_order, 6),
    (endings.move_stop, 4),
    (endings.resent, 3),
    (endings.ending_order, 2),
    (endings.cancel_all, 1),
    (endings.cancel_after, 2),
    (stories.newcomer, 3),
    (stories.herd, 6),
    (stories.pool, 6),
    (stories.trimmed, 1),
    (stories.squeezed, 2),
    (stories.parked, 4),
    (stories.straddle, 2),
    (stories.topped_up, 1),
    (stories.hedged, 8),
    (stories.adrift, 6),
    (stories.roomless, 1),
    (stories.indebted, 2),
    (brink.ruined, 5),
    (brink.cornered, 3),
    (brink.overpaid, 3),
    (brink.yielding, 3),
    (brink.outgrown, 2),
    (brink.torn, 3),
    (bounds.ceiling, 2),
    (bounds.crowded, 1),
    (bounds.paired, 2),
    (bounds.turncoat, 1),
    (bounds.sated, 1),
    (bounds.drained, 1),
    (bounds.stuffed, 1),
    (resting.queued, 6),
    (resting.queued_twice, 2),
    (resting.cornered, 2),
    (bad, 9),
)
"""The kinds of commands and their weights before a seed multiplies them."""
