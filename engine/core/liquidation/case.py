"""What the stages of one liquidation share."""

import msgspec
from msgspec import UNSET

from engine.core.account.account import Account
from engine.core.account.position import Position
from engine.core.command import LegOrNone
from engine.core.instrument import Rules
from engine.core.margin.bankruptcy import Settlement, share_of
from engine.core.margin.risk import Risk
from engine.core.money import PPM
from engine.core.state.pause import Owed, Progress
from engine.core.state.standing import cross_risk, isolated_risk, kept
from engine.core.state.venue import State


class Breach(msgspec.Struct, frozen=True):
    """A margin account below its maintenance; `position` only where it is an isolated one."""

    margin_id: str
    account: Account
    position: Position | None
    cause: int

    def risk(self, state: State) -> Risk:
        """Return how the margin account stands now."""
        if self.position is not None:
            return isolated_risk(state, self.position)
        return cross_risk(state, self.account)

    @property
    def leg(self) -> LegOrNone:
        """The leg that it is the margin account of, if it is one's."""
        return UNSET if self.position is None else self.position.leg

    @property
    def key(self) -> str:
        """The ledger account of its balance."""
        return self.account.wallet_key if self.position is None else self.position.margin_key

    @property
    def is_flat(self) -> bool:
        """Say whether it has no position left."""
        return not self.held()

    def held(self) -> list[Position]:
        """Return its open positions, by contract."""
        if self.position is None:
            return self.account.cross_positions()
        return [self.position] if self.position.quantity else []

    def holds(self, state: State) -> bool:
        """Say whether it is in breach still."""
        return self.risk(state).is_breach(state.rules.strict_trigger)


IDLE_MAX = 6
"""How often a wait doubles while nothing can be closed (C5)."""


class Case(msgspec.Struct):
    """A liquidation being worked off.

    `liquidation` is the seq of the current step's `LiquidationStarted`. `set_aside` (at most 0) is
    what positions closed against outside owe until the account is settled. `forced` notes the last
    liquidation with a fill in the book, by contract. `owed` are the fees of its steps, `progress`
    its partial orders by slot. `is_resumed`: it has waited, and is due.
    `paid_by_fund` is what the fund has lost for it, with `backed` orders in this round; `closed`
    what those of this round have closed, at the mark, and `idle` counts rounds in a row, up to
    IDLE_MAX, that closed nothing.
    """

    breach: Breach
    forced: dict[str, int]
    liquidation: int = 0
    set_aside: int = 0
    owed: list[Owed] = []
    progress: dict[str, Progress] = {}
    is_resumed: bool = False
    paid_by_fund: int = 0
    closed: int = 0
    idle: int = 0

    def owe(self, contract: str, value: int, rules: Rules) -> None:
        """Note the fees of a fill of the current step."""
        if not self.owed or self.owed[-1].liquidation != self.liquidation:
            self.owed.append(Owed(self.liquidation, contract))
        self.owed[-1].taker += value * rules.taker_fee_ppm // PPM
        self.owed[-1].penalty += value * rules.liquidation_fee_ppm // PPM

    def lots(self, state: State, position: Position) -> Settlement:
        """Share out the equity left and return the position's settlement prices."""
        market = state.markets[position.contract]
        equity = self.breach.risk(state).equity
        share = equity
        if position.mode == "cross":
            positions = self.breach.account.cross_positions()
            together = sum(kept(state, other) for other in positions)
            alone = len(positions) == 1
            mine = kept(state, position)
            share = share_of(equity - self.set_aside, mine, mine if alone else together)
        return Settlement(
            position.sign,
            abs(position.quantity),
            market.mark * market.contract.unit_value,
            share,
        )
