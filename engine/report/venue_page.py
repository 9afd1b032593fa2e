"""One venue explained, and two compared: what triggers, what happens, who pays."""

from collections.abc import Callable, Iterator

import msgspec
from msgspec import UNSET, UnsetType

from engine.core.instrument import Contract, Funding, Rules
from engine.core.money import E8, Lots
from engine.report.brackets import closing_fee_of, floor_of, rate_of
from engine.report.text import Units, grouped, scaled
from engine.report.venue_codes import CodeTold, codes_told, different_codes
from engine.report.venue_setting import lasting
from engine.report.venue_words import told

CODES = "Codes of refusals"
"""What the venue's own codes are told under."""


class SettingTold(msgspec.Struct, frozen=True):
    """A setting as programs know it, and in words."""

    setting: str
    value: object
    words: str


class TopicTold(msgspec.Struct, frozen=True):
    """Settings that answer one question."""

    title: str
    settings: tuple[SettingTold, ...]


class BracketTold(msgspec.Struct, frozen=True):
    """From `floor` of notional (or size) on: maintenance and initial rate, largest leverage.

    `initial` is None where the leverage alone decides.
    """

    floor: str
    maintenance: str
    initial: str | None
    leverage: int


class ContractTold(msgspec.Struct, frozen=True):
    """What a contract is, in quote and base currency."""

    symbol: str
    tick: str
    lot: str
    largest_position: str
    largest_order: str | None
    """With a limit; None where only positions are limited."""
    largest_market_order: str | None
    brackets_by: str
    brackets: tuple[BracketTold, ...]
    closing_fee: str
    funding: str
    borrowing: str


class VenuePage(msgspec.Struct, frozen=True):
    """Everything that is said about a venue; `unknown` is what its publisher does not say."""

    venue: str
    title: str
    as_of: str
    unknown: tuple[str, ...]
    topics: tuple[TopicTold, ...]
    contracts: tuple[ContractTold, ...]
    codes: tuple[CodeTold, ...] = ()


class About(msgspec.Struct, frozen=True):
    """Who the venue is, the date of its facts, and what is from memory or not known."""

    title: str
    as_of: str
    unknown: tuple[str, ...]


def venue_page(rules: Rules, contracts: tuple[Contract, ...], about: About) -> VenuePage:
    """Explain a venue."""
    return VenuePage(
        venue=rules.name,
        title=about.title,
        as_of=about.as_of,
        unknown=about.unknown,
        topics=tuple(
            TopicTold(title, tuple(SettingTold(*each) for each in settings))
            for title, settings in told(rules)
        ),
        contracts=tuple(_contract(each) for each in contracts),
        codes=codes_told(rules.refusals),
    )


def _contract(contract: Contract) -> ContractTold:
    units = Units.of(contract)
    return ContractTold(
        symbol=contract.symbol,
        tick=units.price(contract.tick),
        lot=contract.lot,
        largest_position=units.quantity(contract.quantity_max),
        largest_order=_size(units, contract.order_max),
        largest_market_order=_size(units, contract.market_order_max),
        brackets_by="size" if contract.brackets_by == "lots" else "notional",
        brackets=tuple(_brackets(contract)),
        closing_fee=closing_fee_of(contract),
        funding=_funding(contract.funding),
        borrowing=_borrowing(contract.funding),
    )


def _size(units: Units, most: Lots | UnsetType) -> str | None:
    return None if most is UNSET else units.quantity(most)


def sizes_of(contract: ContractTold) -> str:
    """Say how large positions and orders may be, in base currency."""
    words = [f"positions up to {grouped(contract.largest_position)}"]
    for most, name in (
        (contract.largest_order, "limit orders"),
        (contract.largest_market_order, "market orders"),
    ):
        if most is not None:
            words.append(f"{name} up to {grouped(most)}")
    return ", ".join(words)


def _brackets(contract: Contract) -> Iterator[BracketTold]:
    asked_of = contract.initial or [None] * len(contract.brackets)
    for row, asked in zip(contract.brackets, asked_of, strict=True):
        yield BracketTold(
            floor=floor_of(contract, row),
            maintenance=rate_of(contract, row),
            initial=None if asked is None else rate_of(contract, asked),
            leverage=row.leverage_max,
        )


def _funding(funding: Funding) -> str:
    if funding.source == "none":
        return "none"
    every = f"every {lasting(funding.interval_us)}"
    if funding.source == "file":
        return f"at the rates of a file, {every}"
    interest, clamp, cap = (
        f"{scaled(rate * 100, len(str(E8)) - 1)} %"
        for rate in (funding.interest_e8, funding.clamp_e8, funding.cap_e8)
    )
    late = "late" in funding.average
    average = "average premium, late samples counting most," if late else "average premium"
    of = "premium"
    if funding.divisor > 1:
        average, of = f"1/{funding.divisor} of the {average}", "that part"
    rate = f"{average} + clamp(interest {interest} - {of}, +-{clamp})"
    if not funding.clamp_e8:
        rate = average.removesuffix(",")
    return f"{every}: {rate}, at most {cap} either way{_shortened(funding)}{_accruing(funding)}"


def _shortened(funding: Funding) -> str:
    """What a rate at the cap does to the interval."""
    if funding.at_cap == "stays":
        return ""
    least = lasting(funding.interval_least_us)
    by_half = funding.at_cap == "halves"
    shorter = f"half of the interval, {least} at least" if by_half else f"an interval of {least}"
    longer = "double" if by_half else "back"
    again = f", {longer} again after {funding.calm_count} below it" if funding.calm_count else ""
    return f"; at that {shorter}{again}"


def _accruing(funding: Funding) -> str:
    if not funding.accrues:
        return ""
    return (
        "; it accrues all the time at the rate of the interval before, and is paid when an "
        "interval ends or a position changes"
    )


def _borrowing(funding: Funding) -> str:
    if not funding.borrow_e8:
        return "costs nothing"
    rate = scaled(funding.borrow_e8 * 100, len(str(E8)) - 1)
    return f"costs {rate} % of a position's value less its margin {_every(funding)}"


def _every(funding: Funding) -> str:
    return f"every {lasting(funding.borrow_interval_us)}"


class Difference(msgspec.Struct, frozen=True):
    """Where two venues differ: a topic, contract or code, and what each of them says.

    A `-` is said where a setting has no effect, or a venue's code is not known.
    """

    about: str
    setting: str
    sides: tuple[str, str]


def differences(one: VenuePage, other: VenuePage) -> list[Difference]:
    """Where two venues differ: settings, contracts (those that only one has last), then codes."""
    codes = different_codes(one.codes, other.codes)
    return [
        *_different_settings(one, other),
        *_different_contracts(one, other),
        *(Difference(CODES, reason, sides) for reason, sides in codes),
    ]


def _different_settings(one: VenuePage, other: VenuePage) -> Iterator[Difference]:
    for left, right in zip(one.topics, other.topics, strict=True):
        mine = {each.setting: each for each in left.settings}
        theirs = {each.setting: each for each in right.settings}
        for name in (*mine, *(name for name in theirs if name not in mine)):
            sides = mine.get(name), theirs.get(name)
            if sides[0] is None or sides[1] is None or sides[0].value != sides[1].value:
                yield Difference(left.title, name, (_words(sides[0]), _words(sides[1])))


def _words(setting: SettingTold | None) -> str:
    return "-" if setting is None else setting.words


def _different_contracts(one: VenuePage, other: VenuePage) -> Iterator[Difference]:
    mine = {contract.symbol: contract for contract in one.contracts}
    theirs = {contract.symbol: contract for contract in other.contracts}
    for symbol in (*mine, *(symbol for symbol in theirs if symbol not in mine)):
        left, right = mine.get(symbol), theirs.get(symbol)
        if left is None or right is None:
            yield Difference(symbol, "contract", (_there(left), _there(right)))
            continue
        for name, of in CONTRACT_FACTS.items():
            if of(left) != of(right):
                yield Difference(symbol, name, (of(left), of(right)))


def _there(contract: ContractTold | None) -> str:
    return "not traded" if contract is None else "traded"


def bracket_lines(contract: ContractTold) -> list[str]:
    """A contract's brackets, a line each."""
    of_size = " of size" if contract.brackets_by == "size" else ""
    return [
        f"from {grouped(row.floor)}{of_size}: maintenance {row.maintenance}, "
        f"{f'initial {row.initial}, ' if row.initial else ''}up to {row.leverage}x"
        for row in contract.brackets
    ]


CONTRACT_FACTS: dict[str, Callable[[ContractTold], str]] = {
    "tick": lambda contract: contract.tick,
    "lot": lambda contract: contract.lot,
    "largest": sizes_of,
    "brackets": lambda contract: "\n".join(bracket_lines(contract)),
    "closing fee": lambda contract: contract.closing_fee,
    "funding": lambda contract: contract.funding,
    "borrowing": lambda contract: contract.borrowing,
}
"""What two contracts are compared by."""
