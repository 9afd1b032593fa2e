"""What a fund may hold and how it offloads: bounds are refused by the key they belong to."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from tests.config.test_lab import LAB, lab

FUND = LAB + "[rules.closing]\ntakeover = ['inventory', 'adl']\n[rules.fund]\n"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("offload_interval = '0.000001s'", "at least 1s between two slices"),
        ("offload_interval = '999ms'", "at least 1s between two slices"),
        ("offload_interval = '60'", "a time such as"),
        ("offload_slice = -1", "expected from 0"),
        ("offload_band = 1", "to 0.999999"),
        ("band = 1", "to 0.999999"),
        ("inventory = '1000.000001'", "to 1000"),
        ("inventory = -1", "expected from 0"),
    ],
)
def test_a_bound_of_the_inventory_is_refused_by_its_key(
    tmp_path: Path, line: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        lab(tmp_path, FUND + line)
    key = f"rules.fund.{line.split()[0]}"
    assert (caught.value.key, said in caught.value.problem) == (key, True), caught.value


@pytest.mark.parametrize(
    ("interval", "read_us"), [("0s", 0), ("1s", 1_000_000), ("1m", 60_000_000)]
)
def test_a_fund_offloads_at_most_once_a_second_or_never(
    tmp_path: Path, interval: str, read_us: int
) -> None:
    terms = lab(tmp_path, FUND + f"offload_interval = '{interval}'").venue.rules.fund
    assert terms.offload_interval_us == read_us


def test_an_inventory_is_read_into_the_units_of_the_core(tmp_path: Path) -> None:
    text = "inventory = 1000\noffload_slice = '2.5'\noffload_band = '0.05'\nband = '0.01'"
    terms = lab(tmp_path, FUND + text).venue.rules.fund
    assert (terms.inventory_ppm, terms.offload_slice) == (1_000_000_000, 2_500_000)
    assert (terms.offload_band_ppm, terms.band_ppm) == (50_000, 10_000)
