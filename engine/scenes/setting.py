"""What a scene is made of: a lab, a claim about it in words, what it shows, what must come true."""

from fractions import Fraction
from typing import Literal

import msgspec

from engine.config.settings import Lab
from engine.core.command import Mode
from engine.core.money import Micros


class Subject(msgspec.Struct, frozen=True):
    """Whose figure it is: all empty for that of a whole run."""

    account: str = ""
    contract: str = ""
    moment: str = ""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a figure must be in a mode: every bound that is not None holds.

    `less_than` and `more_than` name the mode whose value of the same figure it is compared with.
    """

    subject: Subject
    figure: str
    mode: Mode
    equal: str | None = None
    least: Fraction | None = None
    most: Fraction | None = None
    less_than: Mode | None = None
    more_than: Mode | None = None


class Moment(msgspec.Struct, frozen=True):
    """A time of the log, counted from the first tick, at which accounts are looked at."""

    name: str
    after_us: int


class Search(msgspec.Struct, frozen=True):
    """An answer that is found by playing the scene again and again.

    `capital`: the least sum of deposit and top-ups, each in turn as small as it may be, in steps
    of `step`, none above `most`. `exposure`: the largest value of its positions that the money
    which it has would carry, were it split in the best way; its orders become up to `times` as
    large. Both as long as nothing of the account is refused and nothing liquidated.
    """

    account: str
    find: Literal["capital", "exposure"]
    step: Micros
    most: Micros
    times: int


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """A claim and the lab that puts it to the test.

    `claim` is what is said, `finding` what comes of it. `shows` are names of figures, in the
    order of the table; `accounts` those of whom they are shown, `days` those of whom each day is.
    """

    name: str
    lab: Lab
    title: str
    claim: str
    finding: str
    modes: tuple[Mode, ...]
    shows: tuple[str, ...]
    accounts: tuple[str, ...]
    days: tuple[str, ...]
    moments: tuple[Moment, ...]
    searches: tuple[Search, ...]
    expected: tuple[Expected, ...]


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """The scenes of a lab, in their order."""

    name: str
    title: str
    about: str
    scenes: tuple[Scene, ...]
