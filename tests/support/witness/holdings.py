"""Positions as the events tell them, and the waterfall that adds up (numbers 2 and 3).

Every fill is worked out again from quantities and prices: realised results, positions, and of
each forced one its loss and who bore it.
"""

from collections.abc import Sequence

from msgspec import UNSET

from engine.core.account.account import OUTSIDE
from engine.core.command import AnyCommand, LegOrNone
from engine.core.event import (
    Assigned,
    ClosedOutside,
    ContractSettled,
    DeficitCovered,
    Deleveraged,
    Event,
    InventoryFunded,
    InventorySold,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    LossSocialized,
    OrderFilled,
    PairsNetted,
    PeriodSettled,
    PositionSettled,
    TakenOver,
)
from engine.core.invariants import FULL_EVERY
from engine.core.state.venue import State
from tests.support.witness.seen import Witness
from tests.support.witness.shadow import Holding

Holder = tuple[str, LegOrNone]


class Holdings(Witness):
    """Keeps every position; `loss` and `borne` are the two sides of the identity so far."""

    def __init__(self) -> None:
        self._held: dict[str, dict[Holder, Holding]] = {}
        self._commands = 0
        self._loser: tuple[str, str, LegOrNone] = ("", "", UNSET)
        self._cut = 0
        self._waits: dict[str, int] = {}
        self._price = 0
        self.loss = 0
        self.borne = 0

    def _of(self, account: str, contract: str, leg: LegOrNone = UNSET) -> Holding:
        return self._held.setdefault(contract, {}).setdefault((account, leg), Holding())

    def event(self, state: State, event: Event) -> None:
        """Work out what the event should have said."""
        if isinstance(event, OrderFilled):
            self._client(state, event)
        elif isinstance(event, LiquidationStarted):
            self._loser = (event.account, event.contract, event.leg)
            self._cut = 0
            held = self._of(*self._loser) if event.quantity else Holding()
            of_order = event.quantity + event.spared
            assert of_order == abs(held.lots), f"{held.lots} are held: {event}"
            assert event.side == ("short" if held.lots < 0 else "long"), f"{event}"
        elif isinstance(event, LiquidationFilled):
            self._forced(state, event)
        elif isinstance(event, LiquidationFeePaid):
            assert min(event.taker_fee, event.liquidation_fee) >= 0, f"{event}"
            assert event.taker_fee + event.liquidation_fee > 0, f"{event}"
        elif isinstance(event, Deleveraged):
            self._deleveraged(state, event)
        elif isinstance(event, Assigned):
            self._assigned(state, event)
        elif isinstance(event, ClosedOutside):
            self._closed_outside(state, event)
        elif isinstance(event, ContractSettled):
            self._ended(state, event)
        elif isinstance(event, PositionSettled):
            self._settled_at(state, event)
        elif isinstance(event, PairsNetted):
            self._netted(state, event)
        elif isinstance(event, TakenOver):
            self._taken_over(state, event)
        elif isinstance(event, InventorySold):
            self._inventory_sold(state, event)
        elif isinstance(event, InventoryFunded):
            self._lacked(event)
        elif isinstance(event, LossSocialized):
            assert event.amount > 0, f"{event}"
            self._cut += event.amount
        elif isinstance(event, DeficitCovered):
            self._covered(event)
        elif isinstance(event, PeriodSettled):
            self._settled(state, event)

    def _ended(self, state: State, event: ContractSettled) -> None:
        """Nothing rests in it any more; the replayed market's position goes without a word."""
        market = state.markets[event.contract]
        assert not list(market.ladder), f"orders rest in it: {event}"
        outside = self._of(OUTSIDE, event.contract)
        if outside.lots:
            unit = event.price * market.contract.unit_value
            outside.close(abs(outside.lots), abs(outside.lots) * unit)
        self._price = event.price

    def _settled_at(self, state: State, event: PositionSettled) -> None:
        held = self._of(event.account, event.contract, event.leg)
        assert event.price == self._price, f"one price for all, {self._price}: {event}"
        assert event.quantity == abs(held.lots), f"{held.lots} are held: {event}"
        side = "long" if held.lots > 0 else "short"
        assert event.side == side, f"{held.lots} are held: {event}"
        unit = event.price * state.markets[event.contract].contract.unit_value
        realized, _ = held.close(event.quantity, event.quantity * unit)
        assert event.realized == realized, f"{realized} was realised: {event}"

    def _client(self, state: State, event: OrderFilled) -> None:
        unit = event.price * state.markets[event.contract].contract.unit_value
        sign = 1 if event.side == "buy" else -1
        held = self._of(event.account, event.contract, event.leg)
        realized = held.trade(sign, event.quantity, unit)
        assert event.realized == realized, f"{realized} was realised: {event}"
        assert event.position == held.lots, f"{held.lots} are held: {event}"
        assert event.fee >= 0, f"{event}"
        if event.leg is not UNSET:
            of_leg = held.lots if event.leg == "long" else -held.lots
            assert of_leg >= 0, f"{held.lots} are held: {event}"
        if event.against == "outside":
            self._of(OUTSIDE, event.contract).trade(-sign, event.quantity, unit)

    def _forced(self, state: State, event: LiquidationFilled) -> None:
        loser = event.account, event.contract, event.leg
        assert loser == self._loser, f"{self._loser} is next: {event}"
        held = self._of(*loser)
        sign = held.sign
        assert event.side == ("sell" if sign > 0 else "buy"), f"{held.lots} are held: {event}"
        unit = event.price * state.markets[event.contract].contract.unit_value
        realized, _ = held.close(event.quantity, event.quantity * unit)
        assert event.loss == -realized, f"{-realized} was lost: {event}"
        assert event.own_margin == event.loss - event.insurance_fund, f"{event}"
        if event.stage == "book":
            assert event.insurance_fund == 0, f"the fund pays nothing in the book: {event}"
        if event.against == "outside":
            self._of(OUTSIDE, event.contract).trade(sign, event.quantity, unit)
        self._count(event.loss, event.own_margin + event.insurance_fund)

    def _deleveraged(self, state: State, event: Deleveraged) -> None:
        loser, contract, leg = self._loser
        if not event.liquidation:
            assert event.loss == event.own_margin == event.adl == 0, f"beside the identity: {event}"
            loser, contract, leg = state.fund_key(event.contract), event.contract, UNSET
        market = state.markets[contract]
        winner = self._of(event.account, event.contract, event.leg)
        held = self._of(loser, contract, leg)
        asked = (OUTSIDE,) if state.rules.outside_in_waterfall == "never" else ()
        assert event.account not in (loser, *asked), f"{event}"
        assert held.sign * winner.sign == -1, f"{held.lots} against {winner.lots}: {event}"
        assert event.side == ("buy" if held.sign > 0 else "sell"), f"{event}"
        gain = winner.lots * market.mark * market.contract.unit_value - winner.cost
        if state.rules.adl_against == "winners":
            assert gain > 0, f"{event.account} has no profit at the mark: {event}"
        won, _ = winner.close(event.quantity, event.value)
        assert event.realized == won, f"{won} was realised: {event}"
        if not event.liquidation:
            return
        sign, at_mark = held.sign, event.quantity * market.mark * market.contract.unit_value
        lost, cost = held.close(event.quantity, event.value)
        assert event.loss == cost - sign * at_mark, f"{event}"
        assert event.own_margin == -lost, f"{event}"
        self._count(event.loss, event.own_margin + event.adl)

    def _assigned(self, state: State, event: Assigned) -> None:
        loser, contract, _ = self._loser
        market = state.markets[contract]
        taker = self._of(event.account, event.contract, event.leg)
        held = self._of(*self._loser)
        assert event.account not in (loser, OUTSIDE), f"{event}"
        sign, at_mark = held.sign, event.quantity * market.mark * market.contract.unit_value
        assert event.side == ("buy" if sign > 0 else "sell"), f"{event}"
        assert event.assignment <= 0, f"who takes over loses nothing at the mark: {event}"
        assert sign * (at_mark - event.value) == -event.assignment, f"{event}"
        lost, cost = held.close(event.quantity, event.value + sign * event.insurance_fund)
        closing = min(event.quantity, abs(taker.lots)) if taker.sign == -sign else 0
        closed = event.value * closing // event.quantity
        won = taker.close(closing, closed)[0] if closing else 0
        taker.lots += sign * (event.quantity - closing)
        taker.cost += sign * (event.value - closed)
        assert event.realized == won, f"{won} was realised: {event}"
        assert event.loss == cost - sign * at_mark, f"{event}"
        assert event.own_margin == -lost, f"{event}"
        self._count(event.loss, event.own_margin + event.insurance_fund + event.assignment)

    def _taken_over(self, state: State, event: TakenOver) -> None:
        """The fund holds at the mark; it has paid what the account's price lacks to that."""
        loser = (event.account, event.contract, event.leg)
        assert loser == self._loser, f"{self._loser} is next: {event}"
        market, terms = state.markets[event.contract], state.rules.fund
        held = self._of(*loser)
        pool = state.fund_key(event.contract)
        own = self._of(pool, event.contract)
        sign, unit = held.sign, market.mark * market.contract.unit_value
        assert event.side == ("buy" if sign > 0 else "sell"), f"{event}"
        at_mark = event.quantity * unit
        lost, cost = held.close(event.quantity, event.value)
        assert event.loss == cost - sign * at_mark, f"{event}"
        assert event.own_margin == -lost, f"{event}"
        assert event.insurance_fund == sign * (event.value - at_mark), f"{event}"
        against = own.sign == -sign
        assert not against or event.quantity <= abs(own.lots), f"closes or opens: {event}"
        assert event.realized == own.trade(sign, event.quantity, unit), f"{event}"
        assert event.held == own.lots, f"{own.lots} are held: {event}"
        if not against and terms.inventory_ppm:
            worth = sum(
                abs(one.lots)
                * state.markets[contract].mark
                * state.markets[contract].contract.unit_value
                for contract, held in self._held.items()
                for (name, _), one in held.items()
                if name == pool
            )
            may = (event.fund + event.insurance_fund) * terms.inventory_ppm // 1_000_000
            assert worth <= may, f"the fund may hold {may}, not {worth}: {event}"
        self._count(event.loss, event.own_margin + event.insurance_fund)

    def _inventory_sold(self, state: State, event: InventorySold) -> None:
        own = self._of(state.fund_key(event.contract), event.contract)
        market, sign = state.markets[event.contract], own.sign
        assert event.side == ("sell" if sign > 0 else "buy"), f"{own.lots} are held: {event}"
        realized, _ = own.close(event.quantity, event.value)
        assert event.realized == realized, f"{realized} was realised: {event}"
        assert event.held == own.lots, f"{own.lots} are held: {event}"
        if event.price is not None:
            unit = event.price * market.contract.unit_value
            assert event.value == event.quantity * unit, f"at its price: {event}"
            if event.against in ("outside", "mark"):
                self._of(OUTSIDE, event.contract).trade(sign, event.quantity, unit)
        if event.against == "mark":
            assert event.price == market.mark, f"the mark is {market.mark}: {event}"
        elif event.against == "settlement":
            assert event.price == self._price, f"one price for all, {self._price}: {event}"
        else:
            assert event.uncovered == 0, f"the fund pays what it has: {event}"
        self._lacked(event)

    def _lacked(self, event: InventorySold | InventoryFunded) -> None:
        assert event.uncovered >= 0, f"{event}"
        assert not event.uncovered or event.fund == 0, f"the fund pays first: {event}"

    def _closed_outside(self, state: State, event: ClosedOutside) -> None:
        market = state.markets[event.contract]
        held = self._of(*self._loser)
        assert event.price == market.mark, f"the mark is {market.mark}: {event}"
        assert event.quantity == abs(held.lots), f"{held.lots} are held: {event}"
        unit = event.price * market.contract.unit_value
        self._of(OUTSIDE, event.contract).trade(held.sign, event.quantity, unit)
        realized, _ = held.close(event.quantity, event.quantity * unit)
        assert event.loss == -realized, f"{-realized} was lost: {event}"
        self._count(event.loss, event.loss)

    def _netted(self, state: State, event: PairsNetted) -> None:
        market = state.markets[event.contract]
        long = self._of(event.account, event.contract, "long")
        short = self._of(event.account, event.contract, "short")
        assert event.quantity == min(long.lots, -short.lots), f"{long.lots}, {short.lots}: {event}"
        assert event.price == market.mark, f"the mark is {market.mark}: {event}"
        value = event.quantity * event.price * market.contract.unit_value
        made = [leg.close(event.quantity, value)[0] for leg in (long, short)]
        assert [event.long_realized, event.short_realized] == made, f"{made} was realised: {event}"
        assert event.loss == event.own_margin == -sum(made), f"{-sum(made)} was lost: {event}"
        self._count(event.loss, event.own_margin)

    def _covered(self, event: DeficitCovered) -> None:
        paid = event.insurance_fund + event.socialized + event.uncovered
        assert event.deficit == paid + event.pending > 0, f"{paid} was paid: {event}"
        self._waits[event.contract] = self._waits.get(event.contract, 0) + event.pending
        self._paid_first(event)
        self._count(0, paid + event.pending - event.deficit)

    def _settled(self, state: State, event: PeriodSettled) -> None:
        waits = sum(
            self._waits.pop(one) for one in [*self._waits] if state.pool_of(one) == event.pool
        )
        assert event.pending == waits, f"{waits} has waited: {event}"
        paid = event.insurance_fund + event.socialized + event.uncovered
        assert event.pending == paid, f"{paid} was paid: {event}"
        self._paid_first(event)

    def _paid_first(self, event: DeficitCovered | PeriodSettled) -> None:
        cut, self._cut = self._cut, 0
        assert event.socialized == cut, f"winners were cut by {cut}: {event}"
        if event.socialized or event.uncovered:
            assert event.fund == 0, f"the fund pays first: {event}"

    def _count(self, loss: int, borne: int) -> None:
        self.loss += loss
        self.borne += borne
        assert self.loss == self.borne, f"lost {self.loss}, borne {self.borne}"

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """See that longs are shorts and a settled contract is empty.

        Now and then, that positions are what the events told.
        """
        for contract, held in self._held.items():
            assert sum(one.lots for one in held.values()) == 0, f"{contract}: long = short"
            over = state.markets[contract].is_settled
            assert not over or not any(one.lots for one in held.values()), f"{contract} is over"
        self._commands += 1
        if self._commands % FULL_EVERY == 0:
            for contract, market in state.markets.items():
                told = {
                    who: (one.lots, one.cost)
                    for who, one in self._held.get(contract, {}).items()
                    if one.lots or one.cost
                }
                kept = {who: (p.quantity, p.cost) for who, p in market.holders.items()}
                assert kept == told, f"{contract}: positions are {kept}, told was {told}"
