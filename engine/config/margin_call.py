"""From the table of what accounts do at a margin call to its settings."""

import msgspec

from engine.config import read
from engine.config.read import Number, Place
from engine.config.settings import AtMarginCall
from engine.core.money import PPM


class MarginCallTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What accounts do at a margin call; see `engine.config.settings.AtMarginCall`.

    `add`, `cut` and `nothing` are shares of the accounts; what is not named is `nothing`. `after`
    is one time, or the two between which each account's own is drawn.
    """

    add: Number = 0
    cut: Number = 0
    nothing: Number | None = None
    after: str | tuple[str, str]
    times: int = 3
    restore_to: Number = "0.4"
    kept_back: Number = 0
    budget: Number = 1
    cut_share: Number = "0.5"


def at_margin_call(table: MarginCallTable | None, place: Place) -> AtMarginCall | None:
    """Check what accounts do at a margin call and convert it; None where nothing is said."""
    if table is None:
        return None
    add, cut = _shares(table, place)
    low, high = _after(table, place.at("after"))
    return AtMarginCall(
        add_ppm=add,
        cut_ppm=cut,
        after_low_us=low,
        after_high_us=high,
        times=read.at_least(table.times, 1, place.at("times")),
        restore_ppm=read.ppm(table.restore_to, place.at("restore_to"), least=1),
        kept_back_ppm=read.ppm(table.kept_back, place.at("kept_back"), most=PPM - 1),
        budget_ppm=read.ppm(table.budget, place.at("budget"), most=1_000 * PPM),
        share_ppm=read.ppm(table.cut_share, place.at("cut_share"), least=1),
    )


def _shares(table: MarginCallTable, place: Place) -> tuple[int, int]:
    add = read.ppm(table.add, place.at("add"))
    cut = read.ppm(table.cut, place.at("cut"))
    rest = PPM - add - cut
    nothing = rest if table.nothing is None else read.ppm(table.nothing, place.at("nothing"))
    if rest < 0 or nothing != rest:
        total = add + cut + (0 if table.nothing is None else nothing)
        raise place.error(
            f"add, cut and nothing come to {total} parts per million, expected 1000000"
        )
    return add, cut


def _after(table: MarginCallTable, place: Place) -> tuple[int, int]:
    """From when to when; not at once, or nobody could say what comes first."""
    if isinstance(table.after, str):
        span = read.duration_us(table.after, place, least=1)
        return span, span
    low = read.duration_us(table.after[0], place.at(1), least=1)
    return low, read.duration_us(table.after[1], place.at(2), least=low)
