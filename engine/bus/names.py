"""The topics of a lab, by their names: `<lab>.<what>.v1`.

`ticks`, `admin` and `commands.<bot>` are what comes in; `log` is the one total order of it, and
`events` what the venue said to it. All others are made from `events` and the venue's prices: they
could be thrown away and made again.
"""

import re
from collections.abc import Iterable

import msgspec

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What a lab or a bot may be called: no dot, so that a topic's name has one reading."""


class Topics(msgspec.Struct, frozen=True):
    """The names of a lab's topics.

    >>> topics = Topics("demo")
    >>> topics.log, topics.commands("alice"), topics.bot_of("demo.commands.alice.v1")
    ('demo.log.v1', 'demo.commands.alice.v1', 'alice')
    >>> topics.bot_of("demo.log.v1") is None
    True
    """

    lab: str

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.lab):
            raise ValueError(f"a lab is called by 1 to 64 of A-Z a-z 0-9 _ -; found {self.lab!r}")

    def named(self, what: str) -> str:
        """The topic for `what`."""
        return f"{self.lab}.{what}.v1"

    def each(self, what: str) -> str:
        """How the names of the bots' topics for `what` begin, and no other name does."""
        return f"{self.lab}.{what}."

    @property
    def ticks(self) -> str:
        """What the feed sends: frames of ticks, and the lab's own traders between them."""
        return self.named("ticks")

    @property
    def admin(self) -> str:
        """What the operator says: commands for any account."""
        return self.named("admin")

    @property
    def log(self) -> str:
        """Everything said to the venue, in one total order."""
        return self.named("log")

    @property
    def events(self) -> str:
        """Everything that the venue said, in the order of `seq`, each with its hash."""
        return self.named("events")

    @property
    def dead_letters(self) -> str:
        """What could not be read, with the reason and where it came from."""
        return self.named("dlq")

    @property
    def trades(self) -> str:
        """Every trade on the venue, by contract; names nobody."""
        return self.named("trades")

    @property
    def liquidations(self) -> str:
        """Every forced order, by contract; names nobody."""
        return self.named("liquidations")

    @property
    def fund(self) -> str:
        """The insurance fund's cash whenever it changed."""
        return self.named("fund")

    @property
    def book(self) -> str:
        """The best prices of the merged book, by contract."""
        return self.named("book")

    @property
    def mark(self) -> str:
        """Last, index and mark, by contract."""
        return self.named("mark")

    def commands(self, bot: str) -> str:
        """What a bot sends; whoever may write here is that bot."""
        return self.named(f"commands.{bot}")

    def account(self, bot: str) -> str:
        """What happened to a bot, for it alone."""
        return self.named(f"account.{bot}")

    def groups(self, bot: str) -> str:
        """How the names of a bot's own groups of consumers begin, and no other name does."""
        return f"{self.lab}.{bot}."

    def bot_of(self, topic: str) -> str | None:
        """The bot whose commands the topic takes; None if it takes no bot's."""
        return self._bot_in("commands", topic)

    def holder_of(self, topic: str) -> str | None:
        """The bot whose private events the topic takes; None if it takes no bot's."""
        return self._bot_in("account", topic)

    def _bot_in(self, what: str, topic: str) -> str | None:
        found = re.fullmatch(rf"{self.lab}\.{what}\.({NAME.pattern})\.v1", topic)
        return found.group(1) if found else None

    def shared(self) -> tuple[str, ...]:
        """All topics that are no bot's own."""
        return (
            *(self.ticks, self.admin, self.log, self.events, self.dead_letters),
            *(self.trades, self.book, self.mark, self.liquidations, self.fund),
        )

    def followed(self, bots: Iterable[str]) -> tuple[str, ...]:
        """The topics that the services themselves read to the end."""
        commands = (self.commands(bot) for bot in bots)
        return (self.ticks, self.admin, self.log, self.events, *commands)

    def of_bot(self, bot: str) -> tuple[str, ...]:
        """A bot's own topics. Raises `ValueError` for a name that no topic can have."""
        if not NAME.fullmatch(bot):
            raise ValueError(f"a bot is called by 1 to 64 of A-Z a-z 0-9 _ -; found {bot!r}")
        return self.commands(bot), self.account(bot)
