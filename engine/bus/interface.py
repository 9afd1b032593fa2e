"""The seam between the services and what carries their batches.

A memory bus lives in one process; a Kafka bus keeps the same promises over a broker: batches of
a topic reach every subscriber whole, in the order of their publication, and a publisher waits
when a subscriber is behind.
"""

from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from engine.bus.topic import Topic

T = TypeVar("T")


class Bus(Protocol):
    """Carries batches between services."""

    async def publish(self, topic: Topic[T], batch: tuple[T, ...]) -> None:
        """Hand a batch to every subscriber; waits as long as one of them is full."""

    def subscribe(self, topic: Topic[T]) -> AsyncIterator[tuple[T, ...]]:
        """Every batch from now on, until the topic is closed and read to its end.

        The subscription begins with this call, not with the first read.
        """

    async def close(self, topic: Topic[T]) -> None:
        """Say that no batch will follow; subscribers end when they have read what there is."""
