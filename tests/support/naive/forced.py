"""Forced fills: the limited IOC, the sale for the fund, and the fees afterwards (L8, L9, L16)."""

from dataclasses import dataclass

from engine.core.command import Side
from engine.core.event import LiquidationFeePaid, LiquidationFilled
from engine.core.money import PPM
from tests.support.naive import margin
from tests.support.naive.book import Entry, hidden_from, merged, opposite, take, within
from tests.support.naive.fills import (
    close_part,
    fill_order,
    outside_fill,
    settle_isolated,
    stop_maker,
)
from tests.support.naive.limit import limit_of_fund
from tests.support.naive.state import Job, Pocket, State, balance_name, symbol_of, told


@dataclass
class Step:
    """One position on its way through all stages."""

    seq: int
    job: Job
    contract: str
    sign: int
    share: int = 0
    lots: int = 0
    """`share` and `lots`: A' and q' of L9, the rest after the IOC."""
    sold: int = 0

    @property
    def pocket(self) -> Pocket:
        """The margin account that is liquidated."""
        return self.job.pocket

    @property
    def account(self) -> str:
        """The account that is liquidated."""
        return self.pocket[0]

    @property
    def side(self) -> Side:
        """The side of the liquidation's orders."""
        return "sell" if self.sign > 0 else "buy"

    def against_mark(self, first: int, last: int) -> int:
        """Sum d(k) of the lots after `first` up to `last` (L9)."""
        return self.share * last // self.lots - self.share * first // self.lots


def sell_limited(state: State, step: Step, limit: int, lots: int) -> int:
    """Stage (a): an IOC for so many lots; give what is left of them (L8)."""
    symbol = symbol_of(step.contract)
    hidden = hidden_from(state, symbol, opposite(step.side))
    while lots:
        entries = merged(state, symbol, opposite(step.side), hidden)
        if not entries or not within(step.side, entries[0].price, limit):
            break
        met = entries[0]
        if met.order is None or not stop_maker(state, met.order):
            taken = min(lots, met.lots)
            forced_fill(state, step, met, taken, stage="book")
            lots -= taken
    return lots


def sell_for_fund(state: State, step: Step) -> None:
    """Stage (b): lot by lot, while the shortfall is at most what the fund may lose (L9, L23)."""
    may_lose, by_drawdown = limit_of_fund(state, step.contract)
    shortfall = 0
    symbol = symbol_of(step.contract)
    hidden = hidden_from(state, symbol, opposite(step.side))
    best: int | None = None
    while step.sold < step.lots:
        entries = merged(state, symbol, opposite(step.side), hidden)
        if not entries:
            return
        met = entries[0]
        best = met.price if best is None else best
        band = state.rules.fund.band_ppm
        if band and -step.sign * (met.price - best) * PPM > best * band:
            return
        fit, lacks = _affordable(state, step, met, may_lose - shortfall)
        if fit < min(met.lots, step.lots - step.sold) and state.rules.fund.fills == "whole":
            fit = 0
        if fit > 0 and met.order is not None and stop_maker(state, met.order):
            continue
        if fit > 0:
            shortfall += lacks
            step.job.paid_by_fund += max(0, lacks)
            forced_fill(state, step, met, fit, stage="fund")
            step.sold += fit
        if step.sold < step.lots and fit < met.lots:
            if by_drawdown:
                state.stopped.add(state.pool(step.contract))
            return


def _affordable(state: State, step: Step, met: Entry, cash: int) -> tuple[int, int]:
    """Give the lots that may be sold to an entry, and what the fund then pays for them (L9)."""
    market = state.markets[step.contract]
    unit_value = market.contract.unit_value
    mark_value = market.mark * unit_value
    lots = shortfall = 0
    most = state.rules.fund.account_loss_max
    gross = most - step.job.paid_by_fund if most else cash
    while lots < min(step.lots - step.sold, met.lots):
        done = step.sold + lots
        settled = mark_value - step.sign * step.against_mark(done, done + 1)
        lacks = step.sign * (settled - met.price * unit_value)
        if shortfall + lacks > min(cash, gross):
            break
        shortfall += lacks
        lots += 1
    return lots, shortfall


def forced_fill(
    state: State, step: Step, met: Entry, lots: int, *, stage: str, paid: int | None = None
) -> None:
    """One fill of a liquidation order: the maker first, then the liquidated account (L8).

    `paid` is what the fund pays for it, where it is not a sale of (b).
    """
    contract, account = step.contract, step.account
    details = state.markets[contract].contract
    state.markets[contract].last_next = met.price
    symbol = symbol_of(contract)
    state.dirty.add(symbol)
    step.job.filled[symbol] = step.seq
    if met.order is None:
        take(state, symbol, opposite(step.side), met.level, lots)
        outside_fill(state, symbol, opposite(step.side), lots, met.price)
    else:
        fill_order(state, met.order, lots, met.price, role="maker", against="liquidation")
    value = met.price * lots * details.unit_value
    loss = -close_part(state, account, contract, lots, value)
    if stage == "book":
        paid = 0
        debt = step.job.owed[-1]
        debt.taker_fee += value * state.rules.taker_fee_ppm // PPM
        debt.liquidation_fee += value * state.rules.liquidation_fee_ppm // PPM
    else:
        if paid is None:
            settled = lots * state.markets[contract].mark * details.unit_value
            settled -= step.sign * step.against_mark(step.sold, step.sold + lots)
            paid = step.sign * (settled - value)
        state.post(state.fund_name(contract), balance_name(step.pocket), paid)
        state.add_result(step.pocket, contract, paid)
    settle_isolated(state, account, contract)
    state.emit(
        LiquidationFilled,
        liquidation=step.seq,
        account=account,
        contract=contract,
        side=step.side,
        quantity=lots,
        price=met.price,
        stage=stage,
        against="outside" if met.order is None else "book",
        loss=loss,
        own_margin=loss - paid,
        insurance_fund=paid,
        fund=state.fund_of(contract),
    )


def pay_fees(state: State, job: Job) -> None:
    """Pay what the fills owe from what is left, once the liquidation is over (L16)."""
    pocket = job.pocket
    if not state.contracts_of(pocket):
        left = max(0, state.money(pocket))
    elif margin.in_breach(state, pocket):
        return
    else:
        left = margin.equity(state, pocket) - margin.maintenance(state, pocket)
        left = max(0, left if state.rules.strict_trigger else left - 1)
        closing = None if pocket[1] is None else state.markets[pocket[1]].contract.closing_fee
        is_long = pocket[1] is not None and state.position(pocket[0], pocket[1]).quantity > 0
        if is_long and closing is not None and closing.on == "bankruptcy":
            left = left * (10**6 - closing.rate_ppm) // 10**6
    for debt in job.owed:
        taker_fee = min(debt.taker_fee, left)
        liquidation_fee = min(debt.liquidation_fee, left - taker_fee)
        left -= taker_fee + liquidation_fee
        if taker_fee + liquidation_fee == 0:
            continue
        state.post(balance_name(pocket), "fees", taker_fee)
        to = state.rules.liquidation_fee_to
        income = state.fund_name(debt.contract) if to == "fund" else "fees"
        state.post(balance_name(pocket), income, liquidation_fee)
        state.add_result(pocket, debt.contract, -taker_fee - liquidation_fee)
        settle_isolated(state, pocket[0], debt.contract)
        state.emit(
            LiquidationFeePaid,
            liquidation=debt.seq,
            account=pocket[0],
            contract=told(pocket, debt.contract),
            taker_fee=taker_fee,
            liquidation_fee=liquidation_fee,
            fund=state.fund_of(debt.contract),
        )
