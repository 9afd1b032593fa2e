"""A venue's own codes are told beside our reasons, and compared."""

from typing import get_args

import pytest

from engine.config.find import names
from engine.config.venue import load_profile
from engine.core.command import AnyCommand
from engine.core.instrument import Refusal
from engine.core.reason import Reason
from engine.report.venue_codes import CodeTold, code_lines, codes_told, different_codes

OURS = [
    Refusal("", "rate_limit", "7", "Slower."),
    Refusal("SetLeverage", "has_orders", "3", "Orders."),
    Refusal("SetMarginMode", "has_orders", "3", "Orders."),
    Refusal("PlaceOrder", "post_only", "5", "Would take."),
    Refusal("", "would_liquidate", "1", "At once."),
    Refusal("SetMarginMode", "would_liquidate", "2", "See the reasons."),
]
ENDS_ONLY = {
    Reason.EXPIRED,
    Reason.IMMEDIATE_OR_CANCEL,
    Reason.SELF_TRADE,
    Reason.BANKRUPTCY_PRICE,
    Reason.STALE_INDEX,
    Reason.LIQUIDATION,
    Reason.DELEVERAGED,
    Reason.ASSIGNED,
    Reason.DEAD_MAN_SWITCH,
    Reason.CANCELLED,
}
"""Why orders end or a liquidation waits; no command is refused for it."""


def test_a_reason_has_a_row_for_each_code() -> None:
    told = codes_told(OURS)
    assert told == (
        CodeTold("post_only", ("PlaceOrder",), "5", "Would take."),
        CodeTold("has_orders", ("SetLeverage", "SetMarginMode"), "3", "Orders."),
        CodeTold("would_liquidate", ("SetMarginMode",), "2", "See the reasons."),
        CodeTold("would_liquidate", ("any",), "1", "At once."),
        CodeTold("rate_limit", ("any",), "7", "Slower."),
    )
    assert code_lines(told) == [
        "post only        5  Would take.",
        "has orders       3  Orders.",
        "would liquidate  2  See the reasons. (set margin mode)",
        "would liquidate  1  At once. (any other)",
        "rate limit       7  Slower.",
    ]
    assert code_lines(codes_told([])) == []


def test_two_venues_differ_in_the_codes_of_a_reason() -> None:
    theirs = [
        Refusal("", "rate_limit", "7", "In other words."),
        Refusal("SetLeverage", "has_orders", "3", "Orders."),
        Refusal("AmendOrder", "post_only", "6", "No."),
        Refusal("", "would_liquidate", "1", "At once."),
    ]
    assert list(different_codes(codes_told(OURS), codes_told(theirs))) == [
        ("post_only", ("5", "6")),
        ("has_orders", ("3 (set leverage, set margin mode)", "3 (set leverage)")),
        ("would_liquidate", ("2 (set margin mode)\n1 (any other)", "1 (any other)")),
    ]
    assert list(different_codes(codes_told(OURS[:1]), ())) == [("rate_limit", ("7", "-"))]
    assert list(different_codes(codes_told(OURS), codes_told(OURS))) == []


@pytest.mark.parametrize("venue", names("venues"))
def test_a_profile_has_codes_for_refusals_of_clients(venue: str) -> None:
    rules, _ = load_profile(venue)
    clients = {
        kind.__name__ for kind in get_args(AnyCommand) if "account" in kind.__struct_fields__
    }
    assert {one.command for one in rules.refusals} <= {"", *clients}
    refused = {Reason(one.reason) for one in rules.refusals}
    assert not refused & ENDS_ONLY
    if venue != "textbook":
        expected = {"rate_limit", "post_only", "reduce_only", "unknown_order", "duplicate_order"}
        assert expected <= {reason.value for reason in refused}
    assert all(one.says for one in rules.refusals)
