"""What a venue asks of orders: settings that make no sense are refused by their key."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from engine.core.instrument import OrderTerms
from tests.config.test_lab import LAB, lab

ORDERS = LAB + "[rules.orders]\n"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", OrderTerms()),
        ("rate = 10", OrderTerms(rate=10, burst=10)),
        ("rate = 10\nburst = 50", OrderTerms(rate=10, burst=50)),
        ("open_max = 300", OrderTerms(open_max=300)),
        ("ids_kept = 10", OrderTerms(ids_kept=10)),
        (
            'ids_kept = 10\nids_kept_for = "1m"',
            OrderTerms(ids_kept=10, ids_kept_us=60_000_000),
        ),
    ],
)
def test_terms_of_orders_are_those_of_the_lab(tmp_path: Path, text: str, terms: OrderTerms) -> None:
    assert lab(tmp_path, ORDERS + text).venue.rules.orders == terms


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ("rate = -1", "rules.orders.rate", "from 0 to 1000000"),
        ("rate = 1\nburst = 0", "rules.orders.burst", "from 1 to 1000000"),
        ("burst = 5", "rules.orders.burst", "without a rate"),
        ("open_max = -1", "rules.orders.open_max", "from 0 to 1000000"),
        ("ids_kept = -1", "rules.orders.ids_kept", "from 0 to 1000000"),
        ('ids_kept_for = "1h"', "rules.orders.ids_kept_for", "without ids_kept"),
        ('ids_kept = 1\nids_kept_for = "0s"', "rules.orders.ids_kept_for", "at least 1"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    tmp_path: Path, text: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, ORDERS + text)
    assert (caught.value.key, said in caught.value.problem) == (key, True), caught.value


def test_orders_of_a_contract_have_a_largest_size(tmp_path: Path) -> None:
    sizes = "[contracts.XUSDT]\norder_max = '0.5'\nmarket_order_max = '0.2'"
    contract = lab(tmp_path, LAB + sizes).venue.contracts[0]
    assert (contract.order_max, contract.market_order_max) == (500, 200)
    for wrong, said in (("0", "above 0"), ("'0.0005'", "the lot")):
        with pytest.raises(ConfigError, match=rf"XUSDT\.order_max: .*{said}"):
            lab(tmp_path, LAB + f"[contracts.XUSDT]\norder_max = {wrong}")
