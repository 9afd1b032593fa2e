"""Where positions are: in a contract, or in one of its legs (A2, M17); and what money is called."""

Place = str
"""Where a position is (A2): a contract, or in hedge mode a contract, a colon and a leg."""
Pocket = tuple[str, Place | None]
"""A margin account (A1): an account and its isolated position's place, or None for its cross side.
"""


def place_at(contract: str, leg: object) -> Place:
    """Give the place of a leg, or of a contract's only position where none is named."""
    return f"{contract}:{leg}" if isinstance(leg, str) else contract


def symbol_of(place: Place) -> str:
    """Give the contract of a place."""
    return place.removesuffix(":long").removesuffix(":short")


def pocket_id(pocket: Pocket) -> str:
    """Name a margin account (A1)."""
    account, contract = pocket
    return account if contract is None else f"{account}:{contract}"


def balance_name(pocket: Pocket) -> str:
    """Name the ledger account that holds a margin account's money (A3, I1)."""
    account, contract = pocket
    if account.partition(":")[0] == "fund":
        return account
    return f"wallet:{account}" if contract is None else f"isolated:{account}:{contract}"


def told(pocket: Pocket, place: Place) -> Place:
    """Give what an event about a margin account names: its place, or just the last contract."""
    return symbol_of(place) if pocket[1] is None else place


def pool_name(kind: str, pool: str) -> str:
    """Name the ledger account of a pool (A3)."""
    return f"{kind}:{pool}" if pool else kind
