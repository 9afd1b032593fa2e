"""Drift: a liquidator takes positions over at the mark less his fee, as much as is needed.

Who is called a liquidator bids (or asks) at the mark for what he would take, and his fee is charged
with the fund's as the liquidation fee, of which here he gets nothing (L16): so the account that is
liquidated ends as there. The size is that of C1, `heal` with `heal_fees` and Drift's buffer.

`quote` of a position is minus its entry cost; what an account holds beside its deposit is compared
as that quote. In drift-03 Drift cancels an order to restore the margin; here orders are no part of
the maintenance, so that the same position stays without it.
"""

from fractions import Fraction

from engine.core.command import Side
from engine.core.event import LiquidationStarted, LossSocialized
from engine.core.instrument import Closing, Rules
from engine.core.money import PPM
from engine.vectors.stage import Listing, Stage, exact, flat, step_of, whole
from tests.foreign import deals
from tests.foreign.case import Case, Outcome

DEPOSIT = Fraction(1_000)
"""Of somebody who is known only by his order."""


def run(case: Case) -> Outcome:
    """Play a case and answer what it expects."""
    if "open_interest" in case:
        return _shared(case)
    if "size_to_close" in case["expected"]:
        return _sized(case)
    stage = staged(case)
    with stage.setting():
        for order in case.get("orders", ()):
            placed = (order["side"], exact(order["size"]), exact(order["price"]))
            stage.order(order["account"], *placed, order["contract"])
        _bid(case, stage)
    before = {name: _legs(stage, name) for name in stage.state.accounts}
    events = stage.look()
    deposits = {a["id"]: exact(a["quote_balance"]) for a in case["accounts"]}
    started = {
        f"{event.account}:{event.mode}:{event.contract}"
        for event in events
        if isinstance(event, LiquidationStarted)
    }
    legs = _named_legs(stage)
    cuts = dict.fromkeys(deposits, Fraction(0))
    for event in events:
        if isinstance(event, LossSocialized):
            cuts[event.account] += stage.quote(event.amount)
    return {
        "positions_after": {name: _position(case, stage, name, deposits) for name in before},
        "accounts_after": deals.accounts(stage, deposits),
        "liquidatable": sorted(started),
        "not_liquidatable": sorted(set(legs) - started),
        "unchanged": sorted(
            leg for leg, now in legs.items() if now == before[leg.split(":")[0]].get(leg)
        ),
        "fund_delta": stage.fund - exact(case["fund_before"]),
        "fund_after": stage.fund,
        "haircuts": cuts,
    }


def _bid(case: Case, stage: Stage) -> None:
    """Let the liquidator of a case bid at the mark for the position of its user."""
    legs = {account["id"]: account["positions"] for account in case["accounts"]}
    if "liquidator" not in legs or case["kind"] == "order_vs_liquidation":
        return
    [leg] = legs["user"]
    size, mark = exact(leg["size"]), exact(case["prices"][leg["contract"]])
    side: Side = "buy" if size > 0 else "sell"
    stage.order("liquidator", side, abs(size), mark, leg["contract"])


def _sized(case: Case) -> Outcome:
    """Size one order that restores the margin and pays its fees: C1, `heal` with `heal_fees`."""
    contract, [price] = case["contracts"][0], map(exact, case["prices"].values())
    size, rate = Fraction(10), exact(contract["mmf"])
    rules = Rules(
        name="drift",
        strict_trigger=True,
        liquidation_fee_ppm=whole(_fees(contract) * PPM),
        closing=Closing(reduce="heal", heal_fees=True),
        warning_levels=(),
        default_leverage=1,
    )
    listing = Listing("PERP", Fraction(1), exact(contract["lot"]), flat(rate))
    stage = Stage(rules, [listing], Fraction(1, PPM), Fraction(0))
    stage.mark("PERP", price)
    stage.open("user", "PERP", size, price)
    stage.wallet("user", size * price * rate - exact(case["shortage"]))
    with stage.setting():
        pass
    [first, *_] = [event for event in stage.look() if isinstance(event, LiquidationStarted)]
    return {"size_to_close": stage.sized("PERP", first.quantity)}


def _shared(case: Case) -> Outcome:
    """Share a loss of somebody without a position over a long and a short of the sizes given."""
    sides = {"long": 1, "short": -1}
    sizes = {name: sign * exact(case["open_interest"][name]) for name, sign in sides.items()}
    listing = _listing({**case, "prices": {"PERP": "100"}, "accounts": ()}, case["contracts"][0])
    stage = Stage(_rules(case), [listing], Fraction(1, PPM**2), exact(case["fund_before"]))
    stage.mark("PERP", Fraction(100))
    for name, size in sizes.items():
        stage.open(name, "PERP", size, Fraction(100))
        stage.wallet(name, Fraction(1_000))
    stage.wallet("bankrupt", -exact(case["loss"]))
    stage.state.accounts["bankrupt"].last_contract = "PERP"
    with stage.setting():
        pass
    cuts = {e.account: stage.quote(e.amount) for e in stage.look() if isinstance(e, LossSocialized)}
    per_unit = {round(cuts[name] / abs(size), 9) for name, size in sizes.items()}
    assert len(per_unit) == 1, f"both sides pay the same for a unit: {cuts}"
    return {"haircut_per_unit": cuts["long"] / sizes["long"]}


def _position(case: Case, stage: Stage, name: str, deposits: dict[str, Fraction]) -> Outcome:
    """Size and, where the case states it, the quote of an account in the first contract."""
    expected = case["expected"].get("positions_after", {}).get(name, {})
    size = stage.sizes(name).get(case["contracts"][0]["contract"], Fraction(0))
    isolated = sum(margin - cost for margin, _, cost in _legs(stage, name).values())
    cash = stage.cash(name) + stage.quote(isolated)
    answer = {"size": size, "quote": cash - deposits.get(name, DEPOSIT)}
    return {field: answer[field] for field in expected}


def _legs(stage: Stage, name: str) -> dict[str, tuple[int, int, int]]:
    """Margin, quantity and cost of each isolated position of an account."""
    return {
        f"{name}:isolated:{contract}": (
            stage.state.balance(position.margin_key),
            position.quantity,
            position.cost,
        )
        for contract, position in stage.state.accounts[name].positions.items()
        if position.mode == "isolated"
    }


def _named_legs(stage: Stage) -> dict[str, tuple[int, int, int]]:
    return {leg: now for name in stage.state.accounts for leg, now in _legs(stage, name).items()}


def staged(case: Case) -> Stage:
    """Put the accounts of a case on a stage."""
    listings = [_listing(case, item) for item in case["contracts"]]
    amounts = [exact(case["fund_before"])]
    amounts += [exact(account["quote_balance"]) for account in case["accounts"]]
    values = [listing.price_step * listing.lot for listing in listings]
    money = step_of([*amounts, *values]) / PPM
    stage = Stage(_rules(case), listings, money, exact(case["fund_before"]))
    for contract, price in case["prices"].items():
        stage.mark(contract, exact(price))
    for account in case["accounts"]:
        stage.wallet(account["id"], exact(account["quote_balance"]))
        for leg in account["positions"]:
            size = exact(leg["size"])
            stage.open(account["id"], leg["contract"], size, -exact(leg["quote"]) / size)
            if leg.get("mode", account["mode"]) == "isolated":
                margin = exact(leg.get("margin", account["quote_balance"]))
                stage.isolate(account["id"], leg["contract"], margin)
                if "margin" not in leg:
                    stage.wallet(account["id"], Fraction(0))
        if not account["positions"]:
            stage.state.accounts[account["id"]].last_contract = case["contracts"][0]["contract"]
    for order in case.get("orders", ()):
        if order["account"] not in stage.state.accounts:
            stage.wallet(order["account"], DEPOSIT)
    return stage


def _listing(case: Case, item: Case) -> Listing:
    name = item["contract"]
    prices = [exact(case["prices"][name])]
    prices += [exact(o["price"]) for o in case.get("orders", ()) if o["contract"] == name]
    for account in case["accounts"]:
        for leg in account["positions"]:
            prices.append(-exact(leg["quote"]) / exact(leg["size"]))
    return Listing(name, step_of(prices), exact(item["lot"]), flat(exact(item["mmf"])))


def _fees(contract: Case) -> Fraction:
    """Add what liquidator and fund charge, at most."""
    return exact(contract.get("liquidator_fee", 0)) + exact(contract.get("fund_fee_max", 0))


def _rules(case: Case) -> Rules:
    contract = case["contracts"][0]
    buffer = exact(case.get("policy", {}).get("buffer", 0)) / exact(contract["mmf"])
    return Rules(
        name="drift",
        strict_trigger=True,
        taker_fee_ppm=whole(exact(contract.get("taker_fee", 0)) * PPM),
        liquidation_fee_ppm=whole(_fees(contract) * PPM),
        closing=Closing(reduce="heal", heal_fees=True, heal_buffer_ppm=whole(buffer * PPM)),
        residue_to="client",
        socialized="open_interest",
        market_band_ppm=PPM - 1,
        warning_levels=(),
        default_leverage=whole(1 / exact(contract["imf"])),
    )
