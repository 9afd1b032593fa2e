"""Computes vectors about payments and losses by letting the whole exchange do it."""

from fractions import Fraction

from engine.core.command import (
    Deposit,
    FundingTick,
    IndexTick,
    OfferAssignment,
    PlaceOrder,
    QuoteTick,
    SettleContract,
    Side,
    TradeTick,
)
from engine.core.event import Deleveraged, FundingPaid, LiquidationStarted, OrderFilled
from engine.core.exchange import Exchange
from engine.core.instrument import Bracket, Closing, Funding, FundTerms, Rules, Venue
from engine.core.liquidation.rank import LIGHTS, lights
from engine.core.money import E8, PPM, Lots, Micros, Price
from engine.vectors.stage import Listing, Stage, contract_of, exact, flat, step_of, whole
from engine.vectors.vector import Inputs

ONE, HALF, TEN = Fraction(1), Fraction(1, 2), Fraction(10)
NANO = Fraction(1, 10**9)
FINE = Fraction(1, 10**12)
HOUR_US = 3_600_000_000
SYMBOL = "X"


def funding_payment(inputs: Inputs) -> object:
    """Return what a position receives at one or several settlements."""
    size = exact(inputs["size"]) * (1 if inputs["side"] == "long" else -1)
    if "time_in_ratio" in inputs:
        return _accrued(size, inputs)
    points = inputs.get("points") or [(inputs["mark"], inputs["rate"])]
    step = step_of(exact(mark) for mark, _ in points)
    listing = Listing("X", step, step_of([size]), flat(HALF), funding=Funding(source="file"))
    stage = Stage(Rules(name="funding", warning_levels=()), [listing], FINE, Fraction(0))
    stage.mark("X", exact(points[0][0]))
    stage.open("holder", "X", size, exact(points[0][0]))
    stage.wallet("holder", Fraction(1000))
    received = Fraction(0)
    for mark, rate in points:
        stage.mark("X", exact(mark))
        rate_e8 = whole(exact(rate) * E8)
        events = stage.apply(FundingTick(at_us=stage.now(), contract="X", rate_e8=rate_e8))
        [paid] = [event for event in events if isinstance(event, FundingPaid)]
        received -= stage.quote(paid.amount)
    return received


def _accrued(size: Fraction, inputs: Inputs) -> Fraction:
    """Hold a position for a part of an interval of funding that accrues, and then end it."""
    mark, rate = exact(inputs["mark"]), exact(inputs["rate"])
    funding = Funding(
        source="premium",
        interval_us=HOUR_US,
        interest_e8=whole(rate * E8),
        clamp_e8=whole(abs(rate) * E8),
        cap_e8=E8,
        accrues=True,
    )
    listing = Listing("X", mark, step_of([size]), flat(HALF), funding=funding)
    stage = Stage(Rules(name="funding", warning_levels=()), [listing], FINE, Fraction(0))
    stage.mark("X", mark)
    stage.open("holder", "X", size, mark)
    stage.wallet("holder", Fraction(1000))
    ends_us = HOUR_US + whole(exact(inputs["time_in_ratio"]) * HOUR_US)
    events = stage.apply(SettleContract(at_us=ends_us, contract="X"))
    return -sum(
        (stage.quote(event.amount) for event in events if isinstance(event, FundingPaid)),
        Fraction(0),
    )


def funding_rate(inputs: Inputs) -> object:
    """Return the rates that a constant premium leads to."""
    return [_rate(exact(premium), inputs) for premium in inputs["P"]]


def _rate(premium: Fraction, inputs: Inputs) -> Fraction:
    """Trade eight hours at a mid that lies so far off the index."""
    funding = Funding(
        source="premium",
        interval_us=8 * HOUR_US,
        interest_e8=whole(exact(inputs["I"]) * E8),
        clamp_e8=whole(exact(inputs["clamp"]) * E8),
    )
    contract = contract_of(Listing(SYMBOL, ONE, ONE, flat(HALF), funding=funding), ONE)
    exchange = Exchange(Venue(Rules(name="funding"), (contract,)))
    index = 1_000_000
    mid = whole(index * (1 + premium))
    exchange.apply(IndexTick(at_us=0, contract=SYMBOL, price=Price(index)))
    for at_us in (0, 8 * HOUR_US):
        exchange.apply(
            QuoteTick(
                at_us=at_us,
                contract=SYMBOL,
                bid=Price(mid - 1),
                bid_quantity=Lots(1),
                ask=Price(mid + 1),
                ask_quantity=Lots(1),
            )
        )
    return Fraction(exchange.state.markets[SYMBOL].rate_e8, E8)


def fund_delta(inputs: Inputs) -> object:
    """Return what one liquidation of a single position brings the fund, or costs it."""
    if "bankruptcy_quote" in inputs:
        quote = exact(inputs["bankruptcy_quote"])
        sign = 1 if quote > 0 else -1
        bankrupt, executed = abs(quote), abs(exact(inputs["execution_quote"]))
        mark, fee = bankrupt, exact(inputs["max_fee"])
    else:
        sign = 1 if inputs["side"] == "long" else -1
        bankrupt, executed = exact(inputs["bankruptcy"]), exact(inputs["exec"])
        mark, fee = exact(inputs["liq"]), Fraction(0)
    before = Fraction(1000)
    rules = Rules(
        name="fund",
        liquidation_fee_ppm=whole(fee * PPM),
        residue_to="client" if fee else "fund",
        market_band_ppm=PPM - 1,
        warning_levels=(),
        default_leverage=1,
    )
    listing = Listing("X", step_of([bankrupt, executed, mark]), ONE, flat(HALF))
    stage = Stage(rules, [listing], Fraction(1, PPM), before)
    stage.mark("X", mark)
    stage.open("loser", "X", ONE * sign, mark)
    stage.wallet("loser", sign * (mark - bankrupt))
    stage.wallet("maker", 100 * mark)
    side: Side = "buy" if sign > 0 else "sell"
    with stage.setting():
        stage.order("maker", side, ONE, executed, "X")
    stage.look()
    assert not stage.sizes("loser")
    return stage.fund - before


def reduced(inputs: Inputs) -> object:
    """Return how much of a position one order closes: to restore the margin, or down two tiers."""
    return _healed(inputs) if "margin_shortage" in inputs else _reduced_by_tiers(inputs)


def _healed(inputs: Inputs) -> object:
    """Lack so much margin of ten coins at a mark in dollars, where the fees are to be paid too."""
    mark, rate = (
        exact(inputs["oracle"]) * exact(inputs["quote_price"]),
        exact(inputs["margin_ratio"]),
    )
    fees = exact(inputs["liquidator_fee"]) + exact(inputs["if_fee"])
    rules = Rules(
        name="heal",
        strict_trigger=True,
        liquidation_fee_ppm=whole(fees * PPM),
        closing=Closing(reduce="heal", heal_fees=True),
        warning_levels=(),
        default_leverage=1,
    )
    stage = Stage(rules, [Listing("X", ONE, NANO, flat(rate))], NANO, Fraction(0))
    stage.mark("X", mark)
    stage.open("loser", "X", TEN, mark)
    stage.wallet("loser", TEN * mark * rate - exact(inputs["margin_shortage"]))
    with stage.setting():
        pass
    [first, *_] = [event for event in stage.look() if isinstance(event, LiquidationStarted)]
    return stage.sized("X", first.quantity)


def _reduced_by_tiers(inputs: Inputs) -> object:
    """Go down from the third tier."""
    held = exact(inputs["held"])
    second = whole(exact(inputs["tier1_max"])) + 1
    tiers = enumerate((0, second, whole(exact(inputs["tier3_from"]))), 1)
    table = tuple(Bracket(floor, 10_000 * rate, Micros(0), 1) for rate, floor in tiers)
    rules = Rules(
        name="tiers",
        closing=Closing(reduce="tiers", tiers=2),
        warning_levels=(),
        market_band_ppm=PPM - 1,
        default_leverage=1,
    )
    listing = Listing("X", ONE, ONE, table, brackets_by="lots")
    stage = Stage(rules, [listing], ONE / PPM, Fraction(0))
    mark = Fraction(100)
    stage.mark("X", mark)
    stage.open("loser", "X", held, mark)
    stage.wallet("loser", held * mark / 50)  # 2 %: less than the third tier's 3 %
    stage.wallet("maker", 10 * held * mark)
    with stage.setting():
        stage.order("maker", "buy", held, mark, "X")
    stage.look()
    return held - stage.sizes("loser")["X"]


def assigned(inputs: Inputs) -> object:
    """Return how much of a position goes to somebody who stands ready for what the book left."""
    held, filled = exact(inputs["position"]), exact(inputs["filled"])
    rules = Rules(
        name="assignment",
        closing=Closing(takeover=("assignment",)),
        warning_levels=(),
        market_band_ppm=PPM - 1,
        default_leverage=1,
    )
    stage = Stage(rules, [Listing("X", ONE, ONE, flat(HALF))], ONE, Fraction(0))
    mark = Fraction(100)
    stage.mark("X", mark)
    stage.open("loser", "X", held, mark)
    stage.wallet("loser", held * mark / 4)  # half of the maintenance
    for name in ("maker", "ready"):
        stage.wallet(name, 10 * held * mark)
    with stage.setting():
        stage.order("maker", "buy", filled, mark, "X")
        ready = OfferAssignment(
            at_us=stage.now(), account="ready", contract="X", quantity=Lots(stage.lots("X", held))
        )
        stage.apply(ready)
    stage.look()
    assert not stage.sizes("loser")
    return stage.sizes("ready")["X"]


def adl_allocation(inputs: Inputs) -> object:
    """Return who is deleveraged by how much, where longs rank as the vector says."""
    loser = inputs["liquidated"]
    size, bankrupt = exact(loser["size"]), exact(loser["bankruptcy"])
    assert loser["side"] == "short"
    listing = Listing("X", ONE, ONE, flat(Fraction(1, 100)))
    stage = Stage(Rules(name="adl", warning_levels=()), [listing], ONE / PPM, Fraction(0))
    mark = bankrupt + 1
    stage.mark("X", mark)
    stage.open("loser", "X", -size, bankrupt)
    stage.wallet("loser", Fraction(0))
    _ranked_longs(stage, inputs, mark)
    with stage.setting():
        pass
    events = [event for event in stage.look() if isinstance(event, Deleveraged)]
    prices = {stage.quote(event.value) / stage.sized("X", event.quantity) for event in events}
    [price] = prices
    return {
        "fills": {event.account: stage.sized("X", event.quantity) for event in events},
        "price": price,
        "acct5_left": stage.sizes("5")["X"],
    }


def _ranked_longs(stage: Stage, inputs: Inputs, mark: Fraction) -> None:
    """Open longs: a higher rank is made by a lower entry and less money, so by more profit and
    a higher leverage."""
    for winner in inputs["longs"]:
        name, held, place = str(winner["acct"]), exact(winner["qty"]), winner["rank"]
        stage.open(name, "X", held, mark - 10 * place)
        stage.wallet(name, held * mark * Fraction(1, place))


def adl_indicator(inputs: Inputs) -> object:
    """Return accounts in the order of the queue, with the fifth of it in which each one ends."""
    stage = Stage(
        Rules(name="adl", warning_levels=()),
        [Listing("X", ONE, ONE, flat(Fraction(1, 100)))],
        ONE / PPM,
        Fraction(0),
    )
    mark = Fraction(1200)
    stage.mark("X", mark)
    _ranked_longs(stage, inputs, mark)
    places = sorted((-winner["rank"], winner["acct"]) for winner in inputs["longs"])
    positions = {name: held.positions.get("X") for name, held in stage.state.accounts.items()}
    return [
        [account, 20 * (LIGHTS + 1 - lights(stage.state, position))]
        for _, account in places
        if (position := positions[str(account)])
    ]


def adl_trigger(inputs: Inputs) -> object:
    """Return what a pool that has lost so much within 8 h leaves to deleveraging.

    Two longs are closed a unit below their bankruptcy price: one that loses what the vector says,
    then one of a single lot, which shows whether the pool has stopped.
    """
    if "symbol_loss" in inputs:
        pool, lost = exact(inputs["pool_max_8h"]), -exact(inputs["symbol_loss"])
    else:
        pool = exact(inputs["pool_max_8h"])
        lost = exact(inputs["symbol_max_pnl_8h"]) - exact(inputs["symbol_current_pnl"])
    threshold = whole(-exact(inputs["threshold"]) * PPM)
    rules = Rules(name="pool", warning_levels=(), fund=FundTerms(drawdown_ppm=threshold))
    stage = Stage(rules, [Listing(SYMBOL, ONE, ONE, flat(HALF))], ONE, pool)
    stage.mark(SYMBOL, Fraction(10))
    for name, size in (("loser", lost), ("later", ONE), ("winner", -lost - 1)):
        entry = Fraction(20 if name == "winner" else 10)
        stage.open(name, SYMBOL, size, entry)
        stage.wallet(name, Fraction(0))
    for name in ("winner", "maker"):
        stage.wallet(name, 100 * pool)
    with stage.setting():
        stage.mark(SYMBOL, Fraction(9))
        stage.order("maker", "buy", lost + 1, Fraction(9), SYMBOL)
    moved: dict[str, Fraction] = {"loser": Fraction(0), "later": Fraction(0)}
    account = ""
    for event in stage.look():
        if isinstance(event, LiquidationStarted):
            account = event.account
        elif isinstance(event, Deleveraged):
            moved[account] += stage.quote(event.adl)
    paid = pool - stage.fund
    return {
        "pnl_ratio": -(paid + moved["loser"]) / pool,
        "triggered": moved["later"] > 0,
        "loss_moved_to_adl": moved["loser"],
    }


def round_trip(inputs: Inputs) -> object:
    """Return equity, fees and margin of a purchase and a sale at the outside market's touch."""
    rules = Rules(
        name="fees",
        taker_fee_ppm=whole(exact(inputs["taker"]) * PPM),
        default_mode="isolated",
        default_leverage=inputs["leverage"],
    )
    contract = contract_of(Listing(SYMBOL, ONE, ONE, flat(ONE / 100)), ONE / PPM)
    exchange = Exchange(Venue(rules, (contract,)))
    amount = Micros(whole(exact(inputs["balance"]) * PPM))
    exchange.apply(Deposit(at_us=0, account="alice", amount=amount))
    fees = _traded(exchange, "buy", *inputs["buy"])
    margin = exchange.state.balance(f"isolated:alice:{SYMBOL}")
    fees += _traded(exchange, "sell", *inputs["sell"])
    return {
        "equity": Fraction(exchange.equity_of("alice"), PPM),
        "fees": Fraction(fees, PPM),
        "position_margin": Fraction(margin, PPM),
    }


def _traded(exchange: Exchange, side: Side, lots: int, price: int) -> int:
    """Move the market to a price, trade there, and return the fees."""
    bid, ask = (price - 1, price) if side == "buy" else (price, price + 1)
    quantity, at_us = Lots(100), exchange.state.now_us + 1
    exchange.apply(
        QuoteTick(
            at_us=at_us,
            contract=SYMBOL,
            bid=Price(bid),
            bid_quantity=quantity,
            ask=Price(ask),
            ask_quantity=quantity,
        )
    )
    last = TradeTick(at_us=at_us, contract=SYMBOL, price=Price(price), quantity=Lots(1), side=side)
    exchange.apply(last)
    order = PlaceOrder(
        at_us=at_us,
        account="alice",
        order=side,
        contract=SYMBOL,
        side=side,
        quantity=Lots(lots),
    )
    return sum(event.fee for event in exchange.apply(order) if isinstance(event, OrderFilled))
