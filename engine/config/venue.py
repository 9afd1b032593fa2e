"""From a venue's profile to the core's `Rules` and `Contract`s."""

from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from engine.config import read
from engine.config.closing import ClosingTable, closing
from engine.config.contract import SAMPLES_MAX, contract
from engine.config.find import find
from engine.config.fund import FundTable, fund
from engine.config.margin import MarginTable, margin
from engine.config.orders import OrdersTable, orders
from engine.config.read import Number, Place, Table
from engine.config.refusals import RefusalTables, refusals
from engine.config.together import check_effect, check_leverage
from engine.core.instrument import ClosingFee, Contract, Rules
from engine.core.money import PPM

ORDERS_MAX = 1_000_000
"""Orders of an account beyond which a limit would limit nothing."""


class RulesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A venue's settings; see `engine.core.instrument.Rules`."""

    mark: Literal["last", "median", "index_mean", "impact_ema", "file"]
    trigger: Literal[">=", ">"] = ">="
    """Liquidate when maintenance `>=` or `>` equity."""
    index_feedback: Number = 0
    taker_fee: Number = 0
    maker_fee: Number = 0
    liquidation_fee: Number = 0
    closing_fee: Literal["none", "mark", "bankruptcy"] = "none"
    """Whether the taker fee of a closing counts in what must be kept, and at which price."""
    liquidation_fee_to: Literal["fund", "fees"] = "fund"
    residue_to: Literal["fund", "client"] = "fund"
    adl: Literal["ranked", "margin_ratio", "hyperliquid", "pro_rata", "random", "none"] = "ranked"
    adl_price: Literal["bankruptcy", "mark", "previous_mark"] = "bankruptcy"
    adl_against: Literal["winners", "anybody"] = "winners"
    adl_below_zero: bool = False
    outside_in_waterfall: Literal["never", "last"] = "never"
    fund_pools: Literal["one", "symbol", "group"] = "one"
    socialized: Literal["profit", "open_interest", "none"] = "profit"
    settlement: str | None = None
    """The period at whose end winners are cut; without one they are cut at once."""
    self_trade: Literal["cancel_taker", "cancel_maker", "cancel_both"] = "cancel_maker"
    queue: Literal["passed", "back", "front", "proportional"] = "back"
    market_band: Number = "0.05"
    orders_max: int = 200
    warning_levels: tuple[int, ...] = (50, 80, 90)
    rearm_points: int = 5
    mode_switch_with_position: bool = True
    default_mode: Literal["isolated", "cross"] = "cross"
    position_modes: tuple[Literal["one_way", "hedge"], ...] = ("one_way",)
    default_leverage: int = 10
    sample_interval: str = "5s"
    sample_count: int = 30
    closing: ClosingTable = ClosingTable()
    trigger_price: Literal["mark", "index", "last"] = "mark"
    stops_max: int = 10
    fund: FundTable = FundTable()
    refusals: RefusalTables = {}
    orders: OrdersTable = OrdersTable()
    margin: MarginTable = MarginTable()


class AboutTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who the venue is; `as_of` dates its facts, `unknown` is what is guessed or from memory.

    The date is a day, such as 2026-03-26; where facts of one venue are of several days its
    `unknown` says which is which.
    """

    title: str
    as_of: str
    unknown: tuple[str, ...] = ()


class VenueTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A venue's file."""

    rules: Table
    about: AboutTable | None = None
    contracts: dict[str, Table] = {}


def load_venue(path: Path) -> VenueTable:
    """Read a venue's file and check all of it, so that a lab can build on its tables.

    Paths in it, which are relative to its folder, are made whole.
    """
    place = Place(str(path))
    table = read.shaped(VenueTable, read.load_toml(path), place)
    profile = rules(path.stem, table.rules, place.at("rules"))
    closing = closing_fee(table.rules, place.at("rules"))
    _check_about(table.about, place.at("about"))
    check_effect(table.rules, profile, place.at("rules"))
    for symbol, contract_table in table.contracts.items():
        where = place.at("contracts").at(symbol)
        one = contract(symbol, contract_table, where, closing)
        check_accrual(profile, one, where)
        check_leverage(profile, one, place.at("rules"))
        contract_table["depth"] = str(find("books", contract_table["depth"], path.parent))
    return table


def _check_about(about: AboutTable | None, place: Place) -> None:
    """Refuse facts without a day, and a venue without a title, which no page could tell apart."""
    if about is None:
        return
    try:
        day = date.fromisoformat(about.as_of).isoformat()
    except ValueError:
        day = ""
    if about.as_of != day:
        raise place.at("as_of").error(
            f"found {about.as_of!r}, expected the day of the facts as year-month-day in quotes, "
            "such as '2026-03-26'"
        )
    if not about.title.strip():
        raise place.at("title").error(f"found {about.title!r}, expected the name of the venue")


def check_accrual(profile: Rules, one: Contract, place: Place) -> None:
    """Refuse a fund that holds positions in a contract whose funding accrues: it pays when due."""
    if one.funding.accrues and "inventory" in profile.closing.takeover:
        stages = ", ".join(profile.closing.takeover)
        where = place.at("funding").at("accrues")
        raise where.error(
            f"found true beside rules.closing.takeover = {stages}, expected one of both, because "
            "what a fund holds pays funding when it is due; leave accrues out, or inventory out of "
            "the takeover (fund in its place sells at once what the fund takes over)"
        )


def load_profile(name: str) -> tuple[Rules, tuple[Contract, ...]]:
    """Read a venue by its name or path: its settings and its contracts."""
    path = find("venues", name)
    table, place = load_venue(path), Place(str(path))
    closing = closing_fee(table.rules, place.at("rules"))
    return (
        rules(path.stem, table.rules, place.at("rules")),
        contracts(table, {}, place.at("contracts"), closing),
    )


def rules(name: str, table: Table, place: Place) -> Rules:
    """Check a venue's settings and convert them to whole units."""
    shape = read.shaped(RulesTable, table, place)
    _check_together(shape, place)
    return Rules(
        name=name,
        mark=shape.mark,
        index_feedback_ppm=read.ppm(shape.index_feedback, place.at("index_feedback")),
        strict_trigger=shape.trigger == ">",
        taker_fee_ppm=_fee(shape.taker_fee, place.at("taker_fee")),
        maker_fee_ppm=_fee(shape.maker_fee, place.at("maker_fee")),
        liquidation_fee_ppm=_fee(shape.liquidation_fee, place.at("liquidation_fee")),
        liquidation_fee_to=shape.liquidation_fee_to,
        residue_to=shape.residue_to,
        adl=shape.adl,
        adl_price=shape.adl_price,
        adl_against=shape.adl_against,
        adl_below_zero=shape.adl_below_zero,
        outside_in_waterfall=shape.outside_in_waterfall,
        fund_pools=shape.fund_pools,
        socialized=shape.socialized,
        settlement_us=_settlement_us(shape, place.at("settlement")),
        self_trade=shape.self_trade,
        queue=shape.queue,
        orders_max=read.within(shape.orders_max, 1, ORDERS_MAX, place.at("orders_max")),
        market_band_ppm=read.ppm(shape.market_band, place.at("market_band"), most=PPM - 1),
        warning_levels=_levels(shape.warning_levels, place.at("warning_levels")),
        rearm_points=shape.rearm_points,
        mode_switch_with_position=shape.mode_switch_with_position,
        default_mode=shape.default_mode,
        position_modes=_position_modes(shape, place.at("position_modes")),
        default_leverage=read.at_least(shape.default_leverage, 1, place.at("default_leverage")),
        sample_interval_us=read.interval_us(shape.sample_interval, place.at("sample_interval")),
        sample_count=read.within(shape.sample_count, 1, SAMPLES_MAX, place.at("sample_count")),
        closing=closing(shape.closing, place.at("closing")),
        trigger_price=shape.trigger_price,
        stops_max=read.within(shape.stops_max, 0, ORDERS_MAX, place.at("stops_max")),
        fund=fund(shape.fund, place.at("fund")),
        refusals=refusals(shape.refusals, place.at("refusals")),
        orders=orders(shape.orders, place.at("orders")),
        margin=margin(shape.margin, place.at("margin")),
    )


def closing_fee(table: Table, place: Place) -> ClosingFee | None:
    """Return the fee of a closing that the venue counts into what must be kept, if it does."""
    shape = read.shaped(RulesTable, table, place)
    if shape.closing_fee == "none":
        return None
    return ClosingFee(_fee(shape.taker_fee, place.at("taker_fee")), shape.closing_fee)


def _check_together(shape: RulesTable, place: Place) -> None:
    """Refuse settings that make no sense beside each other."""
    lowest = min(shape.warning_levels, default=100)
    if not 1 <= shape.rearm_points < lowest:
        raise place.at("rearm_points").error(
            f"found {shape.rearm_points}, expected at least 1 and less than the lowest warning "
            f"level, {lowest}"
        )
    maker, taker = (
        _fee(shape.maker_fee, place.at("maker_fee")),
        _fee(shape.taker_fee, place.at("taker_fee")),
    )
    if maker > taker:
        raise place.at("maker_fee").error(
            f"found {shape.maker_fee}, above the taker fee {shape.taker_fee}: the margin of an "
            "order is set aside with the taker fee, which must cover the maker's"
        )
    if shape.closing.backed is not None and shape.liquidation_fee_to != "fund":
        raise place.at("liquidation_fee_to").error(
            f"found {shape.liquidation_fee_to}, expected fund, because the fund that stands behind "
            "liquidation orders (closing.backed) gets their fee"
        )


def _settlement_us(shape: RulesTable, place: Place) -> int:
    if shape.settlement is None:
        return 0
    if shape.socialized != "profit":
        raise place.error(
            f"found {shape.settlement} with socialized = {shape.socialized!r}: only losses that "
            "winners bear by profit wait for the end of a period; leave this key out"
        )
    return read.interval_us(shape.settlement, place)


def _position_modes(shape: RulesTable, place: Place) -> tuple[Literal["one_way", "hedge"], ...]:
    modes = shape.position_modes
    if not modes or len(set(modes)) < len(modes):
        raise place.error(
            f"found {list(modes)}, expected one_way or hedge or both, each once: the first is the "
            "mode in which accounts begin"
        )
    return modes


def _fee(value: Number, place: Place) -> int:
    return read.ppm(value, place, most=PPM // 10)


def _levels(levels: tuple[int, ...], place: Place) -> tuple[int, ...]:
    before = 0
    for number, level in enumerate(levels, 1):
        if not before < level < 100:
            raise place.at(number).error(
                f"found {level}, expected rising percentages between 1 and 99"
            )
        before = level
    return levels


def overlaid(below: Table, above: Table) -> Table:
    """A table with another laid over it: tables key by key, everything else replaced.

    >>> overlaid({"a": {"x": 1, "y": 2}, "b": 3}, {"a": {"y": 5}})
    {'a': {'x': 1, 'y': 5}, 'b': 3}
    """
    result = dict(below)
    for name, value in above.items():
        old = result.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            result[name] = overlaid(old, value)
        else:
            result[name] = value
    return result


def contracts(
    venue: VenueTable, lab: dict[str, Table], place: Place, closing: ClosingFee | None
) -> tuple[Contract, ...]:
    """The contracts that a lab names, the venue's tables with the lab's laid over them.

    A lab that names none has all of the venue's. `closing` is the fee that `closing_fee` read.
    """
    chosen = lab or {symbol: {} for symbol in venue.contracts}
    return tuple(
        contract(
            symbol, overlaid(venue.contracts.get(symbol, {}), table), place.at(symbol), closing
        )
        for symbol, table in chosen.items()
    )


_RULED = ("brackets", "funding", "group", "impact")
"""What of a contract is the venue's rule, and not a fact of the market."""


def ruled_by(market: VenueTable, ruler: VenueTable, place: Place) -> VenueTable:
    """One venue's contracts, steps and books under the rules, brackets and funding of another.

    A contract that the other venue does not have keeps its own, so that a lab with a contract of
    its own can be compared too.
    """
    ruled = {}
    closing = closing_fee(ruler.rules, place.at("rules"))
    for symbol, table in market.contracts.items():
        theirs = ruler.contracts.get(symbol, table)
        market_only = {name: value for name, value in table.items() if name not in _RULED}
        ruled[symbol] = market_only | {name: theirs[name] for name in _RULED if name in theirs}
        contract(symbol, ruled[symbol], place.at("contracts").at(symbol), closing)
    return msgspec.structs.replace(ruler, contracts=ruled)
