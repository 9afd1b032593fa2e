"""What must be true after every command: a full recount (section 9 of the rules of the trade).

`check` raises an AssertionError with a sentence. `Watched` keeps it cheap enough for every
command: the sums at once, the full recount every 64th.
"""

from msgspec import UNSET

from engine.core.account.account import OUTSIDE, Account
from engine.core.account.position import Position
from engine.core.state.standing import cross_risk, isolated_risk, orders_margin
from engine.core.state.venue import State, keyed

FULL_EVERY = 64


def check(state: State) -> None:
    """Assert everything about the state that can be counted again."""
    state.ledger.check()
    _check_positions(state)
    _check_inventory(state)
    _check_margins(state)
    _check_orders(state)
    state.watch.check()


def check_sums(state: State) -> None:
    """Assert what is cheap: the ledger's sum, the fund, quantities and costs by contract."""
    state.ledger.check()
    for pool in state.pools:
        assert state.balance(keyed("fund", pool)) >= 0, "a fund can be emptied, never overdrawn"
        assert state.balance(keyed("pending_loss", pool)) <= 0, "a loss that waits is a loss"
    for symbol, market in state.markets.items():
        assert sum(p.quantity for p in market.holders.values()) == 0, f"{symbol}: long = short"
        cost = sum(position.cost for position in market.holders.values())
        assert state.balance(f"open_cost:{symbol}") == -cost, f"{symbol}: open cost is the costs"


def _check_positions(state: State) -> None:
    check_sums(state)
    for name, account in state.accounts.items():
        _check_legs(account)
        for slot, position in account.positions.items():
            assert slot == position.slot, "positions are by their slots"
            held = state.markets[position.contract].holders.get((name, position.leg))
            assert (held is position) == bool(position.quantity), "holders are who holds"
            if not position.quantity:
                assert position.cost == 0, "a flat position has no cost left"
                assert position.result == 0, "a flat position's result counts with the account"
            if position.mode == "cross":
                margin = state.balance(position.isolated_key)
                assert margin == 0, "a cross position has no margin of its own"


def _check_legs(account: Account) -> None:
    """An account has the places of its position mode, and the legs of a contract one setting."""
    settings = {one.contract: (one.mode, one.leverage) for one in account.positions.values()}
    for position in account.positions.values():
        own = position.mode, position.leverage
        assert own == settings[position.contract], f"{account.name}: legs share their settings"
        hedged = account.position_mode == "hedge"
        assert hedged == (position.leg is not UNSET), f"{position.slot} in {account.position_mode}"
        if hedged:
            side = 1 if position.leg == "long" else -1
            assert position.sign in (0, side), f"{position.slot} holds {position.quantity}"


def _check_inventory(state: State) -> None:
    """What a fund holds is one of its contract's positions, and nobody's account."""
    for contract, own in state.inventory.items():
        assert own.account == state.fund_key(contract), f"{own.account} is not the fund's name"
        is_holder = state.markets[contract].holders.get((own.account, own.leg)) is own
        assert is_holder == bool(own.quantity), "the fund is a holder while it holds"
        assert own.quantity or own.cost == 0, "nothing held costs nothing"


def _check_margins(state: State) -> None:
    """No margin account at rest is in breach unless it waits, or negative without a position."""
    strict = state.rules.strict_trigger
    for name, account in state.accounts.items():
        if name == OUTSIDE:
            continue
        risk = cross_risk(state, account)
        waits = name in state.stalled or (state.waits(name) and risk.has_position)
        assert waits or not risk.is_breach(strict), (
            f"{name} is in breach and was left alone: {risk}"
        )
        for position in account.positions.values():
            if position.mode == "isolated" and position.margin_id not in state.stalled:
                risk = isolated_risk(state, position)
                waits = state.waits(position.margin_id) and risk.has_position
                assert waits or not risk.is_breach(strict), (
                    f"{position.margin_id} was left alone: {risk}"
                )


def _check_orders(state: State) -> None:
    resting = 0
    for market in state.markets.values():
        market.ladder.check()
        resting += sum(1 for _ in market.ladder)
        _check_not_crossed(state, market.contract.symbol)
    listed = sum(len(account.orders) for account in state.accounts.values())
    assert resting == listed, "an order rests in the book and in its account's list"
    for name, account in state.accounts.items():
        for position in account.positions.values():
            aside, contract = state.balance(position.orders_key), position.contract
            due = orders_margin(state, account, contract) if position.mode == "isolated" else 0
            assert aside == due, f"{name} has {aside} set aside for orders that need {due}"
            _check_reduce_only(state, position)


def _check_not_crossed(state: State, symbol: str) -> None:
    market = state.markets[symbol]
    bid, ask = market.best("buy", state.now_us), market.best("sell", state.now_us)
    if market.has_price and bid is not None and ask is not None:
        assert bid < ask, f"{symbol}: the merged book is crossed, {bid} against {ask}"


def _check_reduce_only(state: State, position: Position) -> None:
    name, slot, quantity = position.account, position.slot, position.quantity
    for side, room in (("sell", max(0, quantity)), ("buy", max(0, -quantity))):
        taken = sum(
            order.quantity
            for order in state.accounts[name].orders_on(position)
            if order.reduce_only and order.side == side
        )
        assert taken <= room, f"{name}: reduce-only orders exceed the position in {slot}"


class Watched:
    """Checks a state after each command: sums always, everything every 64th time."""

    def __init__(self) -> None:
        self._count = 0

    def after_command(self, state: State) -> None:
        """Check as much as is due."""
        self._count += 1
        if self._count % FULL_EVERY == 0:
            check(state)
        else:
            check_sums(state)
