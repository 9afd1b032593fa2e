"""Which margin accounts have to be looked at: those touched, and those whose band was left.

Every margin account with a position registers, for each of its contracts, a band of marks inside
which nothing about it can change (`engine.core.margin.band`). A mark that stays inside costs O(1)
whatever the number of accounts; one that leaves a band brings that account back for a look.
"""

from sortedcontainers import SortedList


class Watch:
    """Touched accounts and bands, by margin account id.

    >>> watch = Watch()
    >>> watch.guard("alice", [("BTC", 90, 110)])
    >>> watch.moved("BTC", 110); watch.due(); watch.band("BTC")
    []
    (90, 110)
    >>> watch.moved("BTC", 89); watch.due()
    ['alice']

    `guard` costs O(log accounts), `moved` O(1) plus O(log accounts) for each account it wakes.
    """

    def __init__(self) -> None:
        self._touched: dict[str, None] = {}
        self._bands: dict[str, list[tuple[str, int, int]]] = {}
        self._lows: dict[str, SortedList[tuple[int, str]]] = {}
        self._highs: dict[str, SortedList[tuple[int, str]]] = {}

    def touch(self, margin_id: str) -> None:
        """Ask for a look at a margin account whose money or position changed."""
        self._touched[margin_id] = None

    def due(self) -> list[str]:
        """Return who has to be looked at, by id."""
        return self.touched()

    def touched(self) -> list[str]:
        """Return whose money, position or prices have changed, by id."""
        return sorted(self._touched)

    def guard(self, margin_id: str, bands: list[tuple[str, int, int]]) -> None:
        """Note that an account was looked at and is safe inside (contract, low, high)."""
        self._drop(margin_id)
        self._touched.pop(margin_id, None)
        if not bands:
            return
        self._bands[margin_id] = bands
        for contract, low, high in bands:
            self._lows.setdefault(contract, SortedList()).add((low, margin_id))
            self._highs.setdefault(contract, SortedList()).add((high, margin_id))

    def band(self, contract: str) -> tuple[int | None, int | None]:
        """Return the lowest and the highest mark that wake nobody; None where any does. O(1)."""
        lows, highs = self._lows.get(contract), self._highs.get(contract)
        return (lows[-1][0] if lows else None), (highs[0][0] if highs else None)

    def moved(self, contract: str, mark: int) -> None:
        """Wake every account whose band a mark has left."""
        lows, highs = self._lows.get(contract), self._highs.get(contract)
        if lows is None or highs is None:
            return
        while lows and lows[-1][0] > mark:
            self._wake(lows[-1][1])
        while highs and highs[0][0] < mark:
            self._wake(highs[0][1])

    def _wake(self, margin_id: str) -> None:
        self._touched[margin_id] = None
        self._drop(margin_id)

    def _drop(self, margin_id: str) -> None:
        for contract, low, high in self._bands.pop(margin_id, ()):
            self._lows[contract].remove((low, margin_id))
            self._highs[contract].remove((high, margin_id))

    def check(self) -> None:
        """Assert that bands and their edges agree."""
        edges = sum(len(bands) for bands in self._bands.values())
        assert sum(len(lows) for lows in self._lows.values()) == edges, "one low edge a band"
        assert sum(len(highs) for highs in self._highs.values()) == edges, "one high edge a band"
