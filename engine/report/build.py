"""From what was gathered during a run to its `Summary`."""

import msgspec

from engine.core import snapshot
from engine.core.exchange import Exchange
from engine.core.instrument import Rules
from engine.core.money import PPM
from engine.report.burst import liquidated
from engine.report.chronicle import Chronicle
from engine.report.facts import Facts, Order, Sums
from engine.report.notes import Held
from engine.report.prices import Prices
from engine.report.setting import Setting
from engine.report.summary import (
    Accounts,
    ContractRow,
    CutRow,
    Filled,
    Fund,
    InventoryRow,
    Liquidated,
    LiquidationRow,
    Run,
    Stretch,
    Summary,
    TopUpRow,
    Waterfall,
)
from engine.report.text import NO_UNITS, Units, money
from engine.report.view import ExchangeView
from engine.report.watched import watched_row


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """What the services know at the end of a run."""

    version: str
    complete: bool
    run: Run
    ticks: int
    commands: int
    events: int
    event_hash: str
    elapsed_s: float


class Gathered(msgspec.Struct, frozen=True):
    """What was gathered while the run went on; `held` is what the watched accounts have left."""

    chronicle: Chronicle
    prices: Prices
    held: tuple[Held, ...]


def summary(exchange: Exchange, setting: Setting, gathered: Gathered, ending: Ending) -> Summary:
    """Put the summary together and check that it adds up.

    Raises `AssertionError` where the waterfall or a statement does not add up to the unit.
    """
    view = ExchangeView(exchange)
    facts, statement = gathered.chronicle.facts, gathered.chronicle.statement
    assert facts.sums.gap == 0, f"the waterfall does not add up by {facts.sums.gap} micros"
    units = setting.units
    return Summary(
        version=ending.version,
        complete=ending.complete,
        run=ending.run,
        ticks=ending.ticks,
        commands=ending.commands,
        events=ending.events,
        last_seq=ending.events,
        state_hash=snapshot.state_hash(exchange),
        event_hash=ending.event_hash,
        ledger_sum=money(view.ledger_sum()),
        contracts={
            symbol: _contract(symbol, units[symbol], gathered.prices, view) for symbol in units
        },
        accounts=_accounts(view, facts),
        liquidated=_liquidated(facts, setting),
        liquidations=tuple(
            _liquidation(order, units.get(order.began.contract, NO_UNITS), setting.venue.rules)
            for order in facts.orders.values()
        ),
        waterfall=waterfall(facts.sums),
        fees=money(view.fees()),
        residue=money(facts.sums.residue),
        inventory_pnl=money(facts.inventory.pnl),
        insurance_fund=fund(gathered.chronicle, setting.venue.rules),
        inventory=inventory(facts, units),
        watched=tuple(
            watched_row(had, setting.modes[had.account], statement, units) for had in gathered.held
        ),
        top_ups=tuple(
            TopUpRow(account, day, paid.count, money(paid.amount))
            for (day, account), paid in sorted(gathered.chronicle.top_ups.days.items())
        ),
        cuts=tuple(
            CutRow(mode, len(cuts), money(sum(cuts.values())))
            for mode, cuts in sorted(facts.cuts.items())
        ),
        elapsed_s=ending.elapsed_s,
    )


def fund(chronicle: Chronicle, rules: Rules) -> Fund:
    """What the insurance fund had, and by what that became more or less.

    Raises `AssertionError` where it does not add up to the unit.
    """
    funds, facts = chronicle.funds, chronicle.facts
    paid, residues, inventory = facts.sums.insurance_fund, facts.sums.residue, facts.inventory.cash
    fees = facts.liquidation_fees if rules.liquidation_fee_to == "fund" else 0
    gap = funds.cash - (funds.start - paid + residues + fees + inventory)
    assert gap == 0, f"the insurance fund does not add up by {gap} micros"
    amounts = (funds.start, funds.low, funds.cash, paid, residues, fees, inventory)
    return Fund(*map(money, amounts))


def inventory(facts: Facts, units: dict[str, Units]) -> dict[str, InventoryRow]:
    """What the insurance fund took over and kept, by contract."""
    return {
        contract: InventoryRow(
            taken_over=units[contract].quantity(kept.taken),
            sold=units[contract].quantity(kept.sold),
            held=units[contract].quantity(kept.held),
            held_most=units[contract].quantity(kept.most),
            result=money(kept.result),
            funding=money(kept.funding),
            uncovered=money(kept.uncovered),
        )
        for contract, kept in sorted(facts.inventory.kept.items())
    }


def waterfall(sums: Sums) -> Waterfall:
    """Who paid, as texts."""
    return Waterfall(
        loss=money(sums.loss),
        own_margin=money(sums.own_margin),
        insurance_fund=money(sums.insurance_fund),
        assignment=money(sums.assignment),
        adl=money(sums.adl),
        socialized=money(sums.socialized),
        uncovered=money(sums.uncovered),
        pending=money(sums.pending),
    )


def _contract(symbol: str, units: Units, prices: Prices, view: ExchangeView) -> ContractRow:
    known = prices.ranges.get(symbol)
    open_interest = units.quantity(view.open_interest(symbol))
    if known is None:
        return ContractRow(None, None, None, None, open_interest, "1")
    last = view.last(symbol)
    return ContractRow(
        first=units.price(known.first),
        last=units.price(last),
        low=units.price(min(known.low, last)),
        high=units.price(max(known.high, last)),
        open_interest=open_interest,
        depth_low=money(prices.depth_low.get(symbol, PPM)),
    )


def _accounts(view: ExchangeView, facts: Facts) -> Accounts:
    names = view.accounts()
    return Accounts(
        total=len(names),
        liquidated=len({order.began.account for order in facts.orders.values()}),
        negative=sum(view.equity(name) < 0 for name in names),
    )


def _liquidated(facts: Facts, setting: Setting) -> Liquidated:
    found = liquidated(facts.orders.values(), setting.contracts)
    return Liquidated(
        notional=money(found.worth),
        longs=money(found.longs),
        worst=tuple(Stretch(each.minutes, each.from_us, money(each.worth)) for each in found.worst),
    )


def _liquidation(order: Order, units: Units, rules: Rules) -> LiquidationRow:
    began = order.began
    bankruptcy = began.bankruptcy_price
    return LiquidationRow(
        seq=began.seq,
        at_us=began.at_us,
        account=began.account,
        contract=began.contract,
        mode=began.mode,
        side=began.side,
        quantity=units.quantity(began.quantity),
        mark=units.price(began.mark),
        trigger=rules.trigger_price,
        equity=money(began.equity),
        maintenance=money(began.maintenance),
        bracket=began.bracket,
        bankruptcy_price=None if bankruptcy is None else units.price(bankruptcy),
        average_fill=units.average(order.book_value, order.book + order.fund),
        fee=money(order.fee),
        cause=began.cause,
        cause_event=type(order.cause).__name__,
        cause_contract=getattr(order.cause, "contract", None),
        filled=Filled(
            book=units.quantity(order.book),
            fund=units.quantity(order.fund),
            adl=units.quantity(order.adl),
            outside=units.quantity(order.outside),
            assigned=units.quantity(order.assigned),
            inventory=units.quantity(order.kept),
        ),
        reduction=began.reduction,
        spared=units.quantity(began.spared),
    )
