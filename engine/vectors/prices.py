"""Computes vectors about prices: liquidation, bankruptcy and mark, with the engine's formulas."""

from fractions import Fraction

import msgspec

from engine.core.account.position import Position
from engine.core.instrument import Backed, Bracket, Closing, ClosingFee, Contract, Rules
from engine.core.liquidation.backed import limit_price as fillable_price
from engine.core.liquidation.case import Breach, Case
from engine.core.margin import liquidation_price
from engine.core.margin.band import Exposure
from engine.core.margin.bankruptcy import Settlement, share_of
from engine.core.margin.liquidation_price import Holding, Row, first_mark
from engine.core.margin.price import median_mark
from engine.core.margin.risk import Risk, fee_to_close, initial, maintenance, unrealized
from engine.core.money import E8, PPM, Micros, Price
from engine.core.money import Lots as Quantity
from engine.vectors.stage import ENDLESS, NO_LIQUIDITY, Listing, Stage, exact, flat, step_of, whole
from engine.vectors.vector import Inputs

HOUR_US = 3_600_000_000
FINE = Fraction(1, 10_000)
"""The price unit in which prices are looked for."""
CENT = Fraction(1, 100)


def liquidation(inputs: Inputs) -> object:
    """Return an isolated liquidation price: exact, or approximate where the venue says so."""
    if "open_value" in inputs:
        return _paying_to_close(inputs)
    holding, rows = _isolated(inputs)
    if inputs.get("maintenance_on") == "entry_notional" or "mm_fixed" in inputs:
        return liquidation_price.approximate(holding, rows)
    return liquidation_price.exact(holding, rows)


def entry_based(inputs: Inputs) -> dict[str, Fraction]:
    """Return both prices where maintenance counts on the entry notional."""
    holding, rows = _isolated(inputs)
    return {
        "liq": liquidation_price.approximate(holding, rows),
        "bankruptcy": liquidation_price.bankruptcy(holding),
    }


def bankruptcy(inputs: Inputs) -> object:
    """Return an isolated position's bankruptcy price."""
    holding, _ = _isolated(inputs)
    return liquidation_price.bankruptcy(holding)


def _isolated(inputs: Inputs) -> tuple[Holding, tuple[Row, ...]]:
    """Read a position in the smallest unit that keeps it whole; prices stay in quote."""
    entry = exact(inputs["entry"])
    size = exact(inputs["qty"]) if "qty" in inputs else Fraction(1)
    if "notional" in inputs:
        size = exact(inputs["notional"]) / entry
    margin = entry * size / exact(inputs["leverage"])
    margin = exact(inputs.get("margin", inputs.get("isolated_margin", margin)))
    rate = exact(inputs.get("mmr", 0))
    if "mm_fixed" in inputs:
        rate = exact(inputs["mm_fixed"]) / (entry * size)
    deduction = exact(inputs.get("cum", 0))
    unit = step_of([size, size * entry, margin, deduction])
    holding = Holding(
        side=inputs["side"],
        size=whole(size / unit),
        cost=whole(size * entry / unit),
        margin=whole(margin / unit),
    )
    fee = exact(inputs.get("taker", 0))
    return holding, (Row(0, rate + fee, deduction / unit),)


def cross(inputs: Inputs) -> object:
    """Return the first price, from the entry towards loss, at which the account is in breach."""
    money = FINE * FINE
    equity = whole(exact(inputs["WB"]) / money)
    kept = whole(exact(inputs.get("TMM1", 0)) / money)
    equity += whole(exact(inputs.get("UPNL1", 0)) / money)
    for leg in inputs.get("other", ()):
        mark = whole(exact(leg["mark"]) / FINE)
        contract, position = _leg(leg, leg["side"], money)
        equity += unrealized(contract, position, mark)
        kept += maintenance(contract, position, mark, 0)
    side = 1 if inputs["side"] in (1, "long") else -1
    contract, position = _leg(inputs, side, money)

    mark = whole(exact(inputs["entry"]) / FINE)
    kept += maintenance(contract, position, mark, 0)
    risk = Risk(equity, kept)
    found = first_mark(Exposure(contract, position, mark), risk, 0, strict=False)
    return None if found is None else found * FINE


def breakdown(inputs: Inputs) -> object:
    """Return initial and maintenance margin at entry with the fee to close that is in both."""
    entry, size = exact(inputs["entry"]), exact(inputs["qty"])
    contract, position = _charged(inputs, size, entry * size)
    margin = initial(contract, position, 0)
    mark = whole(entry / FINE)
    return {
        "fee_to_close": fee_to_close(contract, position, margin) * FINE * FINE,
        "initial_margin": margin * FINE * FINE,
        "maintenance_margin": maintenance(contract, position, mark, margin) * FINE * FINE,
    }


def _paying_to_close(inputs: Inputs) -> object:
    """Return an isolated liquidation price where the margin holds the fee to close."""
    size, value = exact(inputs["size"]), exact(inputs["open_value"])
    contract, position = _charged(inputs, size, value)
    margin = initial(contract, position, 0)
    holding = Holding(
        side=inputs.get("side", "long"),
        size=size,
        cost=value,
        margin=margin * FINE * FINE,
        kept=fee_to_close(contract, position, margin) * FINE * FINE,
    )
    rows = (Row(0, exact(inputs["mmr"]), exact(inputs.get("mm_amount", 0))),)
    return liquidation_price.exact(holding, rows)


def _charged(inputs: Inputs, size: Fraction, value: Fraction) -> tuple[Contract, Position]:
    """Return an isolated position of a venue that counts the fee at the bankruptcy price."""
    leg = {"qty": size, "entry": value / size, "mmr": inputs["mmr"], "cum": 0}
    sign = 1 if inputs.get("side", "long") == "long" else -1
    contract, position = _leg(leg, sign, FINE * FINE)
    position.mode, position.leverage = "isolated", int(inputs["leverage"])
    fee = ClosingFee(whole(exact(inputs["taker"]) * PPM), "bankruptcy")
    return msgspec.structs.replace(contract, closing_fee=fee), position


def _leg(leg: Inputs, side: int, money: Fraction) -> tuple[Contract, Position]:
    size, entry = exact(leg["qty"]), exact(leg["entry"])
    lot = step_of([size, FINE])
    deduction = Micros(whole(exact(leg["cum"]) / money))
    contract = Contract(
        symbol="LEG",
        price_unit=str(FINE),
        lot=str(lot),
        tick=1,
        unit_value=Micros(whole(FINE * lot / money)),
        price_max=Price(ENDLESS),
        quantity_max=Quantity(ENDLESS),
        brackets=(Bracket(Micros(0), whole(exact(leg["mmr"]) * PPM), deduction, 1),),
        depth=NO_LIQUIDITY,
    )
    position = Position("somebody", "LEG", "cross", 1)
    position.grow(whole(size / lot), whole(size * entry / money), side)
    return contract, position


def bankruptcy_quote(inputs: Inputs) -> object:
    """Return what a part of a position is settled at, signed as cash to the account."""
    size, mark = exact(inputs["position"]), exact(inputs["oracle"])
    others = [(exact(held), exact(price)) for held, price in inputs["others"]]
    rate, micro = exact(inputs["mmf"]), Fraction(1, PPM)
    equity = exact(inputs["usdc"]) + size * mark + sum(held * price for held, price in others)
    kept = abs(size) * mark * rate
    together = kept + sum(abs(held) * price * rate for held, price in others)
    share = share_of(whole(equity / micro), whole(kept / micro), whole(together / micro))
    lot = step_of([size, exact(inputs["delta"])])
    lots = Settlement(
        sign=1 if size > 0 else -1,
        quantity=whole(abs(size) / lot),
        mark_value=whole(mark * lot / micro),
        share=share,
    )
    closed = whole(abs(exact(inputs["delta"])) / lot)
    return lots.sign * lots.part(0, closed).value * micro


def limit_price(inputs: Inputs) -> object:
    """Return the limit of an order for a whole position that a fund stands behind."""
    size, mark = exact(inputs["btc"]), exact(inputs["oracle"])
    backed = Backed(
        spread_ppm=whole(exact(inputs["smmr"]) * PPM),
        adjustment_ppm=whole(exact(inputs["bankruptcy_adjustment"]) * PPM),
    )
    rules = Rules(name="limit", closing=Closing(backed=backed), warning_levels=())
    listing = Listing("X", FINE, step_of([size]), flat(exact(inputs["mmf"])))
    stage = Stage(rules, [listing], FINE * FINE, Fraction(0))
    stage.mark("X", mark)
    stage.open("loser", "X", size, mark)
    stage.wallet("loser", exact(inputs["usdc"]) + size * mark)
    state = stage.state
    account = state.accounts["loser"]
    case = Case(Breach(account.name, account, None, cause=0), {})
    limit = fillable_price(state, case, account.positions["X"])
    return None if limit is None else stage.shown("X", Fraction(limit))


def mark(inputs: Inputs) -> object:
    """Return the median mark; a last price that is not given does not decide."""
    rate = exact(inputs.get("funding", inputs.get("funding_rate")))
    index = whole(exact(inputs["index"]) / FINE)
    basis = whole(exact(inputs.get("avg_basis", 0)) / FINE)
    found = median_mark(
        index=index,
        last=whole(exact(inputs["last"]) / FINE) if "last" in inputs else 2 * index,
        samples=[2 * basis],
        rate_e8=whole(rate * E8),
        left_us=whole(exact(inputs["hours_to_funding"]) * HOUR_US),
        interval_us=whole(exact(inputs.get("interval", inputs.get("interval_h"))) * HOUR_US),
    )
    return found * FINE
