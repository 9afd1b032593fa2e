"""What only a whole profile shows: settings without effect, and defaults no contract allows."""

from collections.abc import Callable

import msgspec

from engine.config.read import Place, Table
from engine.core.instrument import Contract, Rules


class _Needs(msgspec.Struct, frozen=True):
    """Settings of one table that mean something only under a condition."""

    table: str
    names: tuple[str, ...]
    holds: Callable[[Rules], bool]
    condition: str


_NEEDS = (
    _Needs(
        "fund",
        ("inventory", "offload_interval", "offload_slice", "offload_band"),
        lambda rules: "inventory" in rules.closing.takeover,
        'rules.closing.takeover with the stage "inventory": without it the fund holds nothing',
    ),
    _Needs(
        "fund",
        ("drawdown_stop", "drawdown_window"),
        lambda rules: rules.fund.drawdown_ppm > 0,
        "rules.fund.drawdown, which they belong to",
    ),
    _Needs(
        "closing",
        ("heal_buffer", "heal_fees"),
        lambda rules: rules.closing.reduce == "heal",
        'rules.closing.reduce = "heal": nothing else sizes an order so',
    ),
    _Needs(
        "closing",
        ("tiers", "first_tier_line"),
        lambda rules: rules.closing.reduce == "tiers",
        'rules.closing.reduce = "tiers": nothing else steps down',
    ),
    _Needs(
        "closing",
        ("parts",),
        lambda rules: rules.closing.reduce == "parts",
        'rules.closing.reduce = "parts": nothing else closes by parts',
    ),
    _Needs(
        "closing",
        ("slice_notional",),
        lambda rules: rules.closing.reduce == "slices",
        'rules.closing.reduce = "slices": nothing else closes by slices',
    ),
    _Needs(
        "closing",
        ("assignment_profit",),
        lambda rules: "assignment" in rules.closing.takeover,
        'rules.closing.takeover with the stage "assignment": without it nobody takes over',
    ),
    _Needs(
        "closing",
        ("pair_netting",),
        lambda rules: "hedge" in rules.position_modes or not rules.closing.pair_netting,
        'rules.position_modes with "hedge": without it nobody has two legs to net',
    ),
)


def check_effect(written: Table, profile: Rules, place: Place) -> None:
    """Refuse what a file says under `rules` and what the whole profile never looks at.

    `written` is what the file itself says; a lab may inherit the rest from its venue.
    """
    for needs in _NEEDS:
        for name in needs.names:
            table = written.get(needs.table, {})
            if name in table and not needs.holds(profile):
                raise (
                    place.at(needs.table)
                    .at(name)
                    .error(
                        f"found {table[name]!r}, which has no effect; expected {needs.condition}"
                    )
                )


def check_leverage(profile: Rules, one: Contract, place: Place) -> None:
    """Refuse a default leverage at which no position of a contract could be opened.

    `place` is that of the rules.
    """
    most = one.brackets[0].leverage_max
    if profile.default_leverage > most:
        raise place.at("default_leverage").error(
            f"found {profile.default_leverage}, expected at most {most}, the highest leverage of "
            f"{one.symbol} (contracts.{one.symbol}.brackets.rows[1].leverage): who sets none of "
            "his own could open nothing"
        )
