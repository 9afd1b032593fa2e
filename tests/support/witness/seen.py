"""A state that lets witnesses see every event, posting and wave, and one that wakes everybody.

The engine runs as it is; only the three places through which all of its work passes are widened:
`State.emit`, `Ledger.post` and `Watch.due`, which is asked once a wave.
"""

from collections.abc import Sequence

from engine.core.account.account import OUTSIDE
from engine.core.account.ledger import Ledger
from engine.core.command import AnyCommand
from engine.core.event import Event
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from engine.core.state.venue import State
from engine.core.state.watch import Watch


class Witness:
    """Sees what happens and raises an AssertionError at what must not; each overrides its part."""

    def begin(self, state: State, command: AnyCommand) -> None:
        """Take in a command before it is applied."""

    def posting(self, state: State, source: str, target: str, amount: int) -> None:
        """Take in a movement of money that was just made."""

    def wave(self, state: State) -> None:
        """Take in that a wave begins: nobody was looked at yet."""

    def event(self, state: State, event: Event) -> None:
        """Take in an event that was just emitted."""

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """Take in the state after a command and its timers."""


class WitnessedState(State):
    """A state that tells its witnesses."""

    def __init__(self, venue: Venue, witnesses: Sequence[Witness]) -> None:
        super().__init__(venue)
        self._witnesses = witnesses
        self.ledger = _WitnessedLedger(self, witnesses)
        self.watch = _WitnessedWatch(self, witnesses)

    def emit(self, event: Event) -> None:
        """Say what happened, then let it be judged."""
        super().emit(event)
        for witness in self._witnesses:
            witness.event(self, event)


class _WitnessedLedger(Ledger):
    def __init__(self, state: State, witnesses: Sequence[Witness]) -> None:
        super().__init__()
        self.balances = state.ledger.balances
        self._state, self._witnesses = state, witnesses

    def post(self, source: str, target: str, amount: int) -> None:
        super().post(source, target, amount)
        for witness in self._witnesses:
            witness.posting(self._state, source, target, amount)


class _WitnessedWatch(Watch):
    def __init__(self, state: State, witnesses: Sequence[Witness]) -> None:
        super().__init__()
        self._state, self._witnesses = state, witnesses

    def due(self) -> list[str]:
        for witness in self._witnesses:
            witness.wave(self._state)
        return super().due()


class _Everybody(Watch):
    """Has every margin account looked at in every wave, as if there were no index."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state

    def due(self) -> list[str]:
        names = [name for name in self._state.accounts if name != OUTSIDE]
        isolated = [
            position.margin_id
            for name in names
            for position in self._state.accounts[name].positions.values()
            if position.mode == "isolated"
        ]
        return sorted(names + isolated)


def witnessed(venue: Venue, witnesses: Sequence[Witness]) -> Exchange:
    """Return an exchange whose work is seen by witnesses."""
    exchange = Exchange(venue)
    exchange.state = WitnessedState(venue, witnesses)
    return exchange


def eager(venue: Venue) -> Exchange:
    """Return an exchange that skips no work: it looks at everybody on every command."""
    exchange = Exchange(venue)
    exchange.state.watch = _Everybody(exchange.state)
    return exchange
