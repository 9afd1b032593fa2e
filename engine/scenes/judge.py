"""Whether what a scene expects came true."""

from fractions import Fraction

from engine.config.read import decimal_text
from engine.scenes.figure import FIGURES, Figure, Value, told
from engine.scenes.outcome import CheckRow
from engine.scenes.setting import Expected, Subject
from engine.scenes.sheet import Sheet


def judged(expected: Expected, figures: Sheet) -> CheckRow:
    """Check one expectation; a figure that is not there fulfils none."""
    figure = FIGURES[expected.figure]
    values = figures.get((expected.subject, expected.figure), {})
    said, holds = [], expected.mode in values
    value = values.get(expected.mode)
    if expected.equal is not None:
        said.append(f"is {_shown(figure, expected.equal)}")
        holds &= _equals(figure, value, expected.equal)
    for words, bound, sign in (("at least", expected.least, 1), ("at most", expected.most, -1)):
        if bound is not None:
            said.append(f"is {words} {told(figure, decimal_text(bound))}")
            holds &= value is not None and sign * (Fraction(value) - bound) >= 0
    for words, mode, sign in (("less", expected.less_than, 1), ("more", expected.more_than, -1)):
        if mode is not None:
            said.append(f"is {words} than {mode}")
            holds &= _is_less(value, values.get(mode), sign)
    found = "no such position or account" if expected.mode not in values else told(figure, value)
    name = named(expected.subject, expected.figure)
    return CheckRow(f"{name}, {expected.mode}, {' and '.join(said)}", found, holds)


def named(subject: Subject, name: str) -> str:
    """A figure and whose it is, in words.

    >>> named(Subject("trader", "ETHUSDT"), "ended")
    'trader, ETHUSDT, ended'
    """
    parts = (subject.account, subject.contract, subject.moment, FIGURES[name].words)
    return ", ".join(part for part in parts if part)


def _equals(figure: Figure, value: Value, wanted: str) -> bool:
    if value is None or figure.kind == "word" or wanted == figure.absent:
        return wanted == (figure.absent if value is None else value)
    return Fraction(value) == Fraction(wanted)


def _is_less(value: Value, other: Value, sign: int) -> bool:
    """Whether it is less (sign 1) or more (-1); what has no value is neither."""
    if value is None or other is None:
        return False
    return sign * (Fraction(other) - Fraction(value)) > 0


def _shown(figure: Figure, wanted: str) -> str:
    return wanted if figure.kind == "word" or wanted == figure.absent else told(figure, wanted)
