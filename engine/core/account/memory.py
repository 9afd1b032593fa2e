"""Which orders of an account were accepted lately, so that none is placed twice (Decision O22)."""

import hashlib

import msgspec

from engine.core.command import PlaceOrder, PlaceStop


class Known(msgspec.Struct, frozen=True, array_like=True):
    """An id that was used: what was asked with it, as a digest, and when."""

    content: str
    at_us: int


def content_of(command: PlaceOrder | PlaceStop) -> str:
    """Return a digest of all that a command asks, whenever it comes.

    >>> order = PlaceStop(
    ...     at_us=5, account="a", order="1", contract="X", side="buy", quantity=3, trigger=9
    ... )
    >>> again = msgspec.structs.replace(order, at_us=7)
    >>> larger = msgspec.structs.replace(again, quantity=4)
    >>> content_of(order) == content_of(again), content_of(order) == content_of(larger)
    (True, False)
    """
    asked = msgspec.json.encode(msgspec.structs.replace(command, at_us=0))
    return hashlib.blake2b(asked, digest_size=16).hexdigest()


class Memory(msgspec.Struct):
    """The newest ids by acceptance."""

    known: dict[str, Known] = {}

    def find(self, order: str, now_us: int, kept_us: int) -> Known | None:
        """Return what was asked with an id if that is not too long ago; 0 is never."""
        known = self.known.get(order)
        if known is None or (kept_us and now_us - known.at_us > kept_us):
            return None
        return known

    def add(self, order: str, known: Known, kept: int, kept_us: int) -> None:
        """Remember an id that is new; forget what is too old or too much."""
        for oldest in list(self.known):
            if len(self.known) < kept and self.find(oldest, known.at_us, kept_us) is not None:
                break
            del self.known[oldest]
        self.known[order] = known
