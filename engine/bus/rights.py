"""Who may read and write which topics of a lab, and read in which groups, in one table.

The brokers hold everybody to it (`margincall topics secure`), and every service and bot asks for
its own row before it begins. A user is called as its service is, and a bot's user as the bot.
"""

from collections.abc import Iterator
from typing import Literal, get_args

import msgspec

from engine.bus.interface import Right
from engine.bus.names import Topics

Service = Literal["operator", "feed", "sequencer", "engine", "fanout"]
BROKER = "broker"
"""The brokers' own user: it makes topics, users and rights, and nobody trades as it."""
RESERVED = frozenset((BROKER, *get_args(Service)))


class Grant(msgspec.Struct, frozen=True, order=True):
    """One thing that a user may do; if `prefixed`, to every topic or group whose name begins so."""

    user: str
    right: Right
    name: str
    prefixed: bool = False
    kind: Literal["topic", "group"] = "topic"


def of_service(topics: Topics, service: Service) -> tuple[Grant, ...]:
    """What a service of a lab does with its topics."""
    reads, writes, each_read, each_write = _ROWS[service]
    return (
        *(Grant(service, "read", topics.named(what)) for what in reads),
        *(Grant(service, "read", topics.each(what), prefixed=True) for what in each_read),
        *(Grant(service, "write", topics.named(what)) for what in writes),
        *(Grant(service, "write", topics.each(what), prefixed=True) for what in each_write),
    )


def of_bot(topics: Topics, bot: str) -> tuple[Grant, ...]:
    """What a bot does: it says its own commands, and hears its own account and what is public.

    For clients that cannot read without a group of consumers it has names of its own for groups.

    Raises `ValueError` for a name that a bot cannot have.
    """
    commands, account = topics.of_bot(bot)
    if bot in RESERVED:
        raise ValueError(f"a bot cannot be called {bot}: a user of the lab itself is")
    return (
        *(Grant(bot, "read", topics.named(what)) for what in _PUBLIC),
        Grant(bot, "read", account),
        Grant(bot, "write", commands),
        Grant(bot, "read", topics.groups(bot), prefixed=True, kind="group"),
    )


def of_lab(topics: Topics, bots: tuple[str, ...]) -> Iterator[Grant]:
    """All that anybody may do in a lab; nobody else may do anything."""
    for service in get_args(Service):
        yield from of_service(topics, service)
    for bot in bots:
        yield from of_bot(topics, bot)


_PUBLIC = ("trades", "book", "mark", "liquidations", "fund")
_SPREAD = ("trades", "liquidations", "fund")
_Row = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]
_ROWS: dict[Service, _Row] = {
    # reads, writes, reads of each bot, writes to each bot
    "operator": (("ticks", "log", "events", "dlq", *_PUBLIC), ("admin",), ("commands",), ()),
    "feed": (("ticks", "mark"), ("ticks",), (), ()),
    "sequencer": (("ticks", "admin", "log", "mark"), ("log", "dlq"), ("commands",), ()),
    "engine": (("log", "events"), ("events", "book", "mark"), (), ()),
    "fanout": (("events", *_SPREAD), _SPREAD, ("account",), ("account",)),
}
"""Who writes a topic reads its end too, to go on behind it; but for the dead letters and prices."""
