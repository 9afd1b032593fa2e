"""`summary.json`: what a run came to, for other programs. Keys may be added, none renamed.

Money and prices are decimal texts without exponent or trailing zeros. Everything but `elapsed_s`
and `path` is the same for the same log. `margincall schema` prints the JSON Schema of these
structs.
"""

from typing import Annotated, Any, Literal

import msgspec

from engine.core.command import Mode

Decimal = Annotated[
    str, msgspec.Meta(pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$", examples=["58793.9"])
]
Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Count = Annotated[int, msgspec.Meta(ge=0)]


class FileRow(msgspec.Struct, frozen=True):
    """A tick file: `rows` read, of which `skipped` were not applied, by reason.

    `contract` is empty where the rows name their contracts.
    """

    path: str
    format: str
    contract: str
    rows: Count
    skipped: dict[str, Count]
    sha256: Hash


class Run(msgspec.Struct, frozen=True):
    """What was run."""

    seed: int
    lab: str
    files: tuple[FileRow, ...]


class ContractRow(msgspec.Struct, frozen=True):
    """Prices on the venue, its own fills included; `open_interest` is Σ longs at the end.

    `depth_low` is the least share of its depth that the outside market showed, by its regimes.
    """

    first: Decimal | None
    last: Decimal | None
    low: Decimal | None
    high: Decimal | None
    open_interest: Decimal
    depth_low: Decimal


class Accounts(msgspec.Struct, frozen=True):
    """Counts without the outside market and the fund; `negative`: equity below 0 at the end."""

    total: Count
    liquidated: Count
    negative: Count


class Filled(msgspec.Struct, frozen=True):
    """Where a liquidated quantity went; `inventory` is what the insurance fund keeps."""

    book: Decimal
    fund: Decimal
    adl: Decimal
    outside: Decimal
    assigned: Decimal = "0"
    inventory: Decimal = "0"


class Stretch(msgspec.Struct, frozen=True):
    """The stretch of so many minutes in which most was liquidated, and how much that was."""

    minutes: Count
    from_us: int
    notional: Decimal


class Liquidated(msgspec.Struct, frozen=True):
    """Everything that was closed by force, at the marks; `longs` is the part of long positions."""

    notional: Decimal
    longs: Decimal
    worst: tuple[Stretch, ...]


class LiquidationRow(msgspec.Struct, frozen=True):
    """One liquidation order; `side` is the position's.

    `reduction` names what sized the order, `spared` is what it left of the position.
    `average_fill` is None when the book took nothing. `cause` is the seq of the command's first
    event or of the liquidation before it; `cause_event` is that event's type, `cause_contract`
    the contract that it was about.
    """

    seq: int
    at_us: int
    account: str
    contract: str
    mode: Mode
    side: Literal["long", "short"]
    quantity: Decimal
    mark: Decimal
    trigger: Literal["mark", "index", "last"]
    equity: Decimal
    maintenance: Decimal
    bracket: int
    bankruptcy_price: Decimal | None
    average_fill: Decimal | None
    fee: Decimal
    cause: int
    cause_event: str
    cause_contract: str | None
    filled: Filled
    reduction: str
    spared: Decimal


class Waterfall(msgspec.Struct, frozen=True):
    """Who paid: loss is the sum of the others, to the unit; `pending` waits to be settled."""

    loss: Decimal
    own_margin: Decimal
    insurance_fund: Decimal
    assignment: Decimal
    adl: Decimal
    socialized: Decimal
    uncovered: Decimal
    pending: Decimal


class Fund(msgspec.Struct, frozen=True):
    """The insurance fund's cash: end = start - paid + residues + liquidation_fees + inventory.

    `paid` is its part of the waterfall, `inventory` what came of positions that it held.
    """

    start: Decimal
    low: Decimal
    end: Decimal
    paid: Decimal
    residues: Decimal
    liquidation_fees: Decimal
    inventory: Decimal


class InventoryRow(msgspec.Struct, frozen=True):
    """What the insurance fund took over of a contract and kept, and what came of it.

    `held` (signed, as in a position) is what it holds at the end, `held_most` the most it ever
    held, on either side. `result` is what it earned by closing, measured from the mark at which it
    took over, `funding` what it received; of both its cash lacked `uncovered`, which nobody paid.
    """

    taken_over: Decimal
    sold: Decimal
    held: Decimal
    held_most: Decimal
    result: Decimal
    funding: Decimal
    uncovered: Decimal


class PositionRow(msgspec.Struct, frozen=True):
    """What one position of a watched account ended with; prices are averages.

    `result` is everything that it brought or cost, open profit included. `adl_lights`: how near to
    being deleveraged it is at the end, 5 in the first fifth of the queue, 0 in none.
    """

    contract: str
    side: Literal["long", "short"]
    quantity: Decimal
    entry: Decimal
    exit: Decimal | None
    ended: Literal["open", "closed", "liquidated", "deleveraged"]
    result: Decimal
    adl_lights: Count


class WatchedRow(msgspec.Struct, frozen=True):
    """A watched account: deposits less withdrawals + Σ results + `cuts` = equity at the end.

    `cuts` is 0 or negative: what the socialised losses of others cost its positions and its pool.
    """

    account: str
    mode: Mode
    paid_in: Decimal
    positions: tuple[PositionRow, ...]
    cuts: Decimal
    equity: Decimal


class CutRow(msgspec.Struct, frozen=True):
    """Winners who were cut for socialised losses: isolated positions, or cross pools."""

    mode: Mode
    margin_accounts: Count
    amount: Decimal


class TopUpRow(msgspec.Struct, frozen=True):
    """What an account paid in on a day of UTC because of margin calls, in how many answers.

    Money moved from the wallet to an isolated position counts as much as new money.
    """

    account: str
    day: Annotated[str, msgspec.Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    count: Count
    amount: Decimal


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of `summary.json`."""

    schema: Literal[1] = 1
    version: str
    complete: bool
    run: Run
    ticks: Count
    commands: Count
    events: Count
    last_seq: Count
    state_hash: Hash
    event_hash: Hash
    ledger_sum: Decimal
    contracts: dict[str, ContractRow]
    accounts: Accounts
    liquidated: Liquidated
    liquidations: tuple[LiquidationRow, ...]
    waterfall: Waterfall
    fees: Decimal
    residue: Decimal
    inventory_pnl: Decimal
    insurance_fund: Fund
    inventory: dict[str, InventoryRow]
    watched: tuple[WatchedRow, ...]
    top_ups: tuple[TopUpRow, ...]
    cuts: tuple[CutRow, ...]
    elapsed_s: float


def encoded(summary: Summary) -> bytes:
    """The text of `summary.json`."""
    return msgspec.json.format(msgspec.json.encode(summary), indent=2) + b"\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `summary.json`, made from the structs of this module."""
    schema = msgspec.json.schema(Summary)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "margincall summary.json",
        **schema,
    }
