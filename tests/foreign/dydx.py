"""dYdX v4: cross accounts known by their cash and sizes, one wave against a resting book.

The venue's fund stands behind its orders (C5), as configs/venues/dydx.toml has it, with the limits
that a case states. dYdX keeps no entry prices; here the largest unrealised loss goes first, so a
case is given entries that change no equity: the accounts to be liquidated have losses in the order
in which the source liquidates them, counterparties of a deleveraging have a profit, all others
entered at the mark. A direct call of the source's keeper is the stage (c) alone; through the door
(`whole_fills`) the venue closes everything at once, whatever equity is left, as that call does.
"""

from collections.abc import Iterator
from fractions import Fraction

from engine.core.command import SettleContract
from engine.core.event import (
    Deleveraged,
    Event,
    LiquidationPaused,
    LiquidationStarted,
    PositionSettled,
)
from engine.core.instrument import Backed, Closing, FundTerms, Rules
from engine.core.liquidation.case import Breach
from engine.core.liquidation.case import Case as Liquidation
from engine.core.liquidation.deleverage import against_others
from engine.core.money import PPM, Micros
from engine.vectors.stage import Listing, Stage, exact, flat, step_of, whole
from tests.foreign import deals
from tests.foreign.case import Case, Outcome

DRAWN = 1
"""A seed that draws counterparties in the order in which the source's test drew them."""
ONE_PAIR = ("TestProcessDeleveraging", "TestProcessDeleveraging_Rounding")
"""Tests that call for one pair of accounts, where a pair that is passed over is an error."""
LIMITS = ("min_notional", "max_notional", "max_fund_loss")
FEE_STEPS = Fraction(1, PPM)
"""Money is counted so finely that no fee of these cases is rounded."""


def run(case: Case) -> Outcome:
    """Play a case and answer what it expects."""
    if "payment" in case:
        return _payment(case)
    if "deleverage" in case:
        return _direct(case)
    if case["kind"] == "predicate":
        return _predicate(case)
    return _book(case)


def _book(case: Case) -> Outcome:
    stage = staged(case)
    events: list[Event] = []
    with stage.setting():
        for order in case["orders"]:
            size, price = exact(order["size"]), exact(order["price"])
            placed = (str(order["account"]), order["side"], size, price, order["contract"])
            events += stage.order(*placed)
    events += stage.look()
    fills = deals.fills(stage, events)
    forced = [fill for fill in fills if fill["taker"] in deals.liquidated(events)]
    notional = sum(fill["size"] * exact(case["prices"][fill["contract"]]) for fill in forced)
    loss = sum(max(Fraction(0), -fill.get("fund_delta", 0)) for fill in forced)
    return _accounts(case, stage) | {
        "fills": fills,
        "fees_collected": stage.quote(stage.state.balance("fees")),
        "notional_liquidated": notional,
        "fund_loss": loss,
        "healthy_after": _healthy(stage, events),
    }


def _healthy(stage: Stage, events: list[Event]) -> list[str]:
    """Name who was liquidated, keeps something and does not wait for the next round."""
    waiting = [event.account for event in events if isinstance(event, LiquidationPaused)]
    left = [name for name in deals.liquidated(events) if stage.sizes(name)]
    return [name for name in left if name not in waiting]


def _accounts(case: Case, stage: Stage) -> Outcome:
    names = [str(account["id"]) for account in case["accounts"]]
    long = sum(size for name in names for size in stage.sizes(name).values() if size > 0)
    return {
        "accounts_after": deals.accounts(stage, names),
        "fund_after": stage.fund,
        "fund_delta": stage.fund - exact(case["fund_before"]),
        "open_interest_after": long,
    }


def _direct(case: Case) -> Outcome:
    """Run the stage of the waterfall alone, as the source calls its keeper."""
    stage, wanted = staged(case), case["deleverage"]
    with stage.setting():
        pass
    if wanted["price_rule"] == "mark":
        return _final(case, stage)
    state = stage.state
    loser = state.accounts[wanted["account"]]
    position = loser.positions[wanted["contract"]]
    liquidation = Liquidation(Breach(loser.name, loser, None, cause=0), {})
    lots = liquidation.lots(state, position)
    size = stage.lots(wanted["contract"], exact(wanted["size"]))
    state.begin(stage.now())
    state.events = []
    left_out = lots.quantity - size
    done = against_others(state, liquidation, position, lots, left_out)
    fills = deals.fills(stage, state.events)
    for fill in fills:
        fill["taker"] = loser.name
    return _accounts(case, stage) | {
        "fills": fills,
        "size_remaining": stage.sized(wanted["contract"], lots.quantity - done),
        "rejected": case["source"]["test"] in ONE_PAIR and not fills,
        "accepted": done == lots.quantity,
    }


def _final(case: Case, stage: Stage) -> Outcome:
    """End the contract: everybody is closed at the mark, whatever he is worth (O21)."""
    wanted = case["deleverage"]
    account, contract = wanted["account"], wanted["contract"]
    events = stage.apply(SettleContract(at_us=stage.now(), contract=contract))
    settled = [event for event in events if isinstance(event, PositionSettled)]
    fills = [
        {
            "taker": account,
            "maker": event.account,
            "contract": contract,
            "size": stage.sized(contract, event.quantity),
            "price": stage.shown(contract, Fraction(event.price)),
            "type": "settle_at_mark",
        }
        for event in settled
        if event.account != account
    ]
    left = stage.sizes(account).get(contract, 0)
    return _accounts(case, stage) | {"fills": fills, "size_remaining": left, "rejected": False}


def whole_fills(case: Case) -> list[Outcome]:
    """Play a deleveraging through the door: the wave that the account's breach sets off."""
    stage = staged(case)
    with stage.setting():
        pass
    return deals.fills(stage, stage.look())


def _predicate(case: Case) -> Outcome:
    stage = staged(case, breach="size_to_close" in case["expected"])
    [account] = case["accounts"]
    [leg] = account["positions"]
    contract, size = leg["contract"], exact(leg["size"])
    mark = exact(case["prices"][contract])
    if "deleverage_at_bankruptcy" in case["expected"]:
        profitable = mark * (1 + (1 if size > 0 else -1) * Fraction(1, 100))
        stage.open("somebody", contract, -size, profitable)
        stage.wallet("somebody", 10 * mark)
    with stage.setting():
        pass
    equity = stage.equity(str(account["id"]))
    events = stage.look()
    started = [event for event in events if isinstance(event, LiquidationStarted)]
    prices = [
        stage.quote(event.value) / stage.sized(contract, event.quantity)
        for event in events
        if isinstance(event, Deleveraged)
    ]
    return {
        "liquidatable": bool(started),
        "size_to_close": sum(stage.sized(contract, event.quantity) for event in started),
        "deleverage_at_bankruptcy": mark - equity / size in prices,
        "deleverage_at_mark": _ends_at(stage, case, str(account["id"])) == mark,
    }


def _ends_at(stage: Stage, case: Case, account: str) -> Fraction | None:
    """End the contract if its market's status says so; return the price at which he is closed."""
    if case.get("policy", {}).get("market_status") != "final_settlement":
        return None
    [contract] = case["prices"]
    events = stage.apply(SettleContract(at_us=stage.now(), contract=contract))
    for event in events:
        if isinstance(event, PositionSettled) and event.account == account:
            return stage.shown(contract, Fraction(event.price))
    return None


def _payment(case: Case) -> Outcome:
    """A loser without position asks the fund for money; what a position leaves goes to it."""
    before, payment = exact(case["fund_before"]), exact(case["payment"])
    money = step_of([before, payment, Fraction(1)])
    listing = Listing("BTC", Fraction(1), Fraction(1), flat(Fraction(1)))
    stage = Stage(Rules(name="fund", residue_to="fund"), [listing], money, before)
    stage.mark("BTC", Fraction(10))
    if payment >= 0:
        stage.open("loser", "BTC", Fraction(1), Fraction(10))
    stage.wallet("loser", payment)
    with stage.setting():
        pass
    stage.look()
    return {"allowed": stage.fund - before == payment}


def staged(case: Case, *, breach: bool = False) -> Stage:
    """Put the accounts of a case on a stage; `breach`: with no equity, whatever their cash."""
    entries, marks = dict(_entries(case)), _marks(case)
    listings = [_listing(case, item, entries) for item in case["contracts"]]
    listings = [listing for listing in listings if listing.symbol in marks]
    fund = exact(case.get("fund_before", 0))
    balances = [exact(account["quote_balance"]) for account in case["accounts"]]
    values = [listing.price_step * listing.lot for listing in listings]
    limits = [exact(case.get("policy", {}).get(name, 0)) for name in LIMITS]
    money = step_of([fund, *balances, *values, *limits]) * FEE_STEPS
    stage = Stage(_rules(case, money), listings, money, fund)
    for contract, price in marks.items():
        stage.mark(contract, price)
    for account, balance in zip(case["accounts"], balances, strict=True):
        name = str(account["id"])
        stage.wallet(name, balance)
        for leg in account["positions"]:
            contract, size = leg["contract"], exact(leg["size"])
            stage.open(name, contract, size, entries[name, contract])
            balance += size * entries[name, contract]
        stage.wallet(name, balance)
        if breach:
            stage.wallet(name, balance - stage.equity(name))
    return stage


def _marks(case: Case) -> dict[str, Fraction]:
    """The marks of a case; where it has none, its orders' prices, 1 where there is no order."""
    if case["prices"]:
        return {contract: exact(price) for contract, price in case["prices"].items()}
    held = {leg["contract"]: Fraction(1) for a in case["accounts"] for leg in a["positions"]}
    return held | {order["contract"]: exact(order["price"]) for order in case["orders"]}


def _listing(case: Case, item: Case, entries: dict[tuple[str, str], Fraction]) -> Listing:
    name = item["contract"]
    orders = [order for order in case.get("orders", ()) if order["contract"] == name]
    prices = [exact(item["tick"]), _marks(case).get(name, Fraction(1))]
    prices += [exact(order["price"]) for order in orders]
    prices += [price for (_, contract), price in entries.items() if contract == name]
    sizes = [exact(item["lot"]), *(exact(order["size"]) for order in orders)]
    for account in case["accounts"]:
        sizes += [exact(p["size"]) for p in account["positions"] if p["contract"] == name]
    if "deleverage" in case:
        sizes.append(exact(case["deleverage"]["size"]))
    return Listing(name, step_of(prices), step_of(sizes), flat(exact(item["mmf"])))


def _entries(case: Case) -> Iterator[tuple[tuple[str, str], Fraction]]:
    """Yield the entry of each position; see the module's opening."""
    targets = [(item["account"], item["contract"]) for item in case.get("liquidations", ())]
    if "deleverage" in case:
        targets = [(case["deleverage"]["account"], case["deleverage"]["contract"])]
    marks = _marks(case)
    sizes = {
        (str(account["id"]), leg["contract"]): exact(leg["size"])
        for account in case["accounts"]
        for leg in account["positions"]
    }
    smallest = min((abs(sizes[key]) * marks[key[1]] for key in targets), default=Fraction(0))
    for key, size in sizes.items():
        mark = marks[key[1]]
        if key in targets:
            loss = (len(targets) - targets.index(key)) * smallest / 100
            yield key, mark + loss / size
        elif case["kind"] == "deleverage" and key[0] not in dict(targets):
            yield key, mark * (1 - Fraction(1, 100) if size > 0 else 1 + Fraction(1, 100))
        else:
            yield key, mark


def _rules(case: Case, money: Fraction) -> Rules:
    policy, [first, *_] = case.get("policy", {}), case["contracts"]
    forced, direct = "liquidations" in case, "deleverage" in case
    loss, whole_position = Micros(_limit(policy, "max_fund_loss", money)), Closing()
    return Rules(
        name="dydx",
        strict_trigger=True,
        taker_fee_ppm=0 if forced else whole(exact(first["taker_fee"]) * PPM),
        maker_fee_ppm=whole(exact(first["maker_fee"]) * PPM),
        liquidation_fee_ppm=whole(exact(policy.get("liquidation_fee_cap", 0)) * PPM),
        residue_to="client",
        adl="random" if policy.get("deleverage", True) else "none",
        adl_against="anybody",
        adl_below_zero=not direct,
        closing=whole_position if direct else _closing(policy, money),
        fund=FundTerms(fills="whole", account_loss_max=loss),
        seed=DRAWN,
        socialized="none",
        market_band_ppm=PPM - 1,
        warning_levels=(),
        default_leverage=whole(1 / exact(first["imf"])),
    )


def _closing(policy: Case, money: Fraction) -> Closing:
    """Limit what an order closes and how far it goes, as the case says."""
    limit = policy.get("limit_price", {})
    backed = Backed(
        portion_ppm=whole(exact(policy.get("max_portion", 1)) * PPM),
        portion_min=Micros(_limit(policy, "min_notional", money)),
        round_notional=Micros(_limit(policy, "max_notional", money)),
        round_by="fill" if policy.get("size_check") == "reject_fill" else "order",
        spread_ppm=whole(exact(limit.get("smmr", 0)) * PPM),
        adjustment_ppm=whole(exact(limit.get("ba", 1)) * PPM),
    )
    return Closing(backed=backed, cooldown_us=1)


def _limit(policy: Case, name: str, money: Fraction) -> int:
    return whole(exact(policy.get(name, 0)) / money)
