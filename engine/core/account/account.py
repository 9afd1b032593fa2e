"""An account: its positions by contract and leg, and its resting orders by id."""

import msgspec

from engine.core.account.memory import Memory
from engine.core.account.position import Position
from engine.core.book.order import Order
from engine.core.book.stop import Stop
from engine.core.command import PositionMode

OUTSIDE = "outside"
"""The replayed market as a counterparty: unlimited, never warned, liquidated or cut."""
FUND = "fund"
"""The insurance fund where it holds positions itself; a pool's is this, a colon and its name."""


class Account(msgspec.Struct):
    """Settings, positions and orders; the money is in the ledger.

    `positions` are by their slots: the contract, in hedge mode with the leg.
    `results` (micros) is what the cross side has made, by pool of the insurance fund (Decision
    M11); `carried` is the unrealised result with which open positions began the period, by
    slot. `warned` is its highest warning level crossed, `last_contract` where it last had a
    cross position. `stops` wait for a price, by their ids. `auto_margin` are the contracts whose
    isolated positions are topped up before they are liquidated, sorted.
    `switches` say when orders of a contract ("": of all) go unless the client speaks. In the
    `position_mode` `hedge` it may hold two legs of a contract.
    `memory` has the newest ids of orders.
    """

    name: str
    positions: dict[str, Position] = {}
    orders: dict[str, Order] = {}
    results: dict[str, int] = {}
    carried: dict[str, int] = {}
    warned: int = 0
    last_contract: str = ""
    stops: dict[str, Stop] = {}
    auto_margin: list[str] = []
    switches: dict[str, int] = {}
    position_mode: PositionMode = "one_way"
    memory: Memory = msgspec.field(default_factory=Memory)

    @property
    def wallet_key(self) -> str:
        """The ledger account of its wallet."""
        return f"wallet:{self.name}"

    def cross_positions(self) -> list[Position]:
        """Return open positions that share the wallet, by contract and leg."""
        pooled = [one for one in self.positions.values() if one.quantity and one.mode == "cross"]
        if len(pooled) > 1:
            pooled.sort(key=lambda one: (one.contract, one.slot))
        return pooled

    def add_result(self, pool: str, amount: int) -> None:
        """Count what the cross side made in the contracts of a pool."""
        self.results[pool] = self.results.get(pool, 0) + amount

    def orders_in(self, contract: str) -> list[Order]:
        """Return resting orders of a contract by arrival."""
        return [order for order in self.orders.values() if order.contract == contract]

    def orders_on(self, position: Position) -> list[Order]:
        """Return resting orders that trade a position, by arrival."""
        return [order for order in self.orders_in(position.contract) if order.leg == position.leg]
