"""Time stamps in every unit, and those that were written in another unit than the format says."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.stamp import AT_LIMIT, AT_MIN, BadStamp, stamp_reader

TRUE_US = 1_721_347_022_956_123


@pytest.mark.parametrize(
    ("unit", "text", "at_us"),
    [
        ("s", "1721347022", 1_721_347_022_000_000),
        ("s", "1786310819.6800", 1_786_310_819_680_000),
        ("s", "1721347022.9561239", TRUE_US),
        ("ms", "1721347022956", 1_721_347_022_956_000),
        ("ms", "1721347022956.123", TRUE_US),
        ("us", "1721347022956123", TRUE_US),
        ("ns", "1721347022956123999", TRUE_US),
        ("iso", "2024-07-18T23:57:02.956123Z", TRUE_US),
        ("iso", "2024-07-18T23:57:02.956123", TRUE_US),
        ("iso", "2024-07-18 23:57:02.956123 UTC", TRUE_US),
        ("iso", "2024-07-19T01:57:02.956123+02:00", TRUE_US),
        ("iso", "2024-07-18T17:27:02.956123-0630", TRUE_US),
        ("iso", "2018-11-27D00:00:01.123456000", 1_543_276_801_123_456),
        ("iso", "20200325 16:00:00", 1_585_152_000_000_000),
        ("iso", "2020-03-25 16:00", 1_585_152_000_000_000),
    ],
)
def test_a_stamp_in_its_unit(unit: str, text: str, at_us: int) -> None:
    assert stamp_reader(unit)(text) == at_us


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        *(("ms", "1721347022"), ("ms", "1721347022956123"), ("s", "1721347022956")),
        *(("us", "1721347022956"), ("us", "1721347022956123999"), ("ns", "1721347022956123")),
        *(("ms", ""), ("ms", "NaN"), ("ms", "1.70027E+12"), ("ms", "-1721347022956")),
        *(("ms", "١٧٢١٣٤٧٠٢٢٩٥٦"), ("ms", "9" * 30), ("ms", "2024-07-18T23:57:02Z")),
        *(("iso", "1721347022"), ("iso", "2024-13-18T23:57:02"), ("iso", "2024-07-18")),
        *(("iso", "2024-07-18T24:57:02"), ("iso", "1969-07-18T23:57:02"), ("iso", "")),
        *(("iso", "2024-07-18T23:57:61"), ("iso", "9999-07-18T23:57:02")),
    ],
)
def test_a_stamp_that_is_none_in_its_unit_is_refused(unit: str, text: str) -> None:
    with pytest.raises(BadStamp):
        stamp_reader(unit)(text)


@given(st.integers(AT_MIN, AT_LIMIT - 1), st.integers(-14 * 60, 14 * 60))
def test_every_time_is_read_back_from_its_iso_text(at_us: int, minutes: int) -> None:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at_us)
    text = at.astimezone(timezone(timedelta(minutes=minutes))).isoformat()
    assert stamp_reader("iso")(text) == at_us


@given(st.integers(AT_MIN, AT_LIMIT - 1))
def test_every_unit_says_the_same_time(at_us: int) -> None:
    seconds, rest = divmod(at_us, 1_000_000)
    assert stamp_reader("us")(str(at_us)) == at_us
    assert stamp_reader("ns")(f"{at_us}999") == at_us
    assert stamp_reader("s")(f"{seconds}.{rest:06}") == at_us
    assert stamp_reader("ms")(str(at_us // 1_000)) == at_us - at_us % 1_000
