"""What `margincall inspect` says of a file: facts as a struct, JSON, plain lines and tables."""

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from engine.cli.inspect import inspect as command
from engine.config.settings import Columns
from engine.config.settings import Feed as FeedSettings
from feeds.errors import FeedError
from feeds.inspect import Inspection, MoveFact, PauseFact, inspect
from feeds.replay import FileArg
from feeds.report import FirstSkip
from tests.feeds.making import NOON_US, TRADES_HEADER, trade_row, trade_rows, write

ROOT = Path(__file__).parents[2]
RUNNER = CliRunner()
PLAIN = ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "LINES")


def look(path: Path | str, *maps: Columns, named: str | None = None) -> Inspection:
    return inspect(FileArg.parse(str(path), named), FeedSettings(columns=maps))


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """Six trades with a rise, a fall, a late row, one too late, a duplicate and a bad price."""
    rows = [
        trade_row(1, "65000.0", "0.010", ms=0),
        trade_row(2, "65650.0", "0.003", ms=900),
        trade_row(2, "65650.0", "0.003", ms=900),
        trade_row(3, "65000.5", "0.001", ms=500),
        trade_row(4, "NaN", ms=1_000),
        trade_row(5, "64350.5", "0.010", ms=30_000),
        trade_row(6, "64350.0", "0.010", ms=1_000),
        trade_row(7, "64351.0", "0.010", ms=100_000),
    ]
    return write(tmp_path / "BTCUSDT-trades-2024-07-18.zip", [TRADES_HEADER, *rows])


def test_a_file_of_trades(day: Path) -> None:
    found = look(day)
    assert (found.format, found.not_replayed, found.bytes) == (
        *("binance_trades", None),
        day.stat().st_size,
    )
    assert (found.rows, found.ticks, found.repeated) == (8, 5, 0)
    assert found.skipped == {"duplicate": 1, "bad_price": 1, "out_of_order": 1}
    assert found.first_skips["bad_price"] == FirstSkip(6, "NaN")
    assert (found.out_of_order, found.late_max_us) == (2, 29_000_000)
    (fact,) = found.contracts
    assert (fact.contract, fact.ticks) == ("BTCUSDT", {"trades": 5})
    assert (fact.first_us, fact.last_us) == (NOON_US, NOON_US + 100_000_000)
    assert (fact.low, fact.high, fact.first, fact.last) == (
        *("64350.5", "65650", "65000", "64351"),
    )
    assert (fact.price_step, fact.size_step) == ("0.5", "0.001")
    assert fact.moves == [
        MoveFact(
            within="1 s",
            ppm=10_000,
            at_us=NOON_US + 900_000,
            from_price="65000",
            to_price="65650",
        ),
        MoveFact(
            within="1 min",
            ppm=10_000,
            at_us=NOON_US + 900_000,
            from_price="65000",
            to_price="65650",
        ),
        MoveFact(
            within="1 min",
            ppm=-19_794,
            at_us=NOON_US + 30_000_000,
            from_price="65650",
            to_price="64350.5",
        ),
    ]
    assert fact.pauses == [
        PauseFact(NOON_US + 30_000_000, 70_000_000),
        PauseFact(NOON_US + 900_000, 29_100_000),
        PauseFact(NOON_US, 500_000),
    ]


@pytest.mark.parametrize(
    ("name", "contract"),
    [
        ("BTCUSDT-trades-2024-07-18.csv", "BTCUSDT"),
        ("BTC-USDT-SWAP-trades-2024-07-18.csv", "BTC-USDT-SWAP"),
        ("XBTUSD_trades_2018.csv.gz", "XBTUSD"),
        ("ETHUSDT-1m-2024-07.csv", "ETHUSDT"),
        ("my trades.csv", "my trades"),
    ],
)
def test_the_contract_is_what_the_name_begins_with(
    tmp_path: Path, name: str, contract: str
) -> None:
    path = write(tmp_path / name, trade_rows(3))
    assert [fact.contract for fact in look(path).contracts] == [contract]
    assert [fact.contract for fact in look(f"X={path}").contracts] == ["X"]


def test_rows_name_their_contracts(tmp_path: Path) -> None:
    rows = [
        f"v,{symbol},{NOON_US + i},{NOON_US},{i},buy,{price},1"
        for i, (symbol, price) in enumerate([("B", "1.5"), ("A", "7"), ("B", "1.25")])
    ]
    header = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
    found = look(write(tmp_path / "x.csv", [header, *rows]))
    assert [(fact.contract, fact.low, fact.price_step) for fact in found.contracts] == [
        ("A", "7", "1"),
        ("B", "1.25", "0.25"),
    ]


def test_a_book_has_the_prices_of_its_touch(tmp_path: Path) -> None:
    header = "exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount"
    rows = [
        (0, "false", "bid", "1", "1"),
        (1, "true", "bid", "100.5", "1"),
        (1, "true", "bid", "90", "1"),
        (1, "true", "ask", "101", "2"),
        (2, "false", "bid", "100.5", "0"),
        (3, "false", "ask", "200", "0"),
        (4, "false", "ask", "100", "3"),
        (5, "true", "ask", "103", "3"),
        (6, "true", "bid", "102", "3"),
    ]
    lines = [f"v,X,{NOON_US + at},{NOON_US + at},{','.join(rest)}" for at, *rest in rows]
    found = look(write(tmp_path / "x.csv", [header, *lines]))
    assert found.skipped == {"before_snapshot": 1}
    (fact,) = found.contracts
    assert fact.ticks == {"book": 6}
    assert (fact.low, fact.high, fact.first, fact.last) == ("90", "103", "100.75", "102.5")
    assert (fact.price_step, fact.size_step) == ("0.5", "1")


def test_funding_rates_and_prices_that_were_made(tmp_path: Path) -> None:
    header = "calc_time,funding_interval_hours,last_funding_rate"
    rows = [f"{NOON_US // 1000 + i},8,{rate}" for i, rate in enumerate(["0.0001", "-0.00002"])]
    (fact,) = look(write(tmp_path / "X.csv", [header, *rows])).contracts
    assert (fact.low, fact.price_step, fact.moves) == (None, None, [])
    assert (fact.rate_low, fact.rate_high) == ("-0.00002", "0.0001")
    rows = ["2024-07-18 12:00:00,-1,3,100", "2024-07-18 12:00:00,1,3,101"]
    header = "timestamp,percentage,depth,notional"
    (fact,) = look(write(tmp_path / "Y.csv", [header, *rows])).contracts
    assert (fact.low, fact.high, fact.price_step, fact.size_step) == (
        *("33.3333", "33.6667", None, "1"),
    )


def test_what_is_not_replayed_is_looked_at_all_the_same(tmp_path: Path) -> None:
    header = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
    row = f"v,X,{NOON_US},{NOON_US},,sell,5,1"
    found = look(write(tmp_path / "v_liquidations_X.csv", [header, row, row]))
    assert (found.format, found.ticks, found.repeated) == ("tardis_liquidations", 2, 1)
    assert found.not_replayed is not None


def test_a_file_that_is_out_of_order_from_end_to_end(tmp_path: Path) -> None:
    rows = [trade_row(number, ms=-5_000 * number) for number in range(300)]
    found = look(write(tmp_path / "BTCUSDT.csv", rows))
    assert (found.out_of_order, found.late_max_us) == (299, 299 * 5_000_000)
    assert found.skipped == {"out_of_order": 299}


def test_a_header_alone_and_a_file_of_no_format_are_errors(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="has a header and no rows"):
        look(write(tmp_path / "BTCUSDT.csv", [TRADES_HEADER]))
    with pytest.raises(FeedError, match="expected one of the formats"):
        look(write(tmp_path / "BTCUSDT.csv", ["a,b"]))


def test_a_file_with_nothing_but_bad_rows_is_told(tmp_path: Path) -> None:
    found = look(write(tmp_path / "BTCUSDT.csv", [TRADES_HEADER, trade_row(1, price="0")]))
    assert (found.ticks, found.contracts, found.skipped) == (0, [], {"bad_price": 1})


def test_json_is_the_whole_answer(day: Path) -> None:
    done = RUNNER.invoke(command, [str(day), "--json"])
    assert done.exit_code == 0
    assert msgspec.json.decode(done.stdout.encode(), type=Inspection) == look(day)
    assert json.loads(done.stdout)["contracts"][0]["pauses"][0]["lasted_us"] == 70_000_000


def test_without_a_terminal_the_answer_is_plain_lines(day: Path) -> None:
    done = RUNNER.invoke(command, [str(day)])
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{day}: binance_trades, ")
    assert lines[1:5] == [
        "8 rows become 5 ticks",
        "out of order: 2, by 29.000 s at most",
        "duplicates: 1 by id, 0 rows like the row before",
        "skipped: 1 row as duplicate, first in line 4: found '2'",
    ]
    assert lines[7:] == [
        "BTCUSDT: 5 trades, 2024-07-18 12:00:00.000 to 2024-07-18 12:01:40.000 UTC",
        "BTCUSDT: price 64,350.5 to 65,650, first 65,000, last 64,351",
        "BTCUSDT: steps of 0.5, sizes of 0.001",
        "BTCUSDT: largest move in 1 s +1.0000 %, 65,000 to 65,650, at 2024-07-18 12:00:00.900",
        "BTCUSDT: largest move in 1 min +1.0000 %, 65,000 to 65,650, at 2024-07-18 12:00:00.900",
        "BTCUSDT: largest move in 1 min -1.9794 %, 65,650 to 64,350.5, at 2024-07-18 12:00:30.000",
        "BTCUSDT: nothing for 70.000 s after 2024-07-18 12:00:30.000",
        "BTCUSDT: nothing for 29.100 s after 2024-07-18 12:00:00.900",
        "BTCUSDT: nothing for 0.500 s after 2024-07-18 12:00:00.000",
    ]


def test_many_contracts_are_cut_short_for_readers(tmp_path: Path) -> None:
    header = "exchange,symbol,timestamp,local_timestamp,id,side,price,amount"
    rows = [f"v,S{i:02},{NOON_US},{NOON_US},{i},buy,1,1" for i in range(25)]
    path = write(tmp_path / "x.csv", [header, *rows])
    lines = RUNNER.invoke(command, [str(path)]).stdout.splitlines()
    assert lines[-1] == "... and 5 more contracts in --json"
    assert len(look(path).contracts) == 25


def test_a_mistake_is_told_in_a_line_and_ends_with_2(tmp_path: Path) -> None:
    done = RUNNER.invoke(command, [str(tmp_path / "nowhere.csv")])
    assert done.exit_code == 2
    assert "there is no such file; check the path" in done.stderr
    done = RUNNER.invoke(command, ["x.csv", "--lab", "no-such-lab"])
    assert done.exit_code == 2


def test_a_lab_lends_its_column_maps(tmp_path: Path) -> None:
    path = write(tmp_path / "x.csv", ["timestamp,price,size", "1514764802610,13873,-10"])
    assert RUNNER.invoke(command, [str(path)]).exit_code == 2
    done = RUNNER.invoke(command, [str(path), "--lab", "bitmex-2018"])
    assert "steps of 1" in done.stdout


def test_in_a_terminal_the_answer_is_tables(day: Path) -> None:
    """Run where standard output is a terminal of 100 columns."""
    inside, outside = pty.openpty()
    fcntl.ioctl(outside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    code = "from engine.cli.inspect import inspect; inspect()"
    environment = {name: text for name, text in os.environ.items() if name not in PLAIN}
    with subprocess.Popen(
        [sys.executable, "-c", code, str(day)],
        cwd=ROOT,
        env={**environment, "TERM": "xterm", "COLUMNS": "100"},
        stdin=outside,
        stdout=outside,
        stderr=outside,
    ) as child:
        os.close(outside)
        shown = b"".join(iter(lambda: some_bytes(inside), b""))
    os.close(inside)
    assert child.returncode == 0
    text = shown.decode()
    for title in ("Contracts", "Prices", "Largest moves", "Longest pauses"):
        assert title in text
    assert "───" in text
    assert " BTCUSDT " in text
    assert "64,350.5" in text
    assert "…" not in text


def some_bytes(terminal: int) -> bytes:
    """What a terminal shows next; nothing once its last user is gone."""
    try:
        return os.read(terminal, 65_536)
    except OSError:
        return b""
