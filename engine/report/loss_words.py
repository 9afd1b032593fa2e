"""Who pays for a liquidation, and what it costs, in words."""

from collections.abc import Callable

from engine.core.money import Micros
from engine.report.text import grouped, money
from engine.report.venue_setting import Choice, Measure, Topic, fee, lasting, share


def _settlement(micros: int) -> str:
    if not micros:
        return "Losses are shared at once, by what was won since the log began."
    return f"Losses wait until a period of {lasting(micros)} ends, and its winners pay."


def _account_loss(micros: int) -> str:
    if not micros:
        return "What the fund pays for one account is not limited."
    return f"The fund pays at most {grouped(money(Micros(micros)))} for one account's liquidation."


def _limit(when: str, of_what: str) -> Callable[[int], str]:
    def sentence(ppm: int) -> str:
        if not ppm:
            return f"{when} the fund may lose all that it has."
        return f"{when} the fund may lose {share(ppm)} of {of_what}; then others are deleveraged."

    return sentence


WHO_PAYS = Topic(
    "Who pays",
    (
        Choice(
            "adl",
            {
                "ranked": "What book and fund leave is closed against others, the highest profit "
                "in per cent times leverage first.",
                "margin_ratio": "What book and fund leave is closed against others, the highest "
                "profit of a margin account over its wallet times its margin ratio first.",
                "hyperliquid": "What book and fund leave is closed against others, the highest "
                "mark over entry times leverage first.",
                "pro_rata": "What book and fund leave is closed against all others in proportion "
                "to their positions.",
                "random": "What book and fund leave is closed against others in an order that "
                "only chance decides, the same one for the same seed.",
                "none": "Nobody is deleveraged.",
            },
        ),
        Choice(
            "adl_price",
            {
                "bankruptcy": "Deleveraging happens at the bankruptcy price of the liquidated "
                "position: whoever is closed bears what is missing.",
                "mark": "Deleveraging happens at the mark price: whoever is closed keeps his "
                "profit, and what is missing goes to the fund and on.",
                "previous_mark": "Deleveraging happens at the mark price before its last move.",
            },
        ),
        Choice(
            "adl_against",
            {
                "winners": "Only positions with a profit whose account is healthy are deleveraged.",
                "anybody": "Every position on the other side that can pay is deleveraged, whether "
                "it has a profit or not.",
            },
        ),
        Choice(
            "adl_below_zero",
            {
                False: "Others are deleveraged for whatever is left of a liquidation.",
                True: "Others are deleveraged only for accounts whose equity is negative.",
            },
        ),
        Choice(
            "outside_in_waterfall",
            {
                "never": "The replayed market is never deleveraged or cut.",
                "last": "The replayed market is deleveraged and cut too, behind everybody else.",
            },
        ),
        Choice(
            "fund_pools",
            {
                "one": "One insurance fund bears the losses of all contracts.",
                "symbol": "Each contract has an insurance fund of its own.",
                "group": "Each group of contracts has an insurance fund of its own.",
            },
        ),
        Choice(
            "fund.fills",
            {
                "lots": "The fund takes as many lots of a position as it can pay for.",
                "whole": "The fund pays all that a fill lacks, or the fill does not happen.",
            },
        ),
        Measure("fund.account_loss_max", _account_loss),
        Measure("fund.day_loss_ppm", _limit("In a day of UTC", "what it had when that began")),
        Measure("fund.drawdown_ppm", _limit("Within its window", "the most that it had in it")),
        Measure(
            "fund.drawdown_stop_ppm",
            lambda ppm: f"A draw-down that has stopped the fund does so until it is {share(ppm)}.",
        ),
        Measure(
            "fund.drawdown_window_us",
            lambda micros: f"The window of the fund's draw-down is {lasting(micros)}.",
        ),
        Measure(
            "fund.band_ppm",
            lambda ppm: (
                f"What the fund sells at once it sells within {share(ppm)} of the best price."
                if ppm
                else "What the fund sells at once it sells at any price that it can pay for."
            ),
        ),
        Measure(
            "fund.inventory_ppm",
            lambda ppm: (
                f"The fund holds positions worth at most {share(ppm)} of its cash; beyond that "
                "the next in turn take over."
                if ppm
                else "What the fund may hold is not limited."
            ),
        ),
        Measure(
            "fund.offload_interval_us",
            lambda micros: (
                f"Every {lasting(micros)} the fund offers a slice of what it holds in the book."
                if micros
                else "The fund keeps what it holds and never offers it in the book."
            ),
        ),
        Measure(
            "fund.offload_slice",
            lambda micros: (
                f"A slice is worth {grouped(money(micros))}, one lot at least."
                if micros
                else "A slice is all that the fund holds."
            ),
        ),
        Measure(
            "fund.offload_band_ppm",
            lambda ppm: (
                f"A slice trades at most {share(ppm)} through the mark; the rest waits."
                if ppm
                else "A slice trades at any price that the fund can pay for."
            ),
        ),
        Choice(
            "socialized",
            {
                "profit": "What the fund leaves is cut from winners in proportion to their "
                "profit, at most all of it.",
                "open_interest": "What the fund leaves is cut from all positions of the contract, "
                "long and short, by their size.",
                "none": "What the fund leaves is cut from nobody and stays uncovered.",
            },
        ),
        Measure("settlement_us", _settlement),
        Measure("liquidation_fee_ppm", fee("The liquidated account pays a liquidation fee")),
        Choice(
            "liquidation_fee_to",
            {
                "fund": "The liquidation fee goes to the insurance fund.",
                "fees": "The liquidation fee is income of the venue.",
            },
        ),
        Choice(
            "residue_to",
            {
                "fund": "Margin left after a whole liquidation goes to the insurance fund.",
                "client": "Margin left after a whole liquidation stays with the client.",
            },
        ),
    ),
)
