"""What every event begins with."""

import msgspec


class Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """The common head of every event."""

    seq: int
    at_us: int
