"""Topics take turns: a bounded piece of each, one after the other, however much waits in one."""

from collections import deque
from collections.abc import Iterator, Sequence

from engine.bus.interface import Polled, Record
from engine.services.inbox import CONTENT, FRAME

TURN_BYTES = 16 * 1024
"""Of one topic in a turn, or a single record that is larger: some hundred orders."""
FRAME_SHARE = 8
"""A frame of ticks counts an eighth: it is looked at as a whole, and several make one batch."""
WAITING_BYTES = 256 * 1024
"""A topic of which so much waits is not read until less does."""
RECORD_BYTES = 100
"""What a record counts beside its value."""


class Turns:
    """Records that were read and not taken yet, by their topics in the order of their turns."""

    def __init__(self) -> None:
        self.waiting: dict[str, deque[tuple[int, Record]]] = {}
        """Each record behind what it counts."""
        self._bytes: dict[str, int] = {}

    def add(self, polled: Polled) -> None:
        """Let what was polled wait for its turn. O(records)."""
        for topic, records in polled:
            sizes = list(map(_size, records))
            self.waiting.setdefault(topic, deque()).extend(zip(sizes, records, strict=True))
            self._bytes[topic] = self._bytes.get(topic, 0) + sum(sizes)

    def clear(self) -> None:
        """Let go of all that waits, to be read again."""
        self.waiting.clear()
        self._bytes.clear()

    def full(self) -> tuple[str, ...]:
        """The topics that should not be read now."""
        return tuple(topic for topic in self.waiting if self._bytes[topic] >= WAITING_BYTES)

    def round(self) -> Iterator[tuple[str, Sequence[Record]]]:
        """A turn of each topic in which anything waits."""
        for topic in list(self.waiting):
            yield topic, self._turn(topic)

    def _turn(self, topic: str) -> list[Record]:
        waiting = self.waiting[topic]
        taken, record = waiting.popleft()
        turn = [record]
        while waiting and taken + waiting[0][0] <= TURN_BYTES:
            size, record = waiting.popleft()
            turn.append(record)
            taken += size
        self._bytes[topic] -= taken
        if not waiting:
            del self.waiting[topic], self._bytes[topic]
        return turn


def _size(record: Record) -> int:
    size = len(record.value or b"")
    if record.headers and record.header(CONTENT) == FRAME:
        size //= FRAME_SHARE
    return RECORD_BYTES + size
