"""What a report reads from an exchange; nothing here changes it."""

from engine.core.account.account import OUTSIDE
from engine.core.exchange import Exchange
from engine.core.liquidation.rank import lights
from engine.core.state.standing import profit


class ExchangeView:
    """Money in micros, prices in price units, quantities in lots."""

    def __init__(self, exchange: Exchange) -> None:
        self._state = exchange.state

    def accounts(self) -> list[str]:
        """The names of all clients, sorted."""
        return sorted(name for name in self._state.accounts if name != OUTSIDE)

    def has_account(self, account: str) -> bool:
        """Whether an account has made its first deposit."""
        return account in self._state.accounts

    def seq(self) -> int:
        """The number of the newest event."""
        return self._state.seq

    def last(self, contract: str) -> int:
        """Last price of a contract, 0 before its first."""
        return self._state.markets[contract].last

    def depth_ppm(self, contract: str) -> int:
        """How much of its depth the outside market shows, by the regime that it is in."""
        return self._state.markets[contract].outside.regime_ppm

    def mark(self, contract: str) -> int:
        """Mark price of a contract, 0 before its first."""
        return self._state.markets[contract].mark

    def fund(self) -> int:
        """Cash of the insurance fund."""
        return self._state.fund

    def fees(self) -> int:
        """Fees taken so far that did not go to the fund."""
        return self._state.balance("fees")

    def ledger_sum(self) -> int:
        """Σ of all ledger accounts: 0."""
        return sum(self._state.ledger.balances.values())

    def open_profit(self, account: str, contract: str) -> int:
        """Unrealised result of a position at the mark."""
        position = self._state.accounts[account].positions.get(contract)
        return profit(self._state, position) if position and position.quantity else 0

    def lights(self, account: str, contract: str) -> int:
        """How near a position is to being deleveraged: 5 to 1, 0 in no queue."""
        position = self._state.accounts[account].positions.get(contract)
        return lights(self._state, position) if position else 0

    def equity(self, account: str) -> int:
        """Everything that an account owns and owes at the mark; 0 before its first deposit."""
        held = self._state.accounts.get(account)
        if held is None:
            return 0
        total: int = self._state.balance(held.wallet_key)
        return total + sum(self._tied_up(account, contract) for contract in self._state.markets)

    def _tied_up(self, account: str, contract: str) -> int:
        legs = self._state.legs(account, contract)
        result: int = self._state.balance(legs[0].orders_key)
        for position in legs:
            if position.mode == "isolated":
                result += self._state.balance(position.margin_key)
            result += profit(self._state, position) if position.quantity else 0
        return result

    def open_interest(self, contract: str) -> int:
        """Σ of all long positions, the outside market's too."""
        holders = self._state.markets[contract].holders.values()
        return sum(max(0, position.quantity) for position in holders)
