"""Liquidations as trees: what set off what."""

from collections.abc import Iterator

import msgspec

from engine.report.summary import LiquidationRow


class Node(msgspec.Struct):
    """A liquidation and those that it caused, by seq."""

    row: LiquidationRow
    caused: list["Node"] = []

    def walk(self) -> Iterator["Node"]:
        """This node and all below, parents first. Without recursion: cascades run deep."""
        pending = [self]
        while pending:
            node = pending.pop()
            yield node
            pending += reversed(node.caused)


class Cascade(msgspec.Struct):
    """What one command or tick set off; `cause` is the seq of its first event."""

    cause: int
    at_us: int
    roots: list[Node] = []

    def size(self) -> int:
        """How many liquidations it set off, directly or not."""
        return sum(1 for _ in self.walk())

    def walk(self) -> Iterator[Node]:
        """All liquidations that it set off, parents first."""
        for root in self.roots:
            yield from root.walk()


def cascades(rows: tuple[LiquidationRow, ...]) -> list[Cascade]:
    """Arrange liquidations by their causes; costs O(rows)."""
    nodes: dict[int, Node] = {}
    result: dict[int, Cascade] = {}
    for row in rows:
        node = nodes[row.seq] = Node(row)
        parent = nodes.get(row.cause)
        if parent is not None:
            parent.caused.append(node)
        else:
            result.setdefault(row.cause, Cascade(row.cause, row.at_us)).roots.append(node)
    return list(result.values())
