"""Vectors that the engine does not compute, by name and with the reason.

`WAITING` needs a mechanism that is not built; `DIFFERS` is computed by another rule here. Codes
are those of the Decisions in engine/README.md.
"""

WAITING: dict[str, tuple[str, ...]] = {
    "inverse contracts": (
        "binance-coinm-forum-disagree",
        "bybit-inverse-short",
        "bybit-inverse-short-2024",
        "bybit-inverse-short-margins",
        "bybit-inverse-cross-2020",
        "bybit-inverse-bankr-adl",
        "kraken-inverse-liq-textvalue",
        "kraken-inverse-liq",
        "kraken-inverse-ioc-limit",
        "kraken-fee-example",
        "okex-2018-notional",
        "okex-2018-shortfall",
    ),
    "a part that grows with the time since the shortage began": ("drift-max-pct-small",),
}

DIFFERS: dict[str, tuple[str, ...]] = {
    "initial margin does not grow with the open interest (M1)": ("dydx-oimf",),
    "the cap of a funding rate is a setting, not a multiple of the margins (F1)": (
        "dydx-funding-cap",
    ),
    "the liquidation fee is flat: it grows neither with the margin left nor with time (L16)": (
        "drift-if-fee-1",
        "drift-if-fee-2",
        "drift-if-fee-4",
        "drift-liq-fee-ramp",
    ),
    "a unit of open interest bears its share to the unit of money, not rounded up (L22)": (
        "drift-social-loss",
    ),
    "one settlement currency: nothing is lent, no liability changes hands": (
        "drift-liability-transfer",
    ),
    "a trading bot's own buffer before the venue's price, no rule of a venue": (
        "ft-liq-buffer",
        "ft-liq-buffer-doc",
    ),
    "the page is wrong: it takes half of the initial margin of the chosen leverage": (
        "blog-hyperliquid-10x",
    ),
}


def ids(table: dict[str, tuple[str, ...]]) -> list[str]:
    """Return every name of a table."""
    return [name for names in table.values() for name in names]
