"""How far a run has come: what the progress shows and the summary counts."""

import msgspec


class Counters(msgspec.Struct):
    """`ticks` were applied, `commands` are log records (ticks included), times in the log's us."""

    ticks: int = 0
    commands: int = 0
    events: int = 0
    liquidations: int = 0
    first_us: int | None = None
    at_us: int = 0
