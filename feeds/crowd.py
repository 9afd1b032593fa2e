"""A seeded crowd of leveraged accounts, so that a cascade, ADL and cuts find somebody.

A set share of the accounts comes in pairs: one posts an order in the middle of the spread, the
other takes it, so that they hold long and short against each other. The rest trades with the
outside market. How much each has, at what leverage, isolated or cross, are draws; whole numbers
alone reach the commands. What an account buys is what its equity pays for at its leverage, so
nearly all of a deposit is at work; where less than a lot would come out, the deposit is larger.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from random import Random

import msgspec

from engine.config.settings import Crowd
from engine.core.command import (
    AnyCommand,
    Deposit,
    Mode,
    PlaceOrder,
    SetLeverage,
    SetMarginMode,
    Side,
)
from engine.core.instrument import Contract, Rules
from engine.core.margin.brackets import leverage_max
from engine.core.money import PPM, Lots, Micros, Price, div_up
from feeds.cue import Cue
from feeds.dice import Wealth, below, happens, wealth
from feeds.touch import Touch

SLIPPAGE_PPM = 5_000
"""What a member's entry may lose against the mark, of its value."""


class Member(msgspec.Struct, frozen=True):
    """An account of the crowd; `equity` is what it would like to have at work.

    `kept_back_ppm` of its deposit is not at work, for margin calls.
    """

    account: str
    mode: Mode
    leverage: int
    side: Side
    equity: Micros
    kept_back_ppm: int


def crowd_cues(
    dice: Random, crowd: Crowd, contracts: Mapping[str, Contract], rules: Rules
) -> Iterator[Cue]:
    """When who enters which contract: all drawn beforehand, whatever prices will be."""
    symbols = list(contracts)
    pairs = min(crowd.accounts // 2, div_up(crowd.accounts * crowd.matched_ppm, 2 * PPM))
    number = 0
    while number < crowd.accounts:
        contract = contracts[symbols[below(dice, len(symbols))]]
        after_us = below(dice, crowd.enter_us + 1)
        first = _member(dice, crowd, number)
        if number < 2 * pairs:
            second = msgspec.structs.replace(
                _member(dice, crowd, number + 1), side=_other(first.side)
            )
            number += 1
            act = partial(_meet, first, second, contract, rules)
        else:
            act = partial(_enter, first, contract, rules)
        number += 1
        yield Cue(after_us, contract.symbol, act)


def member_name(crowd: Crowd, number: int) -> str:
    """The account of a member; numbers count from 0."""
    return f"{crowd.prefix}-{number + 1:05}"


def _member(dice: Random, crowd: Crowd, number: int) -> Member:
    return Member(
        account=member_name(crowd, number),
        mode="isolated" if happens(dice, crowd.isolated_ppm) else "cross",
        leverage=_leverage(dice, crowd),
        side="buy" if happens(dice, crowd.long_ppm) else "sell",
        equity=Micros(wealth(dice, _wealth_of(crowd))),
        kept_back_ppm=crowd.at_margin_call.kept_back_ppm if crowd.at_margin_call else 0,
    )


def _wealth_of(crowd: Crowd) -> Wealth:
    return Wealth(
        median=crowd.equity_median,
        largest=crowd.equity_max,
        sigma_ppm=crowd.equity_sigma_ppm,
        tail_ppm=crowd.equity_tail_ppm,
        index_ppm=crowd.equity_tail_index_ppm,
    )


def _leverage(dice: Random, crowd: Crowd) -> int:
    left = below(dice, sum(share.share_ppm for share in crowd.leverages))
    for share in crowd.leverages:
        if left < share.share_ppm:
            return share.low + below(dice, share.high - share.low + 1)
        left -= share.share_ppm
    raise AssertionError("a draw below the sum of the shares falls into one of them")


def _other(side: Side) -> Side:
    return "sell" if side == "buy" else "buy"


class Stake(msgspec.Struct, frozen=True):
    """What an account brings: `deposit` pays for `lots` at `leverage`."""

    lots: Lots
    leverage: int
    deposit: Micros


def _enter(member: Member, contract: Contract, rules: Rules, touch: Touch) -> Iterator[AnyCommand]:
    """One account trades with the outside market."""
    stake = _stake(member, contract, rules, touch.price)
    yield from _opening(member, stake, contract, rules, touch)
    yield _market_order(member, stake, contract, touch)


def _meet(
    maker: Member, taker: Member, contract: Contract, rules: Rules, touch: Touch
) -> Iterator[AnyCommand]:
    """Two accounts trade with each other, or, where the spread has no middle, with outside."""
    price = touch.price if touch.middle is None else touch.middle
    made = _stake(maker, contract, rules, price)
    taken = _stake_of(taker, made.lots, contract, rules, price)
    yield from _opening(maker, made, contract, rules, touch)
    yield from _opening(taker, taken, contract, rules, touch)
    if touch.middle is None:
        yield _market_order(maker, made, contract, touch)
        yield _market_order(taker, taken, contract, touch)
        return
    for member, stake in ((maker, made), (taker, taken)):
        yield PlaceOrder(
            at_us=touch.at_us,
            account=member.account,
            order="1",
            contract=contract.symbol,
            side=member.side,
            quantity=stake.lots,
            price=touch.middle,
            time_in_force="gtc" if member is maker else "ioc",
            post_only=member is maker,
        )


def _opening(
    member: Member, stake: Stake, contract: Contract, rules: Rules, touch: Touch
) -> Iterator[AnyCommand]:
    account, symbol, at_us = member.account, contract.symbol, touch.at_us
    deposit = Micros(div_up(stake.deposit * PPM, PPM - member.kept_back_ppm))
    yield Deposit(at_us=at_us, account=account, amount=deposit)
    if member.mode != rules.default_mode:
        yield SetMarginMode(at_us=at_us, account=account, contract=symbol, mode=member.mode)
    has_none = rules.margin.leverage_isolates and member.mode == "cross"
    if stake.leverage != rules.default_leverage and not has_none:
        yield SetLeverage(at_us=at_us, account=account, contract=symbol, leverage=stake.leverage)


def _market_order(member: Member, stake: Stake, contract: Contract, touch: Touch) -> PlaceOrder:
    return PlaceOrder(
        at_us=touch.at_us,
        account=member.account,
        order="1",
        contract=contract.symbol,
        side=member.side,
        quantity=stake.lots,
    )


def _stake(member: Member, contract: Contract, rules: Rules, price: Price) -> Stake:
    """As many lots as the equity pays for at a price, and one at least."""
    lot_value = price * contract.unit_value
    leverage = member.leverage
    while True:
        per_value = (PPM + rules.market_band_ppm) + leverage * _fees_ppm(contract, rules)
        value = member.equity * leverage * PPM * 98 // (per_value * 100)
        lots = Lots(max(1, min(value // lot_value, contract.quantity_max)))
        allowed = _leverage_max(contract, lots, price)
        if leverage <= allowed:
            break
        leverage = allowed  # and fewer lots, which are allowed at least that
    need = _need(contract, lots * lot_value, leverage, rules)
    return Stake(lots, leverage, max(member.equity, need))


def _stake_of(member: Member, lots: Lots, contract: Contract, rules: Rules, price: Price) -> Stake:
    """What it takes to hold certain lots at the member's leverage."""
    value = lots * price * contract.unit_value
    leverage = min(member.leverage, _leverage_max(contract, lots, price))
    return Stake(lots, leverage, _need(contract, value, leverage, rules))


def _need(contract: Contract, value: int, leverage: int, rules: Rules) -> Micros:
    """What an order of a value takes: margin at the price band's edge, fees, what walking a
    thin book loses against the mark at once, and 2 % spare."""
    fees_ppm = _fees_ppm(contract, rules)
    per_value = (PPM + rules.market_band_ppm) + leverage * (fees_ppm + SLIPPAGE_PPM)
    return Micros(div_up(value * per_value * 100, leverage * PPM * 98))


def _fees_ppm(contract: Contract, rules: Rules) -> int:
    """The fee to open, and at most twice the one to close where initial margin pays for it."""
    closing = contract.closing_fee
    if closing is None or closing.on == "mark":
        return rules.taker_fee_ppm
    return rules.taker_fee_ppm + 2 * closing.rate_ppm


def _leverage_max(contract: Contract, lots: int, price: int) -> int:
    """The leverage that lots are allowed, even when the mark is a little above their price."""
    return leverage_max(contract, lots, price * 21 // 20)
