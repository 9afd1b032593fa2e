"""What a venue asks of orders and takes for them, in words."""

from engine.report.venue_setting import Choice, Measure, Topic, fee, lasting, share


def _rate(count: int) -> str:
    if not count:
        return "An account may send as many commands as it likes."
    return f"An account may send {count} commands a second; what is refused counts too."


def _ids(count: int) -> str:
    if not count:
        return "An order's id may be used again once the order no longer rests or waits."
    return (
        f"An account's newest {count} order ids are known again: the same order sent twice is "
        "placed once, and another one needs another id."
    )


ORDERS = Topic(
    "Orders and fees",
    (
        Measure("taker_fee_ppm", fee("Orders that take pay a fee")),
        Measure("maker_fee_ppm", fee("Orders that rest pay a fee")),
        Choice(
            "self_trade",
            {
                "cancel_taker": "An order that would meet one of its own account is cancelled.",
                "cancel_maker": "A resting order that would meet one of its own account is "
                "cancelled.",
                "cancel_both": "Two orders of one account that would meet are both cancelled.",
            },
        ),
        Measure(
            "market_band_ppm",
            lambda ppm: f"No order trades further than {share(ppm)} through the mark price.",
        ),
        Measure(
            "orders_max",
            lambda count: f"An account has at most {count} orders resting in a contract.",
        ),
        Measure(
            "stops_max",
            lambda count: f"An account has at most {count} stops waiting in a contract.",
        ),
        Measure(
            "orders.open_max",
            lambda count: (
                f"In all contracts together it has at most {count}."
                if count
                else "In all contracts together it has as many as in each."
            ),
        ),
        Measure("orders.rate", _rate),
        Measure(
            "orders.burst",
            lambda count: (
                f"At once an account may send {count}, and {count} more to cancel orders."
            ),
        ),
        Measure("orders.ids_kept", _ids),
        Measure(
            "orders.ids_kept_us",
            lambda micros: (
                f"An id is known again for {lasting(micros)}."
                if micros
                else "An id is known again however long ago it was used."
            ),
        ),
        Choice(
            "queue",
            {
                "passed": "A resting order is filled by the replayed market only when that "
                "trades through its price.",
                "back": "A resting order stands behind all that the replayed market showed at "
                "its price; what is cancelled there was behind it.",
                "front": "A resting order stands before the replayed market at its price.",
                "proportional": "A resting order stands behind all that the replayed market "
                "showed at its price; of what is cancelled there its share was before it.",
            },
        ),
    ),
)
