"""How often accounts were heard: never more than rate and burst allow, in any span of time."""

from collections.abc import Sequence

from engine.core.command import AnyCommand, CancelAll, CancelAllAfter, CancelOrder, Deposit
from engine.core.event import Event, Rejected
from engine.core.reason import Reason
from engine.core.state.venue import State
from tests.support.witness.seen import Witness

NEWEST = 40
"""How many of the times at which an account was heard are compared with each other."""
UNHEARD = (Reason.RATE_LIMIT, Reason.UNKNOWN_ACCOUNT, Reason.TIME_WENT_BACK, Reason.INVALID_TIME)


class Rates(Witness):
    """Keeps the times at which each account was heard, and when it may be heard again."""

    def __init__(self) -> None:
        self._heard: dict[str, list[int]] = {}
        self._placed: dict[str, list[int]] = {}
        self._again: dict[str, int] = {}

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """Judge who was heard and who was not."""
        terms, name = state.rules.orders, getattr(command, "account", None)
        last = events[-1] if events else None
        reason = last.reason if isinstance(last, Rejected) else None
        if not terms.rate:
            assert reason is not Reason.RATE_LIMIT, f"nothing is limited: {last}"
        elif name is not None and not isinstance(command, Deposit):
            self._judge(state, command, name, last)

    def _judge(self, state: State, command: AnyCommand, name: str, last: Event | None) -> None:
        terms, takes_away = (
            state.rules.orders,
            isinstance(command, CancelOrder | CancelAll | CancelAllAfter),
        )
        if isinstance(last, Rejected) and last.reason is Reason.RATE_LIMIT:
            assert isinstance(last.retry_after_us, int)
            assert last.retry_after_us > 0
            if not takes_away:
                self._again[name] = last.at_us + last.retry_after_us
        elif not (isinstance(last, Rejected) and last.reason in UNHEARD):
            heard = self._heard.setdefault(name, [])
            heard.append(state.now_us)
            assert _fits(heard, terms.rate, terms.burst * 2), f"{name} at {heard}"
            if not takes_away:
                assert state.now_us >= self._again.pop(name, 0), f"{name} was heard too early"
                placed = self._placed.setdefault(name, [])
                placed.append(state.now_us)
                assert _fits(placed, terms.rate, terms.burst), f"{name} at {placed}"


def _fits(times: list[int], rate: int, burst: int) -> bool:
    """Say whether no span up to the newest time has more than the burst and what time brings."""
    newest = times[-NEWEST:]
    return all(
        (number - burst) * 1_000_000 <= rate * (newest[-1] - since)
        for number, since in enumerate(reversed(newest), 1)
    )
