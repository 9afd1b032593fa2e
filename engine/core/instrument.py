"""What a venue trades and by which rules: frozen, whole numbers, checked when it is loaded.

Nothing here decides anything; `engine.config` fills these structs from TOML and checks them.
Facts about venues and their sources stand in `configs/venues/*.toml`.
"""

from typing import Literal

import msgspec

from engine.core.money import Lots, Micros, Price


class Bracket(msgspec.Struct, frozen=True):
    """One row of a margin table: `rate` of the notional less `deduction`.

    `floor` (inclusive) is the smallest notional of the row, or the smallest number of lots where
    the contract's `brackets_by` says so; `leverage_max` its largest leverage. `growth_e12`: by how
    much the rate grows with each lot, in 10^-12 (a table linear in size).
    """

    floor: int
    rate_ppm: int
    deduction: Micros
    leverage_max: int
    growth_e12: int = 0


class ClosingFee(msgspec.Struct, frozen=True):
    """The fee of a closing that a venue counts into what must be kept.

    `on` the notional at mark (OKX, Gate), or the value at the bankruptcy price, and then in
    initial margin too (Bybit, Phemex).
    """

    rate_ppm: int
    on: Literal["mark", "bankruptcy"]


class Band(msgspec.Struct, frozen=True):
    """Cumulative notional that the outside market shows within a distance of its best price."""

    distance_ppm: int
    notional: Micros


class Regime(msgspec.Struct, frozen=True):
    """How the depth scales once the realised volatility is at least so high.

    `above_ppm` is the root mean square of the reference's moves per volatility interval.
    """

    above_ppm: int
    scale_ppm: int


class Depth(msgspec.Struct, frozen=True):
    """The shape of the outside market's book where the file shows none.

    `half_life_us`: what was taken comes back by half in that time. `scale_ppm` scales all bands,
    and so does the last of the `regimes` (ascending) that the realised volatility has reached.
    """

    half_spread_ppm: int
    bands: tuple[Band, ...]
    levels_per_band: int
    half_life_us: int
    scale_ppm: int = 1_000_000
    regimes: tuple[Regime, ...] = ()
    volatility_interval_us: int = 1_000_000
    volatility_count: int = 60


class Funding(msgspec.Struct, frozen=True):
    """Where the funding rate comes from; rates in 10^-8 per interval."""

    source: Literal["none", "file", "premium"] = "none"
    interval_us: int = 28_800_000_000
    interest_e8: int = 10_000
    clamp_e8: int = 50_000
    cap_e8: int = 750_000
    average: Literal["even", "late"] = "even"
    """How the samples of the premium count: alike, or the k-th of an interval k times."""
    divisor: int = 1
    """The average premium is divided by it: 24 where an hour pays 1/24 of it (F1)."""
    at_cap: Literal["stays", "shortest", "halves"] = "stays"
    """What a rate at the cap does to the interval: nothing, or shorter, to `interval_least_us`."""
    interval_least_us: int = 3_600_000_000
    calm_count: int = 0
    """After so many settlements in a row below the cap it lengthens again; 0: it never does."""
    accrues: bool = False
    """Paid for the time that a position was held, at the rate of the interval before."""
    borrow_e8: int = 0
    """For what a position is worth beyond its margin, per `borrow_interval_us`."""
    borrow_interval_us: int = 28_800_000_000


class IndexSource(msgspec.Struct, frozen=True):
    """A venue whose price the index is made of, and what it weighs there."""

    name: str
    weight: int = 1


class IndexTerms(msgspec.Struct, frozen=True):
    """How an index is made of its sources; without any it is the one file's, as it is.

    A source further than `outlier_ppm` off the median, or silent for `stale_us` (0: never
    stale), does not count.
    """

    sources: tuple[IndexSource, ...] = ()
    outlier_ppm: int = 50_000
    stale_us: int = 0


class Contract(msgspec.Struct, frozen=True):
    """A linear perpetual.

    A price is a whole number of price units, an order's price a whole number of ticks
    (`tick` units each). `unit_value` is the money that one lot gains by one unit.
    `price_unit` and `lot` are decimal texts in quote and base currency, for showing only.
    `brackets` is the table of maintenance, looked up by notional or by lots; `initial`, where it
    has rows, a table of the same kind for the initial margin of cross positions.
    `impact` is how much money the impact prices trade; 0 makes them the best prices. An order that
    is not reduce-only is worth `notional_min` or more.
    """

    symbol: str
    price_unit: str
    lot: str
    tick: int
    unit_value: Micros
    price_max: Price
    quantity_max: Lots
    brackets: tuple[Bracket, ...]
    depth: Depth
    funding: Funding = Funding()
    group: str = ""
    """Contracts of one group share an insurance fund where funds go by group."""
    brackets_by: Literal["notional", "lots"] = "notional"
    initial: tuple[Bracket, ...] = ()
    closing_fee: ClosingFee | None = None
    impact: Micros = Micros(0)
    index: IndexTerms = IndexTerms()
    notional_min: Micros = Micros(0)
    order_max: Lots | msgspec.UnsetType = msgspec.UNSET
    """The largest quantity of an order with a limit; without it only positions are limited."""
    market_order_max: Lots | msgspec.UnsetType = msgspec.UNSET
    """The largest quantity of a market order."""


class Backed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Orders behind which the insurance fund stands, and whose rest stays open (Decision C5).

    Of each fill's gain over its own bankruptcy price the fund gets its fee; it pays what a fill
    lacks, wholly, or the fill does not happen. Source: dYdX v4, x/clob/keeper/liquidations.go.
    """

    portion_ppm: int = 1_000_000
    """How much of a position an order closes."""
    portion_min: Micros = Micros(0)
    """An order is worth so much at the mark, even if that is more than the portion."""
    round_notional: Micros = Micros(0)
    """What a margin account may lose of its positions in a round, at the mark; 0: no limit."""
    round_by: Literal["order", "fill"] = "order"
    """Orders are made no larger, or a fill that would go beyond does not happen."""
    spread_ppm: int = 0
    """The order's limit lies up to this part of the maintenance through the mark; 0: none."""
    adjustment_ppm: int = 1_000_000
    """How fast the limit goes there as equity falls below maintenance."""


class Closing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a margin account in breach is closed, by the names of policies (Decisions L2 to L8).

    `cancel_...`: which orders go first, those of the contract or all of the account's. `queue`:
    who goes first in a wave. `order`: which of a cross account's positions goes first; with
    `pro_rata` and `all_at_once` all of them go before the account is looked at again.
    `reduce`: how much of a position an order closes, in `whole` all of it.
    """

    cancel_isolated: Literal["contract", "account"] = "contract"
    cancel_cross: Literal["contract", "account"] = "account"
    queue: Literal["largest_loss", "largest_notional", "oldest"] = "largest_loss"
    order: Literal[
        "largest_loss",
        "largest_maintenance",
        "largest_notional",
        "pro_rata",
        "all_at_once",
        "random",
    ] = "largest_loss"
    reduce: Literal["whole", "heal", "tiers", "parts", "slices"] = "whole"
    heal_buffer_ppm: int = 0
    """`heal`: by how much of the maintenance the equity is to exceed it."""
    heal_fees: bool = False
    """`heal`: the order is to pay its own fees as well."""
    tiers: int = 1
    """`tiers`: how many brackets an order goes down; from lower ones all is taken over."""
    first_tier_line: bool = False
    """`tiers`: take over at once what would be in breach even at the first bracket's rate."""
    parts_ppm: tuple[int, ...] = (100_000,)
    """`parts`: of what was held when the liquidation began, order by order; the last repeats."""
    slice_notional: Micros = Micros(0)
    """`slices`: the value of an order at mark, one lot at least."""
    whole_below: Micros = Micros(0)
    """A position of a smaller notional is closed whole."""
    band_ppm: int = 0
    """How far through the mark a partial order may trade before the whole goes; 0: no limit."""
    takeover: tuple[Literal["inventory", "fund", "assignment", "adl"], ...] = ("fund", "adl")
    """Who takes over what the book left, in this order; what then is left goes off the book.

    `inventory`: the fund keeps it as a position of its own; `fund`: it sells it at once.
    """
    assignment_profit_ppm: int = 0
    """What the fund guarantees those who take over, as a part of the value at mark."""
    pair_netting: bool = False
    """Matched lots of both legs of a cross account's contract are closed at the mark first."""
    delay_us: int = 0
    """How long after a breach the venue reacts."""
    cooldown_us: int = 0
    """How long a margin account waits after a round that left something of a position."""
    freeze: bool = False
    """Whether the client may not trade what waits so, nor move its margin; it needs a cooldown."""
    backed: Backed | None = None
    """In place of `reduce`, `band_ppm` and `takeover`; it needs a cooldown."""


class FundTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an insurance fund may lose when it sells a position (Decision L23), and what it may
    hold (I1, I2); 0 is no limit.

    `fills`: it pays for the lots of an offer that it can, or for all of them or none.
    """

    fills: Literal["lots", "whole"] = "lots"
    account_loss_max: Micros = Micros(0)
    """For one margin account's liquidation; what it gains does not count."""
    day_loss_ppm: int = 0
    """In a day of UTC, of what it had when that began."""
    drawdown_ppm: int = 0
    """Below the most that it had within the window."""
    drawdown_stop_ppm: int = 0
    """Once stopped by its draw-down it pays again when that is not larger than this."""
    drawdown_window_us: int = 28_800_000_000
    band_ppm: int = 0
    """How far from the best price it sells at once what the book left."""
    inventory_ppm: int = 1_000_000
    """Of its cash, the notional that it may hold as inventory."""
    offload_interval_us: int = 0
    """How often it offers a slice of its inventory in the book; with 0 it never does."""
    offload_slice: Micros = Micros(0)
    """The value of a slice at mark, one lot at least; 0: all of it."""
    offload_band_ppm: int = 0
    """How far through the mark a slice may trade."""


class OrderTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a venue asks of orders beside their prices and sizes (Decisions from O19 on).

    0 is no limit. `open_max`: so many orders of an account rest in all contracts together.
    `rate` and `burst` limit the commands of an account: so many a second of log
    time, and so many at once. `ids_kept`: so many of an account's newest order ids are known
    again, for `ids_kept_us`, so that an order that is sent twice is placed once.
    """

    rate: int = 0
    burst: int = 1
    ids_kept: int = 0
    ids_kept_us: int = 0
    open_max: int = 0


class MarginTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a client may do to margin modes, leverage and margin (Decisions M8, M9, M15, M16)."""

    mode_of: Literal["position", "account"] = "position"
    """Whose the margin mode is: each contract's, or the account's in all of them."""
    leverage_with_position: Literal["refused", "raised", "reset"] = "refused"
    """Of an isolated position: not changed, only raised, or with its margin set anew."""
    leverage_isolates: bool = False
    """Whoever sets a leverage is isolated there; who goes back to cross has none of his own."""
    auto_margin: bool = False
    """Whether an isolated position can be topped up by itself before it is liquidated."""


class Refusal(msgspec.Struct, frozen=True):
    """What a venue says where we give a reason; an empty `command` stands for every one."""

    command: str
    reason: str
    code: str
    says: str


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """A venue's profile: every choice that is a setting."""

    name: str
    mark: Literal["last", "median", "index_mean", "impact_ema", "file"] = "last"
    index_feedback_ppm: int = 0
    strict_trigger: bool = False
    """False: liquidate when maintenance >= equity; True: only when maintenance > equity."""
    taker_fee_ppm: int = 0
    maker_fee_ppm: int = 0
    liquidation_fee_ppm: int = 0
    liquidation_fee_to: Literal["fund", "fees"] = "fund"
    residue_to: Literal["fund", "client"] = "fund"
    adl: Literal["ranked", "margin_ratio", "hyperliquid", "pro_rata", "random", "none"] = "ranked"
    """Who is deleveraged for what book and fund leave, and in which order (L10)."""
    adl_price: Literal["bankruptcy", "mark", "previous_mark"] = "bankruptcy"
    adl_against: Literal["winners", "anybody"] = "winners"
    """Only profitable positions that are not in breach, or all that can pay."""
    adl_below_zero: bool = False
    """Only margin accounts whose equity is negative are closed against others."""
    outside_in_waterfall: Literal["never", "last"] = "never"
    """Whether the replayed market is deleveraged and cut too, behind everybody else."""
    fund_pools: Literal["one", "symbol", "group"] = "one"
    """Whose losses an insurance fund bears: all, or those of one contract or group of contracts."""
    socialized: Literal["profit", "open_interest", "none"] = "profit"
    """Who is cut for what the fund leaves: winners by profit, all positions by size, or nobody."""
    settlement_us: int = 0
    """The period of whose profit winners are cut, at its end; 0: at once, since the log began."""
    self_trade: Literal["cancel_taker", "cancel_maker", "cancel_both"] = "cancel_maker"
    queue: Literal["passed", "back", "front", "proportional"] = "back"
    """Where a resting order stands behind what the replayed market showed at its price; with
    `passed` it is filled only when the market trades through its price."""
    market_band_ppm: int = 50_000
    orders_max: int = 200
    warning_levels: tuple[int, ...] = (50, 80, 90)
    rearm_points: int = 5
    mode_switch_with_position: bool = True
    default_mode: Literal["isolated", "cross"] = "cross"
    default_leverage: int = 10
    sample_interval_us: int = 5_000_000
    sample_count: int = 30
    closing: Closing = Closing()
    fund: FundTerms = FundTerms()
    seed: int = 0
    """What a policy that goes by chance draws from, beside the log."""
    trigger_price: Literal["mark", "index", "last"] = "mark"
    """At which price margin accounts are valued, and so warned and liquidated."""
    stops_max: int = 10
    refusals: tuple[Refusal, ...] = ()
    orders: OrderTerms = OrderTerms()
    margin: MarginTerms = MarginTerms()
    position_modes: tuple[Literal["one_way", "hedge"], ...] = ("one_way",)
    """What accounts may choose from; the first one is where they begin."""


class Venue(msgspec.Struct, frozen=True):
    """Everything an `Exchange` is made from; the first record of every log holds it."""

    rules: Rules
    contracts: tuple[Contract, ...]
    fund: Micros = Micros(0)
    """What every pool of the insurance fund begins with that `pools` does not name."""
    pools: dict[str, Micros] = {}

    def pool_of(self, contract: Contract) -> str:
        """Return the name of the insurance fund that bears a contract's losses, "" for one."""
        if self.rules.fund_pools == "one":
            return ""
        by_group = self.rules.fund_pools == "group"
        return contract.group or contract.symbol if by_group else contract.symbol

    def funds(self) -> dict[str, Micros]:
        """Return what each pool of the insurance fund begins with, by name."""
        names = sorted({self.pool_of(contract) for contract in self.contracts}) or [""]
        return {name: self.pools.get(name, self.fund) for name in names}
