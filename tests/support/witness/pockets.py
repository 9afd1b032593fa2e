"""What margin accounts pay and who may touch them (numbers 3 and 5 of section 9, section 6).

Every posting from or to a margin account is filed under what it was for. An isolated position
never loses more than it was given, a cut never takes more than was won, and a liquidation leaves
the account's other money alone.
"""

from collections import Counter
from collections.abc import Sequence

from msgspec import UNSET

from engine.core.account.account import OUTSIDE
from engine.core.account.position import Position, slot_of
from engine.core.command import AnyCommand
from engine.core.event import (
    Assigned,
    DeficitCovered,
    Event,
    InventoryFunded,
    InventorySold,
    LiquidationEnded,
    LiquidationFeePaid,
    LiquidationFilled,
    LiquidationStarted,
    LossSocialized,
    MarginModeSet,
    OrderFilled,
    PeriodSettled,
    ResidueTaken,
)
from engine.core.state.venue import State
from tests.support.witness.figures import owed, profit_of
from tests.support.witness.seen import Witness


class Pocket:
    """What one margin account was given, won, lost and was forgiven; all but `result` >= 0.

    `result` is what it made since the log began; the fund's postings wait in `from_fund` until
    an event says what they were.
    """

    def __init__(self) -> None:
        self.assigned = 0
        self.won = 0
        self.lost = 0
        self.forgiven = 0
        self.result = 0
        self.from_fund = 0

    def made(self, amount: int) -> None:
        """Count a result."""
        self.result += amount
        self.won += max(0, amount)
        self.lost += max(0, -amount)


class Pockets(Witness):
    """Keeps a `Pocket` for each wallet and isolated margin, by ledger account."""

    def __init__(self) -> None:
        self._pockets: dict[str, Pocket] = {}
        self._touched: dict[str, None] = {}
        self._before: dict[str, int] = {}
        self._allowed: Counter[str] = Counter()
        self._carried: dict[tuple[str, str], int] = {}

    def _of(self, key: str) -> Pocket:
        return self._pockets.setdefault(key, Pocket())

    def posting(self, state: State, source: str, target: str, amount: int) -> None:
        """File a movement under what it was for, for both ends of it."""
        for key, other, change in ((source, target, -amount), (target, source, amount)):
            kind = key.partition(":")[0]
            if kind in ("wallet", "isolated") and key != f"wallet:{OUTSIDE}":
                self._file(key, other, change)

    def _file(self, key: str, other: str, change: int) -> None:
        pocket, kind = self._of(key), other.partition(":")[0]
        self._touched[key] = None
        if kind in ("open_cost", "rounding", "fees"):
            pocket.made(change)
        elif kind == "fund":
            pocket.from_fund += change
        elif kind == "uncovered":
            pocket.forgiven += change
        elif kind in ("external", "orders") or _owner(other) == _owner(key):
            assert key.startswith("wallet:") or _owner(other) == _owner(key), f"{other}: {key}"
            pocket.assigned += max(0, change)
        elif change < 0:
            pocket.made(change)
        else:
            pocket.forgiven += change

    def event(self, state: State, event: Event) -> None:
        """Learn what the fund's postings were, and judge."""
        if isinstance(event, InventorySold | InventoryFunded):
            return
        if isinstance(event, LiquidationFilled | LiquidationFeePaid):
            pocket = self._of(_key(state, event))
            pocket.made(pocket.from_fund)
            pocket.from_fund = 0
        elif isinstance(event, DeficitCovered):
            for pocket in self._pockets.values():
                pocket.forgiven += max(0, pocket.from_fund)
                pocket.from_fund = 0
        elif isinstance(event, ResidueTaken):
            self._residue(state, event)
        elif isinstance(event, LossSocialized):
            self._cut(state, event)
        elif isinstance(event, LiquidationStarted):
            self._started(state, event)
        elif isinstance(event, LiquidationEnded):
            self._ended(state)
        elif isinstance(event, PeriodSettled) and event.pool == state.pools[-1]:
            self._begin_period(state)
        elif isinstance(event, MarginModeSet) and event.mode == "cross":
            for leg in (UNSET, "long", "short"):
                self._merge(event.account, slot_of(event.contract, leg))
        if not isinstance(event, LossSocialized):
            self._close_flat(state, event)

    def _begin_period(self, state: State) -> None:
        """Profit counts anew: what positions have won so far is carried over."""
        for pocket in self._pockets.values():
            pocket.result = 0
        self._carried = {
            (name, slot): profit_of(state, position)
            for name, account in state.accounts.items()
            for slot, position in account.positions.items()
            if position.quantity
        }

    def _residue(self, state: State, event: ResidueTaken) -> None:
        for pocket in self._pockets.values():
            assert pocket.from_fund <= 0, f"a residue is not paid by the fund: {event}"
            pocket.from_fund = 0
        if event.to == "client":
            self._allowed[f"wallet:{event.account}"] += event.amount

    def _cut(self, state: State, event: LossSocialized) -> None:
        """A cut takes what was won and is still there, nothing else."""
        account = state.accounts[event.account]
        if event.account == OUTSIDE:
            return
        if event.contract is None:
            key, positions = account.wallet_key, account.cross_positions()
        else:
            position = account.positions[slot_of(event.contract, event.leg)]
            key, positions = position.margin_key, [position]
        unrealized = sum(profit_of(state, position) for position in positions)
        carried = sum(self._carried.get((event.account, one.slot), 0) for one in positions)
        if state.rules.socialized == "profit" and len(state.pools) == 1:
            won = self._of(key).result + unrealized - carried
            assert won >= 0, f"cut by more than it won: {event}"
        has = state.balance(key) + unrealized - sum(owed(state, one) for one in positions)
        assert has >= 0, f"cut by more than it has: {event}"
        self._allowed[key] -= event.amount

    def _started(self, state: State, event: LiquidationStarted) -> None:
        """Note what the rest of the account has."""
        own = _key(state, event)
        if event.mode == "cross":
            own = f"wallet:{event.account}"
        self._allowed.clear()
        self._before = {
            key: state.balance(key)
            for key in self._pockets
            if _owner(key) == event.account and key != own
        }

    def _ended(self, state: State) -> None:
        """See that the rest of the account was left alone."""
        for key, before in self._before.items():
            change = state.balance(key) - before
            assert change == self._allowed[key], f"a liquidation moved {change} of {key}"

    def _close_flat(self, state: State, event: Event) -> None:
        account, contract = getattr(event, "account", None), getattr(event, "contract", None)
        if account not in state.accounts or contract is None:
            return
        slot = slot_of(contract, getattr(event, "leg", UNSET))
        position = state.accounts[account].positions.get(slot)
        flat = position is not None and not position.quantity
        if flat or (isinstance(event, Assigned | OrderFilled) and _is_turned(event, position)):
            self._merge(account, slot)
            self._of(f"wallet:{account}").result -= self._carried.pop((account, slot), 0)

    def _merge(self, account: str, slot: str) -> None:
        """What a closed isolated position has made counts with the account's wallet."""
        pocket = self._pockets.get(f"isolated:{account}:{slot}")
        if pocket is not None:
            self._of(f"wallet:{account}").result += pocket.result
            pocket.result = 0

    def end(self, state: State, command: AnyCommand, events: Sequence[Event]) -> None:
        """See that no isolated position has lost more than it was given and won.

        One whose liquidation waits, as an event has said (number 6), may: funding goes on.
        """
        for key in self._touched:
            if not key.startswith("isolated:"):
                continue
            pocket, (_, name, slot) = self._of(key), key.split(":", 2)
            position = state.accounts[name].positions.get(slot)
            if position is None:  # it was flat, and the account has changed its position mode
                assert state.balance(key) == 0, f"{key} is left without a position"
                continue
            coming = profit_of(state, position), -owed(state, position)
            means = pocket.assigned + pocket.won + sum(max(0, each) for each in coming)
            waits = position.margin_id in state.stalled or state.waits(position.margin_id)
            within = pocket.lost - pocket.forgiven <= means
            assert waits or within, f"{key} lost more than it had"
            assert pocket.from_fund == 0, f"the fund moved {pocket.from_fund} of {key} silently"
            if not position.quantity:
                assert state.balance(key) == 0, f"{key} is left without a position"
                del self._pockets[key]
        self._touched.clear()


def _is_turned(event: Assigned | OrderFilled, position: Position | None) -> bool:
    after = position.quantity if position is not None else 0
    before = after - event.quantity * (1 if event.side == "buy" else -1)
    return before * after < 0


def _owner(key: str) -> str:
    parts = key.split(":")
    is_person = parts[0] in ("wallet", "isolated", "orders")
    return parts[1] if is_person else ""


def _key(state: State, event: LiquidationFilled | LiquidationFeePaid | LiquidationStarted) -> str:
    slot = slot_of(event.contract, event.leg)
    position = state.accounts[event.account].positions.get(slot)
    return position.margin_key if position is not None else f"wallet:{event.account}"
