"""The slow exchange: the rules and the Decisions table once more, written for reading.

It shares with the engine only the structs of commands, events and contracts and the divisions of
`engine.core.money`. It has no index, no cache and no running total: every command looks at every
account, sorts the whole book and computes every outside level again. Comments name the rows of
the table in `engine/README.md`.
"""

from tests.support.naive.exchange import NaiveExchange

__all__ = ["NaiveExchange"]
