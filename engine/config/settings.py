"""What a lab holds beside its venue: files, pace, crowd, scripted traders, report.

All frozen, all in the core's units (see `engine.core.instrument`), times in microseconds,
shares in parts per million. `engine.config.lab` makes them from TOML; the first record of every
log carries them as JSON.
"""

from typing import Literal

import msgspec

from engine.core.command import LegOrNone, Mode, PositionMode, Side
from engine.core.instrument import Venue
from engine.core.money import Lots, Micros, Price

TimeUnit = Literal["s", "ms", "us", "ns", "iso"]
SizeUnit = Literal["base", "quote", "contract"]


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """How to read a CSV whose format is not built in.

    `header` is the file's first line, by which it is recognised; without one the file has no
    header and its columns are called `1`, `2`, ... A column that is absent is None. `side` names
    the column of the aggressor's side, whose texts are `buy` and `sell`; `side = "sign"` says
    that a negative size is a sell. `kind` is what a row becomes: `trades` need `price` and
    `size`, `quotes` the four bid and ask columns, `index` and `mark` need
    `price`, `funding` needs `rate`.

    Sizes are in base or quote currency, or in contracts of `contract_size` base currency each (a
    decimal text; where it is absent, of one lot of the lab's contract).
    """

    name: str
    kind: Literal["trades", "quotes", "index", "mark", "funding"] = "trades"
    header: tuple[str, ...] | None = None
    delimiter: str = ","
    symbol: str | None = None
    """The contract of every row, where no column names it."""
    contract: str | None = None
    """The column that names the contract."""
    time: str
    time_unit: TimeUnit
    price: str | None = None
    size: str | None = None
    size_unit: SizeUnit = "base"
    contract_size: str | None = None
    side: str | None = None
    buy: str = "buy"
    sell: str = "sell"
    bid: str | None = None
    bid_size: str | None = None
    ask: str | None = None
    ask_size: str | None = None
    rate: str | None = None
    source: str = ""
    """Of which source of the contract's index the prices are."""


class Shock(msgspec.Struct, frozen=True, kw_only=True):
    """What bends the market of the files from `after_us` of log time on; see `feeds.shock`.

    An empty `contract`: every one. A `gap` and a `wick` move prices by `move_ppm`, a `thin` book
    shows `scale_ppm` of itself. All but a gap end after `lasts_us`.
    """

    kind: Literal["gap", "wick", "thin", "stop"]
    contract: str = ""
    after_us: int
    lasts_us: int = 0
    move_ppm: int = 0
    scale_ppm: int = 1_000_000
    moves_index: bool = False


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """How tick files are read.

    `speed_ppm` is log time per real time (1_000_000 is real time), None as fast as possible.
    Rows that come late by up to `hold_back_us` of file time are put in order; later ones are
    dropped, and more than `dropped_max_ppm` of a file's rows dropped is an error. `marks`: the
    venue's mark is that of the files.
    """

    columns: tuple[Columns, ...] = ()
    speed_ppm: int | None = None
    hold_back_us: int = 1_000_000
    dropped_max_ppm: int = 10_000
    shocks: tuple[Shock, ...] = ()
    marks: bool = False


class LeverageShare(msgspec.Struct, frozen=True):
    """`share_ppm` of the crowd trades at a leverage from `low` to `high`."""

    low: int
    high: int
    share_ppm: int


class AtMarginCall(msgspec.Struct, frozen=True, kw_only=True):
    """What an account does a while after a margin call of its own; see `feeds.reaction`.

    With `add_ppm` it is one that pays in, with `cut_ppm` one that reduces, else one that does
    nothing; drawn once, as is its time to react, from `after_low_us` to `after_high_us`. Nobody
    reacts more than `times` for a position (a cross pool).

    Who pays in brings the margin ratio down to `restore_ppm`: first with `kept_back_ppm` of the
    first deposit, which is in the wallet if the position is isolated, then with new money, up to
    `budget_ppm` of the first deposit. Who reduces sells `share_ppm` of the position.
    """

    add_ppm: int = 0
    cut_ppm: int = 0
    after_low_us: int
    after_high_us: int
    times: int = 3
    restore_ppm: int = 400_000
    kept_back_ppm: int = 0
    budget_ppm: int = 1_000_000
    share_ppm: int = 500_000


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """Seeded leveraged accounts that open positions early in the log.

    `matched_ppm` of the accounts are held long and short against each other; the others trade
    with the outside market, `long_ppm` of them long. Equity is log-normal around the median
    with a spread of `equity_sigma_ppm` (standard deviation of its logarithm), the richest
    `equity_tail_ppm` having a Pareto tail of index `equity_tail_index_ppm` (see
    `feeds.dice.Wealth`). All open within `enter_us` of the first tick.
    """

    accounts: int
    matched_ppm: int = 500_000
    long_ppm: int = 500_000
    isolated_ppm: int = 500_000
    equity_median: Micros
    equity_max: Micros
    equity_sigma_ppm: int = 1_500_000
    equity_tail_ppm: int = 20_000
    equity_tail_index_ppm: int = 1_000_000
    leverages: tuple[LeverageShare, ...]
    enter_us: int
    prefix: str = "crowd"
    at_margin_call: AtMarginCall | None = None


class TraderOrder(msgspec.Struct, frozen=True, kw_only=True):
    """One order of a scripted trader, sent at the first tick at or after `after_us` of log time.

    `after_us` counts from the first tick of the log; an order also waits for its contract's
    first tick. `price` absent: a market order.
    """

    contract: str
    side: Side
    quantity: Lots
    price: Price | None = None
    leverage: int | None = None
    after_us: int = 0
    reduce_only: bool = False
    leg: LegOrNone = msgspec.UNSET


class TopUp(msgspec.Struct, frozen=True, kw_only=True):
    """Money that a scripted trader pays in later, at the first tick of `contract` at or after it.

    If the contract is isolated, it becomes margin of the position there, in hedge mode of the
    `leg`.
    """

    contract: str
    amount: Micros
    after_us: int
    leg: LegOrNone = msgspec.UNSET


class Trader(msgspec.Struct, frozen=True, kw_only=True):
    """A scripted account: its deposit at the start, its margin mode everywhere, its orders."""

    name: str
    deposit: Micros
    mode: Mode
    orders: tuple[TraderOrder, ...] = ()
    top_ups: tuple[TopUp, ...] = ()
    at_margin_call: AtMarginCall | None = None
    position_mode: PositionMode | msgspec.UnsetType = msgspec.UNSET
    """Absent: the one in which the venue's accounts begin."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the report looks at: `watch` are the accounts whose equity it draws.

    `samples` bounds the points of every curve.
    """

    watch: tuple[str, ...] = ()
    samples: int = 1_500


class PathMarket(msgspec.Struct, frozen=True):
    """A contract whose trades a lab makes: `start` and `noise` in ticks of the decimal text `tick`.

    `noise` is the largest step by which a trade's price leaves the leg's line; a trade has up to
    2^`size_bits` times `size` (a decimal text), small ones more often. Where a way is drawn, the
    market takes `beta_ppm` of the move that all have in common, and up to `own_ppm` of its size
    one way or the other for itself.
    """

    symbol: str
    tick: str
    start: int
    noise: int
    size: str
    size_bits: int
    beta_ppm: int = 1_000_000
    own_ppm: int = 0


class PathShape(msgspec.Struct, frozen=True):
    """A way that is drawn; see `feeds.synthetic`.

    Its size is drawn from `low_ppm` to `high_ppm` of the price at its beginning, and its sign too
    if `either_way`. `turns` are the points at which it changes its direction, or its jumps.
    """

    kind: Literal["trend", "range", "swing", "jumps", "gap"]
    low_ppm: int
    high_ppm: int
    turns: int = 0
    either_way: bool = False


class PathLeg(msgspec.Struct, frozen=True):
    """A stretch of a path: how long, how busy, and where each price goes.

    `trades` is the mean number in `per_ms` and market; `to_ppm` are the prices at its end, in
    parts per million of the market's first price, in the order of the markets; 0 is where it was.
    A leg without length is a gap: the price is there at once. A leg with a `shape` stands for
    several that are drawn, and says itself where prices go.
    """

    lasts_ms: int
    per_ms: int
    trades: int
    to_ppm: tuple[int, ...]
    shape: PathShape | None = None


class StoryPath(msgspec.Struct, frozen=True):
    """The market that a lab makes for itself: seeded, the same bytes everywhere."""

    seed: int
    markets: tuple[PathMarket, ...]
    legs: tuple[PathLeg, ...]


class Lab(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a run depends on, apart from its files; with a `path` it needs none."""

    name: str
    seed: int
    venue: Venue
    feed: Feed = Feed()
    crowd: Crowd | None = None
    accounts: tuple[Trader, ...] = ()
    path: StoryPath | None = None
    report: Report = Report()
