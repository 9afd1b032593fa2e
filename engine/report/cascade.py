"""Liquidations as trees: what set off what."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

import msgspec


class Liquidation(Protocol):
    """Whatever knows its number, what caused it, and when."""

    @property
    def seq(self) -> int: ...

    @property
    def at_us(self) -> int: ...

    @property
    def cause(self) -> int: ...


Row = TypeVar("Row", bound=Liquidation)


class Node(msgspec.Struct, Generic[Row]):
    """A liquidation and those that it caused, by seq; `depth` is 1 where a command caused it."""

    row: Row
    depth: int
    caused: list["Node[Row]"] = []

    def walk(self) -> Iterator["Node[Row]"]:
        """This node and all below, parents first. Without recursion: cascades run deep."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending += reversed(node.caused)


class Cascade(msgspec.Struct, Generic[Row]):
    """What one command or tick set off; `cause` is the seq of its first event."""

    cause: int
    at_us: int
    roots: list[Node[Row]] = []

    def size(self) -> int:
        """How many liquidations it set off, directly or not."""
        return sum(1 for _ in self.walk())

    def walk(self) -> Iterator[Node[Row]]:
        """All liquidations that it set off, parents first."""
        for root in self.roots:
            yield from root.walk()


def cascades(rows: Iterable[Row]) -> list[Cascade[Row]]:
    """Arrange liquidations by their causes; costs O(rows)."""
    nodes: dict[int, Node[Row]] = {}
    result: dict[int, Cascade[Row]] = {}
    for row in rows:
        parent = nodes.get(row.cause)
        node = nodes[row.seq] = Node(row, 1 if parent is None else parent.depth + 1)
        if parent is not None:
            parent.caused.append(node)
        else:
            result.setdefault(row.cause, Cascade(row.cause, row.at_us)).roots.append(node)
    return list(result.values())
