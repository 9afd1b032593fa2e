"""Where positions are: in a contract, or in one of its legs (A2, M17)."""

Place = str
"""Where a position is (A2): a contract, or in hedge mode a contract, a colon and a leg."""


def place_at(contract: str, leg: object) -> Place:
    """Give the place of a leg, or of a contract's only position where none is named."""
    return f"{contract}:{leg}" if isinstance(leg, str) else contract


def symbol_of(place: Place) -> str:
    """Give the contract of a place."""
    return place.removesuffix(":long").removesuffix(":short")
