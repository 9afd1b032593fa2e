"""The double-entry ledger: money is never made, only moved.

Account names are plain strings (`wallet:alice`, `fund`), listed in the Decisions (A3). A balance
may be negative; which ones must not be is the business of those who post.
"""

from engine.core.money import Micros


class Ledger:
    """Balances that always sum to zero.

    >>> ledger = Ledger()
    >>> ledger.post("external", "wallet:alice", Micros(5))
    >>> ledger.balance("wallet:alice"), ledger.balance("external")
    (5, -5)
    >>> ledger.check()
    """

    def __init__(self) -> None:
        self.balances: dict[str, Micros] = {}

    def balance(self, name: str) -> Micros:
        """Return what an account holds; one never posted to holds nothing."""
        return self.balances.get(name, Micros(0))

    def post(self, source: str, target: str, amount: int) -> None:
        """Move an amount (negative: the other way) from one account to another."""
        balances = self.balances
        balances[source] = Micros(balances.get(source, 0) - amount)
        balances[target] = Micros(balances.get(target, 0) + amount)

    def check(self) -> None:
        """Assert that all postings cancel out."""
        assert sum(self.balances.values()) == 0, "the ledger must sum to zero"
