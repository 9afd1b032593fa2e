"""How a venue's setting is told in words: a choice with a sentence a value, or a measure."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from engine.report.text import scaled


class Choice(msgspec.Struct, frozen=True):
    """A setting with named values, and the sentence of each."""

    setting: str
    sentences: Mapping[object, str]

    def words(self, value: object) -> str:
        """The sentence of a value."""
        return self.sentences[value]


class Measure(msgspec.Struct, frozen=True):
    """A setting that is a number or a list of them, and what to say of it."""

    setting: str
    sentence: Callable[..., str]

    def words(self, value: object) -> str:
        """The sentence of a value."""
        return self.sentence(value)


class Topic(msgspec.Struct, frozen=True):
    """Settings that answer one question."""

    title: str
    settings: Sequence[Choice | Measure]


def share(ppm: int) -> str:
    """Parts per million as a percentage.

    >>> share(5_000), share(12)
    ('0.5 %', '0.0012 %')
    """
    return f"{scaled(ppm, 4)} %"


def lasting(micros: int) -> str:
    """Microseconds in the largest unit that keeps them whole.

    >>> lasting(28_800_000_000), lasting(5_000_000), lasting(1)
    ('8 h', '5 s', '1 us')
    """
    for size, unit in ((3_600_000_000, "h"), (60_000_000, "min"), (1_000_000, "s"), (1_000, "ms")):
        if micros % size == 0 and micros:
            return f"{micros // size} {unit}"
    return f"{micros} us"


def fee(of_what: str) -> Callable[[int], str]:
    def sentence(ppm: int) -> str:
        return f"{of_what}: {share(ppm)} of the value." if ppm else f"{of_what}: none."

    return sentence
