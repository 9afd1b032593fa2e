"""How a venue closes positions, in words: the settings of `Closing`."""

from engine.report.venue_setting import Choice, Topic

CLOSING = Topic(
    "What happens in a liquidation",
    (
        Choice(
            "closing.cancel_isolated",
            {
                "contract": "For an isolated position its account's orders in that contract are "
                "cancelled first.",
                "account": "For an isolated position all orders of its account are cancelled "
                "first.",
            },
        ),
        Choice(
            "closing.cancel_cross",
            {
                "contract": "In a cross account the orders in a contract are cancelled before "
                "its position is closed.",
                "account": "In a cross account all orders are cancelled first.",
            },
        ),
        Choice(
            "closing.queue",
            {
                "largest_loss": "Of several accounts the one with the largest loss goes first, "
                "isolated positions before cross accounts.",
                "largest_notional": "Of several accounts the one with the largest positions goes "
                "first, isolated positions before cross accounts.",
                "oldest": "Of several accounts the one with the oldest position goes first, "
                "isolated positions before cross accounts.",
            },
        ),
        Choice(
            "closing.order",
            {
                "largest_loss": "In a cross account the position with the largest loss goes first.",
                "largest_maintenance": "In a cross account the position that ties up the most "
                "maintenance goes first.",
                "largest_notional": "In a cross account the largest position goes first.",
                "pro_rata": "In a cross account all positions are reduced, each by the same part.",
                "all_at_once": "In a cross account all positions are closed at once, whether or "
                "not fewer would do.",
                "random": "In a cross account a position is drawn by chance.",
            },
        ),
    ),
)
