"""A venue's settings in words, for somebody who judges risk and does not read TOML.

Every field of `Rules` that a profile can set has its sentence here or in a module for its topic,
every value of a choice one of its own; a test holds both to the struct.
"""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from engine.core.instrument import Rules
from engine.report.closing_words import CLOSING
from engine.report.loss_words import WHO_PAYS
from engine.report.order_words import ORDERS
from engine.report.venue_setting import Choice, Measure, Topic, lasting, share


def _feedback(ppm: int) -> str:
    if not ppm:
        return "What our own trades do to the book does not move the index."
    return f"{share(ppm)} of what our own trades do to the middle of the book goes into the index."


def _levels(levels: Sequence[int]) -> str:
    if not levels:
        return "Nobody is warned."
    *first, last = [f"{level} %" for level in levels]
    named = f"{', '.join(first)} and {last}" if first else last
    return f"Accounts are warned when maintenance reaches {named} of their equity."


def _position_modes(modes: Sequence[str]) -> str:
    one_way, hedge = "one position a contract", "a long and a short position side by side"
    first, *others = [{"one_way": one_way, "hedge": hedge}[mode] for mode in modes]
    if not others:
        return f"An account has {first}."
    return f"An account starts with {first}, and may choose {others[0]} while it is flat."


TOPICS: Sequence[Topic] = (
    Topic(
        "What triggers a liquidation",
        (
            Choice(
                "strict_trigger",
                {
                    False: "A margin account is liquidated when its maintenance is equal to its "
                    "equity at the mark price, or more.",
                    True: "A margin account is liquidated when its maintenance is more than its "
                    "equity at the mark price; equal is not enough.",
                },
            ),
            Choice(
                "trigger_price",
                {
                    "mark": "Equity and maintenance are valued at the mark price.",
                    "index": "Equity and maintenance are valued at the index, whatever the mark "
                    "price.",
                    "last": "Equity and maintenance are valued at the last price, whatever the "
                    "mark price.",
                },
            ),
            Measure("warning_levels", _levels),
            Measure(
                "rearm_points",
                lambda points: (
                    f"A warning can come again once the ratio was {points} points below its level."
                ),
            ),
        ),
    ),
    Topic(
        "Where prices come from",
        (
            Choice(
                "mark",
                {
                    "last": "The mark price is the last price traded on the venue.",
                    "median": "The mark price is the median of the index with the funding still "
                    "to come, of the index with the average basis, and of the last price.",
                    "index_mean": "The mark price is the index with the average basis.",
                    "impact_ema": "The mark price is the index with the running average of how "
                    "far the impact prices are off it.",
                    "file": "The mark price is read from a file.",
                },
            ),
            Measure("index_feedback_ppm", _feedback),
            Measure(
                "sample_interval_us",
                lambda micros: f"The basis and the premium are sampled every {lasting(micros)}.",
            ),
            Measure(
                "sample_count",
                lambda count: f"The average basis is the mean of the newest {count} samples.",
            ),
        ),
    ),
    CLOSING,
    WHO_PAYS,
    Topic(
        "Margin modes",
        (
            Choice(
                "default_mode",
                {
                    "cross": "An account starts with cross margin.",
                    "isolated": "An account starts with isolated margin.",
                },
            ),
            Measure("position_modes", _position_modes),
            Measure("default_leverage", lambda times: f"An account starts at {times}x."),
            Choice(
                "mode_switch_with_position",
                {
                    True: "The margin mode can be changed while a position is open.",
                    False: "The margin mode cannot be changed while a position is open.",
                },
            ),
            Choice(
                "margin.mode_of",
                {
                    "position": "Each contract has a margin mode of its own.",
                    "account": "The margin mode is the account's: it changes in all contracts at "
                    "once, or in none.",
                },
            ),
            Choice(
                "margin.leverage_with_position",
                {
                    "refused": "The leverage of an isolated position cannot be changed.",
                    "raised": "The leverage of an isolated position can be raised, not lowered; "
                    "its margin stays.",
                    "reset": "The leverage of an isolated position can be raised and lowered; its "
                    "margin follows, unless that would liquidate it.",
                },
            ),
            Choice(
                "margin.leverage_isolates",
                {
                    False: "Setting a leverage leaves the margin mode as it is.",
                    True: "Setting a leverage isolates the contract; going back to cross takes it "
                    "away.",
                },
            ),
            Choice(
                "margin.auto_margin",
                {
                    False: "An isolated position is not topped up by itself.",
                    True: "An isolated position can be topped up from the wallet by itself, before "
                    "it is liquidated.",
                },
            ),
        ),
    ),
    ORDERS,
)
"""In the order in which somebody who judges risk would ask."""


_PARTIAL = ("heal", "tiers", "parts", "slices")
_DELEVERAGED = ("ranked", "margin_ratio", "hyperliquid", "pro_rata", "random")
ONLY_WITH: Mapping[str, tuple[str, Sequence[object] | None]] = {
    "rearm_points": ("warning_levels", None),
    "sample_count": ("mark", ("median", "index_mean", "impact_ema")),
    "closing.heal_buffer_ppm": ("closing.reduce", ("heal",)),
    "closing.heal_fees": ("closing.reduce", ("heal",)),
    "closing.tiers": ("closing.reduce", ("tiers",)),
    "closing.first_tier_line": ("closing.reduce", ("tiers",)),
    "closing.parts_ppm": ("closing.reduce", ("parts",)),
    "closing.slice_notional": ("closing.reduce", ("slices",)),
    "closing.whole_below": ("closing.reduce", _PARTIAL),
    "closing.band_ppm": ("closing.reduce", _PARTIAL),
    "closing.cooldown_us": ("closing.reduce", _PARTIAL),
    "adl_price": ("adl", _DELEVERAGED),
    "adl_against": ("adl", _DELEVERAGED),
    "adl_below_zero": ("adl", _DELEVERAGED),
    "settlement_us": ("socialized", ("profit",)),
    "fund.drawdown_stop_ppm": ("fund.drawdown_ppm", None),
    "fund.drawdown_window_us": ("fund.drawdown_ppm", None),
    "fund.fills": ("closing.takeover", ("fund", "inventory")),
    "fund.band_ppm": ("closing.takeover", ("fund",)),
    "fund.inventory_ppm": ("closing.takeover", ("inventory",)),
    "fund.offload_interval_us": ("closing.takeover", ("inventory",)),
    "fund.offload_slice": ("fund.offload_interval_us", None),
    "fund.offload_band_ppm": ("fund.offload_interval_us", None),
    "liquidation_fee_to": ("liquidation_fee_ppm", None),
    "orders.burst": ("orders.rate", None),
    "orders.ids_kept_us": ("orders.ids_kept", None),
}
"""Settings that mean something only with certain values of another one; None: any but 0."""


BACKED: Sequence[str] = (
    "closing.reduce",
    "closing.takeover",
    "closing.assignment_profit_ppm",
    "fund.fills",
    "liquidation_fee_to",
    *(name for name, (by, _) in ONLY_WITH.items() if by == "closing.reduce"),
)
"""What a fund that stands behind its orders replaces, but for the time between its rounds."""


def told(rules: Rules) -> list[tuple[str, list[tuple[str, object, str]]]]:
    """Each topic with its settings: name, value and words. What has no effect is left out."""
    return [
        (
            topic.title,
            [_told(setting, rules) for setting in topic.settings if applies(setting, rules)],
        )
        for topic in TOPICS
    ]


def applies(setting: Choice | Measure, rules: Rules) -> bool:
    """Whether a setting has an effect beside the others."""
    if setting.setting in BACKED and rules.closing.backed is not None:
        return setting.setting == "closing.cooldown_us"
    if setting.setting not in ONLY_WITH:
        return True
    name, values = ONLY_WITH[setting.setting]
    value = attrgetter(name)(rules)
    if values is None:
        return bool(value)
    return any(one in values for one in (value if isinstance(value, tuple) else (value,)))


def _told(setting: Choice | Measure, rules: Rules) -> tuple[str, object, str]:
    value = attrgetter(setting.setting)(rules)
    return setting.setting, value, setting.words(value)
