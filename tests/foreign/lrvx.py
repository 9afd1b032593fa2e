"""lrvx: marks walk from tick to tick; what cannot pay is closed at the mark.

All marks of one tick move together. An account of the kind `orphan` is one isolated position and
nothing else, its balance being that position's margin. Tables are read as family 1: lrvx takes the
whole position at its tier's rate, and no case here stands where the two differ.
"""

from fractions import Fraction
from typing import Literal

from engine.core.event import Event, LiquidationStarted, Rejected
from engine.core.instrument import Bracket, Rules
from engine.core.money import PPM
from engine.core.state.standing import available, cross_risk, withdrawable
from engine.vectors.stage import Listing, Stage, exact, published, scaled, step_of, whole
from tests.foreign import deals
from tests.foreign.case import Case, Outcome

MONEY = Fraction(1, PPM)


def run(case: Case) -> Outcome:
    """Play a case tick by tick and answer what it expects."""
    stage = staged(case)
    ticks: list[tuple[Event, ...]] = []
    standing: list[dict[str, Outcome]] = []
    for tick in case["ticks"]:
        with stage.setting():
            for contract, price in tick.items():
                stage.mark(contract, exact(price))
        ticks.append(stage.look())
        standing.append(_standing(case, stage, ticks[-1]))
    events = [event for tick in ticks for event in tick]
    names = [str(account["id"]) for account in case["accounts"]]
    first = next((event for event in events if isinstance(event, LiquidationStarted)), None)
    adl = [number for number, tick in enumerate(ticks) if deals.deleveraged(tick)]
    return {
        "liquidated": deals.liquidated(events),
        "liquidated_per_tick": [deals.liquidated(tick) for tick in ticks],
        "liquidated_first": first and f"{first.account}:{first.contract}",
        "adl": deals.deleveraged(events),
        "tick_of_first_adl": adl[0] if adl else None,
        "fund_delta": stage.fund - exact(case["fund_before"]),
        "balances_after": {name: stage.cash(name) for name in names},
        "equity_after": {name: stage.equity(name) for name in names},
        "open_after": _open(case, stage),
        "initial_margin": {name: _initial(stage, name) for name in names},
        "order_allowed": {
            text: _allowed(stage, names[0], text)
            for text in case["expected"].get("order_allowed", ())
        },
        **{
            f"{what}_per_tick": {name: [at[name][what] for at in standing] for name in names}
            for what in ("equity", "mm", "withdrawable")
        },
    }


def _standing(case: Case, stage: Stage, events: tuple[Event, ...]) -> dict[str, Outcome]:
    """How the cross accounts stand after a tick; a liquidated one, as it began."""
    result: dict[str, Outcome] = {}
    for name in (str(account["id"]) for account in case["accounts"]):
        account = stage.state.accounts[name]
        risk = cross_risk(stage.state, account)
        equity, kept = risk.equity, risk.maintenance
        for event in events:
            if isinstance(event, LiquidationStarted) and event.account == name:
                equity, kept = event.equity, event.maintenance
                break
        result[name] = {
            "equity": stage.quote(equity),
            "mm": stage.quote(kept),
            "withdrawable": stage.quote(withdrawable(stage.state, account)),
        }
    return result


def _open(case: Case, stage: Stage) -> list[str]:
    names = {str(account["id"]): "lrvx" in account for account in case["accounts"]}
    return [
        name if is_orphan else f"{name}:{contract}"
        for name, is_orphan in names.items()
        for contract in stage.sizes(name)
    ]


def _initial(stage: Stage, name: str) -> Fraction:
    account = stage.state.accounts[name]
    return stage.quote(stage.exchange.equity_of(name) - available(stage.state, account))


def _allowed(stage: Stage, name: str, text: str) -> bool:
    """Try an order such as `buy 30 BTC @ 100`."""
    side, size, contract, _, price = text.split()
    taken: Literal["buy", "sell"] = "buy" if side == "buy" else "sell"
    events = stage.order(name, taken, exact(size), exact(price), contract)
    return not any(isinstance(event, Rejected) for event in events)


def staged(case: Case) -> Stage:
    """Put the accounts of a case on a stage, each contract at its first entry."""
    listings = [_listing(case, item) for item in case["contracts"]]
    stage = Stage(_rules(case), listings, MONEY, exact(case["fund_before"]))
    legs = [(a, leg) for a in case["accounts"] for leg in a["positions"]]
    for contract, entry in {leg["contract"]: leg["entry"] for _, leg in reversed(legs)}.items():
        stage.mark(contract, exact(entry))
    for account in case["accounts"]:
        balance = Fraction(0) if "lrvx" in account else exact(account["quote_balance"])
        stage.wallet(str(account["id"]), balance)
    for account, leg in legs:
        name, contract = str(account["id"]), leg["contract"]
        stage.open(name, contract, exact(leg["size"]), exact(leg["entry"]))
        if account["mode"] == "isolated":
            stage.isolate(name, contract, exact(leg["margin"]))
    return stage


def _listing(case: Case, item: Case) -> Listing:
    name = item["contract"]
    legs = [
        leg
        for account in case["accounts"]
        for leg in account["positions"]
        if leg["contract"] == name
    ]
    prices = [exact(leg["entry"]) for leg in legs]
    prices += [exact(tick[name]) for tick in case["ticks"] if name in tick]
    sizes = [exact(leg["size"]) for leg in legs]
    return Listing(name, step_of(prices) / 100, step_of(sizes) / 100, _table(item))


def _table(item: Case) -> tuple[Bracket, ...]:
    rows = item.get("tiers") or [("0", item["mmf"])]
    return scaled(published((floor, rate) for floor, rate in rows), MONEY)


def _rules(case: Case) -> Rules:
    imf = exact(case["contracts"][0].get("imf", "0.1"))
    return Rules(
        name="lrvx",
        strict_trigger=True,
        residue_to="client",
        adl="ranked" if case.get("policy", {}).get("adl", True) else "none",
        socialized="none",
        market_band_ppm=PPM - 1,
        warning_levels=(),
        default_leverage=whole(1 / imf),
    )
