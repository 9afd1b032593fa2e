"""Bad input: each row left out is counted with its place, each bad file says what is wrong."""

from pathlib import Path

import pytest

from engine.config.settings import Feed as FeedSettings
from engine.core.money import AMOUNT_MAX
from feeds.errors import FeedError
from feeds.replay import FileArg, open_feed
from tests.feeds.making import (
    CONTRACTS,
    NOON_MS,
    QUOTES_HEADER,
    TRADES_HEADER,
    read,
    trade_row,
    trade_rows,
    write,
)

WORTH_TOO_MUCH = str(AMOUNT_MAX // 100 // 650_000 // 1_000 + 1)


def trades(folder: Path, *rows: str, good: int = 10) -> Path:
    return write(folder / "BTCUSDT-trades.csv", [TRADES_HEADER, *trade_rows(good), *rows])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (trade_row(99, price="0"), "bad_price"),
        (trade_row(99, price="0.0"), "bad_price"),
        (trade_row(99, price="NaN"), "bad_price"),
        (trade_row(99, price="inf"), "bad_price"),
        (trade_row(99, price="-65000.0"), "bad_price"),
        (trade_row(99, price="1E+999999"), "bad_price"),
        (trade_row(99, price="6.5E+4"), "bad_price"),
        (trade_row(99, price="1000000.1"), "bad_price"),
        (trade_row(99, price="9" * 4_000), "bad_price"),
        (trade_row(99, price="٦٥٠٠٠"), "bad_price"),
        (trade_row(99, price=""), "bad_price"),
        (trade_row(99, price="65000.05"), "off_grid"),
        (trade_row(99, size="0"), "bad_quantity"),
        (trade_row(99, size="0.000"), "bad_quantity"),
        (trade_row(99, size="NaN"), "bad_quantity"),
        (trade_row(99, size="1E+999999"), "bad_quantity"),
        (trade_row(99, size="1e-3"), "bad_quantity"),
        (trade_row(99, size=WORTH_TOO_MUCH), "bad_quantity"),
        (trade_row(99, size="9" * 20), "bad_quantity"),
        (trade_row(99, size="-0.010"), "bad_quantity"),
        (trade_row(99, size="-0"), "bad_quantity"),
        (trade_row(99, maker="maybe"), "bad_side"),
        (trade_row(99, maker=""), "bad_side"),
        (trade_row(99).replace(str(NOON_MS), "1.7213E+12"), "bad_time"),
        (trade_row(99).replace(str(NOON_MS), "NaN"), "bad_time"),
        (trade_row(99).replace(str(NOON_MS), "0"), "bad_time"),
        (trade_row(99).replace(str(NOON_MS), str(NOON_MS * 1_000)), "bad_time"),
        (trade_row(99) + ",true", "bad_row"),
        ("1,65000.0", "bad_row"),
        ("65000.0", "bad_row"),
        ('99,"65000.0,0.010,650.0', "bad_row"),
        ("\x00\x00\x00", "bad_row"),
        (trade_row(9), "duplicate"),
        (trade_row(99, ms=-1_000), "out_of_order"),
    ],
)
def test_a_bad_row_is_left_out_and_counted(tmp_path: Path, row: str, reason: str) -> None:
    path = trades(tmp_path, row, good=200)
    if reason == "duplicate":
        path = trades(tmp_path, row)
    ticks, report = read(path)
    assert report.skipped == {reason: 1}
    assert report.rows == len(ticks) + 1
    assert report.first_skips[reason].line == report.rows + 1
    assert report.lines()[0].startswith(f"{path}: 1 row skipped as {reason}, first in line")


@pytest.mark.parametrize(
    ("bid", "ask", "sizes", "reason"),
    [
        ("64999.9", "64999.9", ("1", "1"), "crossed_quote"),
        ("65000.0", "64999.9", ("1", "1"), "crossed_quote"),
        ("0", "65000.0", ("1", "1"), "bad_price"),
        ("64999.95", "65000.0", ("1", "1"), "off_grid"),
        ("64999.9", "65000.0", ("0", "1"), "bad_quantity"),
        ("64999.9", "65000.0", ("1", "-1"), "bad_quantity"),
        ("64999.9", "65000.0", ("1", WORTH_TOO_MUCH), "bad_quantity"),
    ],
)
def test_a_bad_quote_is_left_out_and_counted(
    tmp_path: Path, bid: str, ask: str, sizes: tuple[str, str], reason: str
) -> None:
    good = f"1,64999.9,1,65000.0,1,{NOON_MS},{NOON_MS}"
    bad = f"2,{bid},{sizes[0]},{ask},{sizes[1]},{NOON_MS},{NOON_MS}"
    path = write(tmp_path / "BTCUSDT-book.csv", [QUOTES_HEADER, good, bad])
    ticks, report = read(path)
    assert len(ticks) == 1
    assert report.skipped == {reason: 1}
    assert report.first_skips[reason].line == 3


def test_the_largest_price_and_quantity_are_good(tmp_path: Path) -> None:
    most = str((AMOUNT_MAX // 100 // 650_000) // 1_000)
    path = trades(tmp_path, trade_row(98, price="1000000.0"), trade_row(99, size=most))
    assert read(path)[1].skipped == {}


def test_skips_are_counted_by_reason_and_told_with_their_first_place(tmp_path: Path) -> None:
    bad = [trade_row(20, price="NaN"), trade_row(21, size="0"), trade_row(22, price="0")]
    _, report = read(trades(tmp_path, *bad))
    assert report.skipped == {"bad_price": 2, "bad_quantity": 1}
    assert [line.split(": ", 1)[1] for line in report.lines()] == [
        "2 rows skipped as bad_price, first in line 12: found 'NaN'",
        "1 row skipped as bad_quantity, first in line 13: found '0'",
    ]


def test_only_a_row_that_repeats_the_id_before_it_is_a_duplicate(tmp_path: Path) -> None:
    rows = [trade_row(50), trade_row(50), trade_row(50), trade_row(51), trade_row(50)]
    ticks, report = read(trades(tmp_path, *rows))
    assert report.skipped == {"duplicate": 2}
    assert len(ticks) == 13


def test_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT.csv", ["", TRADES_HEADER, "", trade_row(1), "  ", ""])
    ticks, report = read(path)
    assert (len(ticks), report.rows, report.skipped) == (1, 1, {})


def test_a_file_of_nothing_but_bad_rows_is_an_error(tmp_path: Path) -> None:
    rows = [trade_row(1, size="0"), trade_row(2, size="0"), trade_row(3, price="NaN")]
    path = trades(tmp_path, *rows, good=0)
    message = rf"{path}:2: 3 of 3 rows cannot be used, first bad_quantity: found '0'; check which"
    with pytest.raises(FeedError, match=message):
        read(path)


def test_a_file_of_mostly_bad_rows_is_an_error_and_of_half_is_not(tmp_path: Path) -> None:
    bad = [trade_row(20 + i, price="65000.05") for i in range(11)]
    assert read(trades(tmp_path, *bad[:10]))[1].skipped == {"off_grid": 10}
    with pytest.raises(FeedError, match="11 of 21 rows cannot be used, first off_grid"):
        read(trades(tmp_path, *bad))


def test_stamps_in_another_unit_are_an_error_that_says_so(tmp_path: Path) -> None:
    rows = [trade_row(i).replace(str(NOON_MS), f"{NOON_MS}000") for i in range(3)]
    with pytest.raises(FeedError, match=r"first bad_time: found '1721304000000000'; .*its unit"):
        read(trades(tmp_path, *rows, good=0))


def test_more_than_a_hundredth_out_of_order_is_an_error(tmp_path: Path) -> None:
    late = [trade_row(500, ms=-5_000), trade_row(501, ms=-5_000)]
    assert read(trades(tmp_path, *late, good=198))[1].skipped == {"out_of_order": 2}
    message = (
        r"BTCUSDT-trades\.csv:199: 2 of 199 rows come more than 1 s after a newer one; "
        r"expected at most 1 %; sort the file by time"
    )
    with pytest.raises(FeedError, match=message):
        read(trades(tmp_path, *late, good=197))


def test_a_file_out_of_order_is_given_up_while_it_is_read(tmp_path: Path) -> None:
    rows = [trade_row(i, ms=-10 * i) for i in range(20_000)]
    feed = open_feed([FileArg(str(trades(tmp_path, *rows, good=0)))], CONTRACTS, FeedSettings())
    with pytest.raises(FeedError, match="9899 of 10000 rows"):
        list(feed.ticks())


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT.csv"
    path.touch()
    with pytest.raises(FeedError, match=r"BTCUSDT\.csv: is empty; expected a CSV file"):
        read(path)


def test_a_file_of_blank_lines(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="has no lines; expected a CSV file"):
        read(write(tmp_path / "BTCUSDT.csv", ["", " "]))


def test_a_header_without_rows(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="has a header and no rows"):
        read(write(tmp_path / "BTCUSDT.csv", [TRADES_HEADER]))


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"nowhere\.csv: there is no such file; check the path"):
        read(tmp_path / "nowhere.csv")


def test_no_file_at_all() -> None:
    with pytest.raises(FeedError, match="no file was named"):
        open_feed([], CONTRACTS, FeedSettings())


def test_a_truncated_zip(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT-trades.zip", [TRADES_HEADER, *trade_rows(1_000)])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FeedError, match=r"BTCUSDT-trades\.zip: cut off or damaged zip"):
        read(path)


def test_a_truncated_gzip_is_read_to_its_last_good_line(tmp_path: Path) -> None:
    path = write(tmp_path / "BTCUSDT-trades.csv.gz", [TRADES_HEADER, *trade_rows(20_000)])
    path.write_bytes(path.read_bytes()[:-20_000])
    with pytest.raises(FeedError, match=r"csv\.gz: cut off or damaged.*last good line 1\d+"):
        read(path)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "BTCUSDT.csv"
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(FeedError, match=r"BTCUSDT\.csv:1: found .*expected one of the formats"):
        read(path)
