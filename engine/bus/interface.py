"""The seam between the services and what carries their records.

A topic is an append-only list of records with an offset each, in one total order. A reader says
where it begins and keeps its place itself: there are no groups and no transactions. What was
published is durable once `flush` has returned, and not sooner.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal, Protocol

import msgspec

Headers = tuple[tuple[str, bytes], ...]


Right = Literal["read", "write"]


class BusError(Exception):
    """The bus does not do what it must; the process ends and the next one goes on from the log."""


class Message(msgspec.Struct, frozen=True):
    """What is published."""

    value: bytes
    key: bytes | None = None
    headers: Headers = ()


class Record(msgspec.Struct, frozen=True):
    """A message in its topic; anybody may have sent one without a value.

    Where `unreadable` says why, `value` is what the bus has instead: bytes from there on.
    """

    offset: int
    value: bytes | None
    key: bytes | None = None
    headers: Headers = ()
    unreadable: str = ""

    def header(self, name: str) -> bytes | None:
        """The first header of that name."""
        return next((value for known, value in self.headers if known == name), None)


Polled = Sequence[tuple[str, Sequence[Record]]]
"""Records by their topics, each topic's in the order of their offsets."""


class Reader(Protocol):
    """Goes through one or more topics."""

    async def poll(self, wait_s: float, but: Collection[str] = ()) -> Polled:
        """What comes next; nothing if nothing has come after `wait_s` seconds.

        Topics in `but` have to wait; they go on later where they stand.

        Raises `BusError`, also if the topic no longer has, or does not yet have, the offset at
        which the reader stands: it never jumps.
        """

    async def close(self) -> None:
        """Leave; the topics stay as they are."""


class Bus(Protocol):
    """Carries records between processes. Every method raises `BusError`."""

    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Append messages to a topic in their order; waits if too much is under way."""

    async def flush(self, *topics: str) -> None:
        """Wait until all that was published before is durable, or that of some topics."""

    def check(self) -> None:
        """Raise `BusError` if anything that was published is lost or overdue."""

    async def read(self, starts: Mapping[str, int], *, evenly: bool = False) -> Reader:
        """A reader of topics, each from an offset.

        `evenly`: a topic that is full does not keep it from the others; else it reads by the lot.
        """

    async def span(self, topic: str) -> tuple[int, int]:
        """The first offset that the topic still has, and the one that its next record gets."""

    async def topics(self) -> frozenset[str]:
        """The names of all topics that may be seen."""

    async def rights(self, topics: Iterable[str]) -> Mapping[str, frozenset[Right]]:
        """What may be done with those of the topics that are there and may be seen."""
