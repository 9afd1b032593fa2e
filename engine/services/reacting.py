"""Who answers events with commands, and where those commands stand in the log.

An answer comes a while after what it answers, in log time. So the stream of ticks is applied in
pieces that end before the next answer can be due; where the batches of a feed end, and how fast
they come, changes nothing. That makes answers, and their places, a function of the commands that
others sent: whoever applies those again gets the same answers, and nobody has to send them.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from engine.config.settings import Lab
from engine.core.command import Command
from engine.core.event import Event
from engine.core.tick_run import TickRun


class Reacting(Protocol):
    """Hears the events of every command, and has answers due at times of the log."""

    @property
    def least_us(self) -> int:
        """The shortest time, at least 1, between a command and an answer to its events."""

    def heard(self, at_us: int, events: tuple[Event, ...]) -> None:
        """Take in what a command of this time did."""

    def due_us(self) -> int | None:
        """When the next answer is due, if one is waiting."""

    def answer(self) -> Sequence[Command]:
        """Give the commands of the next answer and forget it; nothing if it is pointless now."""

    def memory(self) -> bytes:
        """All that was heard and is still needed, as JSON, for a snapshot."""

    def remember(self, memory: bytes) -> None:
        """Go on from what `memory` gave. Raises `ValueError` if that is something else."""


ReactingOf = Callable[[Lab], Reacting | None]
"""Who reacts in a lab, having heard nothing yet; None where nobody does."""


def nobody(lab: Lab) -> None:
    """Nobody reacts; for labs of which that is true."""
    asked = [each.at_margin_call for each in lab.accounts]
    asked += [lab.crowd.at_margin_call] if lab.crowd else []
    assert not any(asked), f"accounts of the lab {lab.name} answer margin calls"


def pieces(batch: Sequence[Command], reacting: Reacting | None) -> Iterator[Sequence[Command]]:
    """Cut a batch and put in what is due: an answer before the first command of its time or later.

    Every piece must be applied and heard before the next one is asked for.
    """
    if reacting is None:
        yield batch
        return
    times = batch.at_us if isinstance(batch, TickRun) else [command.at_us for command in batch]
    begin = 0
    while begin < len(batch):
        at_us, due_us = times[begin], reacting.due_us()
        if due_us is not None and due_us <= at_us:
            answer = tuple(reacting.answer())
            if answer:
                yield answer
            continue
        before_us = at_us + reacting.least_us
        if due_us is not None:
            before_us = min(before_us, due_us)
        end = begin + 1
        while end < len(batch) and times[end] < before_us:
            end += 1
        yield batch.part(begin, end) if isinstance(batch, TickRun) else batch[begin:end]
        begin = end
