"""Settings of funding: read by name, and refused where they make no sense."""

from pathlib import Path

import pytest

from engine.config.error import ConfigError
from engine.config.lab import load_lab
from engine.config.venue import load_venue
from engine.core.instrument import Funding
from engine.report.venue_page import _borrowing, _funding
from tests.config.test_lab import LAB, lab

HOUR_US = 3_600_000_000


def funded(tmp_path: Path, terms: str) -> Funding:
    text = f"{LAB}[contracts.XUSDT]\nfunding = {{ {terms} }}"
    return lab(tmp_path, text).venue.contracts[0].funding


def test_all_settings_are_read(tmp_path: Path) -> None:
    terms = funded(
        tmp_path,
        "source = 'premium', interval = '4h', average = 'late', at_cap = 'halves', "
        "interval_least = '30m', calm_count = 3, divisor = 24, accrues = true, borrow = '0.0001', "
        "borrow_interval = '1h'",
    )
    assert terms == Funding(
        source="premium",
        interval_us=4 * HOUR_US,
        average="late",
        at_cap="halves",
        interval_least_us=HOUR_US // 2,
        calm_count=3,
        divisor=24,
        accrues=True,
        borrow_e8=10_000,
        borrow_interval_us=HOUR_US,
    )
    assert _funding(terms) == (
        "every 4 h: 1/24 of the average premium, late samples counting most, + clamp(interest "
        "0.01 % - that part, +-0.05 %), at most 0.75 % either way; at that half of the interval, "
        "30 min at least, double again after 3 below it; it accrues all the time at the rate of "
        "the interval before, and is paid when an interval ends or a position changes"
    )
    assert _borrowing(terms) == ("costs 0.01 % of a position's value less its margin every 1 h")


@pytest.mark.parametrize(
    ("terms", "key", "said"),
    [
        ("source = 'file', accrues = true", "accrues", "source = 'file'"),
        ("source = 'none', at_cap = 'halves'", "at_cap", "source = 'none'"),
        (
            "source = 'premium', interval = '1h', at_cap = 'shortest', interval_least = '2h'",
            "interval_least",
            "at most the interval, 1h",
        ),
        ("borrow = '-0.1'", "borrow", "0 or more"),
        ("calm_count = -1", "calm_count", "0 or more"),
        ("divisor = 0", "divisor", "1 or more"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(
    tmp_path: Path, terms: str, key: str, said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        funded(tmp_path, terms)
    found = caught.value
    assert (found.key, said in found.problem) == (f"contracts.XUSDT.funding.{key}", True), found


def test_what_stays_as_it_is_has_no_words() -> None:
    assert _borrowing(Funding()) == "costs nothing"
    shortest = _funding(Funding(source="premium", at_cap="shortest"))
    assert shortest.endswith("either way; at that an interval of 1 h")


def test_nothing_accrues_where_the_fund_holds_positions(tmp_path: Path) -> None:
    text = Path("configs/venues/kraken.toml").read_text()
    assert 'takeover = ["assignment", "fund", "adl"]' in text
    profile = tmp_path / "own.toml"
    profile.write_text(
        text.replace('takeover = ["assignment"', 'takeover = ["assignment", "inventory"')
    )
    with pytest.raises(ConfigError) as caught:
        load_venue(profile)
    assert caught.value.key == "contracts.BTCUSDT.funding.accrues"
    for said in ("rules.closing.takeover = assignment, inventory, fund, adl", "leave accrues out"):
        assert said in caught.value.problem


def test_a_lab_cannot_let_funding_accrue_on_a_venue_whose_fund_holds_positions(
    tmp_path: Path,
) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        "venue = 'binance'\nseed = 1\nfund = 0\n[contracts.ETHUSDT]\nfunding.accrues = true\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_lab(str(path))
    assert caught.value.key == "contracts.ETHUSDT.funding.accrues"


@pytest.mark.parametrize(("venue", "divisor"), [("kraken", 24), ("dydx", 8), ("binance", 1)])
def test_an_hour_at_kraken_and_dydx_pays_a_part_of_the_premium(venue: str, divisor: int) -> None:
    """Kraken's field fundingRateCoefficient, and the eight hours of dYdX's rate."""
    contracts = load_lab("quickstart", venue).venue.contracts
    assert {one.funding.divisor for one in contracts} == {divisor}
