"""Everything that is always true, watched after every command, event and posting (section 9).

`Oracle` runs the engine with all witnesses; a broken rule is an AssertionError with a sentence.
Number 8, that a refused command changes nothing, is looked at for one command in eight, for it
costs two hashes of the state.
"""

from collections.abc import Sequence

from engine.core import snapshot
from engine.core.command import AnyCommand
from engine.core.event import Event, Rejected
from engine.core.exchange import Exchange
from engine.core.instrument import Venue
from tests.support.witness.backing import Backing
from tests.support.witness.freezes import Freezes
from tests.support.witness.holdings import Holdings
from tests.support.witness.ids import Ids
from tests.support.witness.money import Money
from tests.support.witness.orders import Orders
from tests.support.witness.pockets import Pockets
from tests.support.witness.rates import Rates
from tests.support.witness.seen import Witness, witnessed
from tests.support.witness.waves import Waves

HASH_EVERY = 8


def all_witnesses() -> tuple[Witness, ...]:
    """Return one of each kind."""
    usual = Money(), Orders(), Holdings(), Pockets(), Waves(), Rates(), Ids(), Backing()
    return *usual, Freezes()


class Oracle:
    """An exchange that is judged at every step."""

    def __init__(
        self,
        venue: Venue,
        witnesses: Sequence[Witness] | None = None,
        hash_every: int = HASH_EVERY,
    ) -> None:
        self._witnesses = all_witnesses() if witnesses is None else witnesses
        self._hash_every = hash_every
        self._commands = 0
        self.exchange: Exchange = witnessed(venue, self._witnesses)

    def apply(self, command: AnyCommand) -> tuple[Event, ...]:
        """Apply a command and let all witnesses judge."""
        state, seq = self.exchange.state, self.exchange.state.seq
        self._commands += 1
        before = self._hash_before(command)
        for witness in self._witnesses:
            witness.begin(state, command)
        events = self.exchange.apply(command)
        assert [event.seq for event in events] == list(range(seq + 1, seq + 1 + len(events)))
        for witness in self._witnesses:
            witness.end(state, command, events)
        if before is not None and len(events) == 1 and isinstance(events[0], Rejected):
            after = snapshot.state_hash(self.exchange)
            assert after == before, f"a refused command changed the state: {events[0]}"
        return events

    def _hash_before(self, command: AnyCommand) -> str | None:
        """Take the hash now and then, where no timer fires before the command."""
        quiet = command.at_us < max(self.exchange.state.timer_us, self.exchange.state.now_us)
        if quiet and self._commands % self._hash_every == 0:
            return snapshot.state_hash(self.exchange)
        return None
