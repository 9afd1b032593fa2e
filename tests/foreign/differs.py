"""Where another project does something else: the fields that differ, and by which rule.

A case that is in neither table agrees in every field that it states. A case in `DIFFERS` disagrees
in exactly the fields listed and agrees in all others. A case in `NOT_PLAYED` needs something that
this venue does not have, so that there is nothing to compare. The codes are those of the
Decisions in engine/README.md.
"""

Difference = tuple[tuple[str, ...], str]

_ISOLATED = (
    "in dYdX an account that holds an isolated contract holds nothing else, and collateral lies "
    "in one pool a contract; here each isolated position has a margin of its own and an account "
    "may hold many (A1)"
)
_FEE_DOWN = "dYdX rounds fees up to a unit, here they round down (A7); there are no pools here"
_ODD_UNIT = (
    "Vega cuts every share down and gives what is left to the last winner; here it goes by the "
    "largest remainder (L12), which the case states beside it"
)
_TIED = (
    "Vega cuts every share down and gives what is left to the last winner, even beyond its claim; "
    "here the largest remainder pays, and of equal ones the smaller id is cut (L12)"
)
_FEE_PAID = (
    "Vega's fund pays a liquidation fee on what it buys back; here what a fund works off costs no "
    "fee (I2), and no fee exceeds the margin that is left (L16)"
)
_ROUNDING = "Vega gives the odd unit of funding to the fund, here it goes to `rounding` (F3)"
_LIQUIDATOR_FEE = (
    "in Drift the liquidator takes over at the mark less his fee; here his fee is charged with the "
    "fund's, and all of it is the fund's (L16), so the liquidated ends as there and he does not"
)
_DEBT = (
    "in Drift a liquidator closes an account without equity too, and its debt waits; here no order "
    "goes beyond the bankruptcy price without the fund's cash (L8, L9), what is left is closed at "
    "the mark (L11), and the debt is made good at once (L12)"
)
_FILLER = (
    "in Drift an order is sized with the fee of a liquidator who gets none of a fill in the book, "
    "without the taker fee, a part of which rewards whoever brought the fill; here the taker fee "
    "counts in the size too (C1, `heal_fees`), and all fees are the fund's and the venue's (L16)"
)
_BEYOND = (
    "Drift charges a unit of open interest whatever is behind it; here nobody is cut by more than "
    "his equity, and what that leaves is uncovered (L22)"
)
_UNIT_UP = (
    "Drift rounds what a unit of open interest pays up to five places; here each share is exact to "
    "the unit of money (L22)"
)
_RANKED = (
    "lrvx ranks by profit over margin times notional, or by size; here by profit percentage times "
    "effective leverage (L10)"
)
DIFFERS: dict[str, Difference] = {
    "lrvx-10": (("adl",), _RANKED),
    "lrvx-12": (("adl",), _RANKED),
    "drift-01": (("positions_after.user", "positions_after.liquidator"), _DEBT),
    "drift-02": (("positions_after.user", "positions_after.liquidator"), _DEBT),
    "drift-05": (("positions_after.liquidator", "fund_delta"), _LIQUIDATOR_FEE),
    "drift-06": (("positions_after.liquidator", "fund_delta"), _LIQUIDATOR_FEE),
    "drift-12": (
        (
            "positions_after.user",
            "positions_after.maker",
            "positions_after.liquidator",
            "fund_delta",
        ),
        _FILLER,
    ),
    "drift-13": (
        (
            "positions_after.user",
            "positions_after.maker",
            "positions_after.liquidator",
            "fund_delta",
        ),
        _FILLER,
    ),
    "drift-15": (("positions_after.liquidator", "fund_delta"), _LIQUIDATOR_FEE),
    "drift-19": (("haircuts.long", "haircuts.short"), _BEYOND),
    "drift-20": (("haircut_per_unit",), _UNIT_UP),
    "vega-ls-02": (
        ("payouts.party2", "payouts.party3", "haircuts.party2", "haircuts.party3"),
        _ODD_UNIT,
    ),
    "vega-ls-07": (
        ("payouts.buy_side", "payouts.aux2", "haircuts.buy_side", "haircuts.aux2"),
        _ODD_UNIT,
    ),
    "vega-u-01": (("payouts.w1", "payouts.w2", "haircuts.w1", "haircuts.w2"), _ODD_UNIT),
    "vega-u-02": (("payouts.w1", "payouts.w2", "haircuts.w1", "haircuts.w2"), _ODD_UNIT),
    "vega-u-03": (
        (
            "payouts.w3",
            "payouts.w2",
            "haircuts.w3",
            "haircuts.w2",
            "largest_remainder_payouts.w1",
            "largest_remainder_payouts.w2",
        ),
        _TIED,
    ),
    "vega-u-10": (("fund_after",), _ROUNDING),
    "vega-tk-05": (("fund_after",), _FEE_PAID),
    "dydx-iso-02": (
        ("accounts_after.alice0", "accounts_after.bob0", "pools_after", "fills"),
        _ISOLATED,
    ),
    "dydx-iso-03": (
        ("accounts_after.alice0", "accounts_after.bob0", "pools_after", "fills"),
        _ISOLATED,
    ),
    "dydx-iso-05": (("accounts_after.bob0", "pools_after", "fills.taker_fee"), _FEE_DOWN),
    "dydx-iso-06": (
        ("accounts_after.alice0", "accounts_after.bob0", "pools_after", "fills"),
        _ISOLATED,
    ),
}

NOT_PLAYED: dict[str, str] = {
    "drift-pred-fee-1": "no insurance fee that shrinks with the margin: the fee is flat (L16)",
    "drift-pred-fee-4": "no insurance fee that shrinks with the margin: the fee is flat (L16)",
    "vega-m-01": "margin fractions of 0.9 and 0.7; here leverage is a whole number (M8)",
    "vega-m-02": "a margin fraction of 0.4; here leverage is a whole number (M8)",
}
