"""Vega: one settlement in whole units, closing out below maintenance, takeovers by the fund.

A settlement's claims become what they are on a venue without daily settlement: a loser is a wallet
of what he has less what he owes, a winner an isolated position whose unrealised profit is his
claim. Winners' deposits are not in the claims; each has the 100,000 of vega-u-06.

In a close-out nothing is offered before the fund takes all over (C1: the lowest bracket of `tiers`;
I1), and then sells it in the book (I2). What it holds Vega settles in cash with every move of the
mark; here that is unrealised, so both together are compared.
"""

from fractions import Fraction
from typing import Any

from engine.core.command import FundingTick
from engine.core.event import FundingPaid, LossSocialized
from engine.core.instrument import Closing, Funding, FundTerms, Rules
from engine.core.money import E8, PPM
from engine.vectors.stage import Listing, Stage, exact, flat, whole
from tests.foreign import deals
from tests.foreign.case import Case, Outcome

ONE = Fraction(1)
DEPOSIT = Fraction(100_000)
DISTRESS = Fraction(9, 10)
"""A maintenance rate below which nobody stays who is said to be distressed; Vega's own depends on
the book."""
SLIPPAGE_PPM = {"vega-tk-03": PPM // 20}
"""How far from the mark the fund sells where that stops it: bids at 140 are too far from 150."""
TAKEOVER = Closing(reduce="tiers", takeover=("inventory",))


def run(case: Case) -> Outcome:
    """Play a case and answer what it expects."""
    if case["kind"] == "funding":
        return _funding(case)
    if "claims" in case:
        return _settlement(case)
    return _closeout(case)


def _settlement(case: Case) -> Outcome:
    losers = {item["account"]: item for item in case["claims"]["losers"]}
    claims = {item["account"]: exact(item["claim"]) for item in case["claims"]["winners"]}
    stage = _stage(case, Fraction(1, 1000))
    stage.mark("V", Fraction(2))
    for name in dict.fromkeys([*losers, *claims]):
        stage.wallet(name, _wallet(case, losers[name]) if name in losers else DEPOSIT)
    for name, claim in claims.items():
        stage.open(name, "V", claim, ONE)
        stage.isolate(name, "V", claim)
    with stage.setting():
        pass
    cuts = dict.fromkeys(claims, Fraction(0))
    for event in stage.look():
        if isinstance(event, LossSocialized):
            cuts[event.account] += stage.quote(event.amount)
    payouts = {name: claim - cuts[name] for name, claim in claims.items()}
    return {
        "payouts": payouts,
        "haircuts": cuts,
        "largest_remainder_payouts": payouts,
        "exact_shares": _within_one(payouts, case["expected"].get("exact_shares", {})),
        "collected": sum(payouts.values()),
        "fund_after": stage.fund,
        "balances_after": {
            name: stage.equity(name) - claims.get(name, Fraction(0)) for name in (*losers, *claims)
        },
    }


def _wallet(case: Case, loser: dict[str, Any]) -> Fraction:
    """What a loser has less what he owes; a loser that is the fund has nothing beside it."""
    has = exact(loser["available"])
    if case["expected"].get("fund_is_loser") and loser["account"] == "network":
        has = Fraction(0)
    return has - exact(loser["owed"])


def _within_one(payouts: dict[str, Fraction], exact_shares: dict[str, str]) -> Outcome:
    """Answer the exact share where the payout is less than a unit away from it."""
    return {
        name: share if abs(payouts[name] - exact(share)) < 1 else payouts[name]
        for name, share in exact_shares.items()
    }


def _funding(case: Case) -> Outcome:
    """Let one long pay one short, so that each share loses its fraction: 1,000.5 and 999.5."""
    [payer], [receiver] = case["claims"]["losers"], case["claims"]["winners"]
    size = exact(payer["owed"]) + 1
    stage = _stage(case, Fraction(1, 1000), Funding(source="file"))
    stage.mark("V", ONE)
    stage.wallet(payer["account"], exact(payer["available"]))
    stage.wallet(receiver["account"], DEPOSIT)
    stage.open(payer["account"], "V", size, ONE)
    stage.open(receiver["account"], "V", 1 - size, ONE)
    with stage.setting():
        pass
    rate = whole(Fraction(9995, 10_000) * E8)
    events = stage.apply(FundingTick(at_us=stage.now(), contract="V", rate_e8=rate))
    paid = {event.account: event.amount for event in events if isinstance(event, FundingPaid)}
    assert paid[payer["account"]] == exact(payer["owed"])
    return {
        "payouts": {receiver["account"]: -paid[receiver["account"]]},
        "fund_after": stage.fund,
    }


def _closeout(case: Case) -> Outcome:
    [contract] = case["contracts"]
    stage = _stage(case, exact(contract["mmf"]) if "mmf" in contract else DISTRESS)
    mark = exact(case.get("prices", {}).get("V", DEPOSIT))
    stage.mark("V", mark)
    for account in case["accounts"]:
        stage.wallet(account["id"], exact(account["quote_balance"]))
        for leg in account["positions"] or [{"size": "1", "entry": mark}]:
            stage.open(account["id"], "V", exact(leg["size"]), exact(leg["entry"]))
    for order in case.get("orders", ()):
        stage.wallet(order["account"], DEPOSIT)
    names = list(stage.state.accounts)[1:]
    with stage.setting():
        for order in case.get("orders", ()):
            placed = (order["side"], exact(order["size"]), exact(order["price"]), "V")
            stage.order(order["account"], *placed)
    events = [*stage.look(), *stage.look()]
    prices = {exact(order["price"]) for order in case.get("orders", ())}
    for step in case.get("steps", ()):
        if "mark" in step:
            mark = exact(step["mark"])
            stage.mark("V", mark)
        elif exact(step["fill"][1]) not in prices:  # somebody bids anew for what the fund holds
            size, price = map(exact, step["fill"])
            stage.order("aux", "buy", size, price, "V")
            events += stage.look()
    held = stage.state.inventory.get("V")
    lots, cost = (held.quantity, held.cost) if held else (0, 0)
    return {
        "liquidated": deals.liquidated(events),
        "accounts_after": deals.accounts(stage, names),
        "equity_after": {name: stage.equity(name) for name in names},
        "fund_after": stage.fund + lots * mark - stage.quote(cost),
        "venue_position_after": {"size": stage.sized("V", lots)},
    }


def _stage(case: Case, maintenance: Fraction, funding: Funding | None = None) -> Stage:
    fee = exact(case.get("contracts", [{}])[0].get("liquidation_fee", 0))
    rules = Rules(
        name="vega",
        strict_trigger=True,
        liquidation_fee_ppm=whole(fee * PPM),
        residue_to="fund",
        market_band_ppm=PPM - 1,
        warning_levels=(),
        default_leverage=1,
        closing=TAKEOVER,
        fund=FundTerms(
            inventory_ppm=0,
            offload_interval_us=1,
            offload_band_ppm=SLIPPAGE_PPM.get(case["id"], 0),
        ),
    )
    listing = Listing("V", ONE, ONE, flat(maintenance), funding=funding or Funding())
    return Stage(rules, [listing], ONE, exact(case["fund_before"]))
