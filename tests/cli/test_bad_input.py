"""Bad files, one a line, as their user meets them: what is said, and what the summary counts.

Either the file is refused, with a message that names it and, where there is one, the line, and
nothing is left behind; or the run goes on, every good row is applied, and those left out stand
in the summary by their reason.
"""

import gzip
import io
import json
import random
import re
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.feeds.making import NOON_MS, TRADES_HEADER, trade_row, trade_rows

LAB = 'venue = "textbook"\nseed = 1\nfund = "1000"\n[contracts.BTCUSDT]\n'
GOOD = trade_rows(200)
AFTER = 10 * len(GOOD)
"""Milliseconds at which the first row behind the good ones may stand."""
BYBIT_HEADER = (
    "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,"
    "foreignNotional"
)
HUGE = "9" * 40
RUBBISH = random.Random(7).randbytes(60_000)


def text(*rows: str, header: str = TRADES_HEADER) -> bytes:
    """A file of rows."""
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


def more(*rows: str) -> bytes:
    """The good rows, and some behind them."""
    return text(*GOOD, *rows)


def bad(number: int = 9_000, price: str = "65000.0", size: str = "0.010", ms: int = AFTER) -> str:
    return trade_row(number, price, size, ms)


def zipped(data: bytes, *names: str) -> bytes:
    """An archive that holds the same under each name."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("BTCUSDT-trades.csv",):
            archive.writestr(name, data)
    return packed.getvalue()


def bybit(symbol: str, number: int) -> str:
    at = NOON_MS / 1_000 + number
    return f"{at:.4f},{symbol},Buy,0.010,65000.0,PlusTick,id-{number},6.5e+10,0.010,650.0"


SWAPPED = [row for pair in zip(GOOD[1::2], GOOD[::2], strict=True) for row in pair]
REFUSED: dict[str, tuple[bytes, str]] = {
    "truncated gzip": (gzip.compress(more())[:-300], r": cut off or damaged .*last good line \d+"),
    "truncated zip": (zipped(more())[:-300], ": cut off or damaged zip .*last good line 0"),
    "wrong header": (text(*GOOD, header="a,b,c"), ":1: found 'a,b,c'; expected one of the formats"),
    "header without rows": (text(), ": has a header and no rows"),
    "backwards": (text(*GOOD[::-1]), r":\d+: \d+ of 200 rows come more than 1 s after a newer"),
    "every size zero": (
        text(*(bad(number, size="0") for number in range(9))),
        ":2: 9 of 9 rows cannot be used, first bad_quantity: found '0'",
    ),
    "empty": (b"", ": is empty; expected a CSV file"),
    "unknown contract": (
        text(*(bybit("XYZUSDT", number) for number in range(9)), header=BYBIT_HEADER),
        ":2: 9 of 9 rows cannot be used, first unknown_contract: found 'XYZUSDT'; check the symb",
    ),
    "binary rubbish": (RUBBISH, ":1: found .*; expected one of the formats"),
    "one endless line": (b"0" * 20_000_000, ":1: a line of more than 4096 characters"),
    "zip bomb": (zipped(text("0" * 40_000_000)), r": .* unpacks from \d+ to \d+ bytes, more than"),
    "gzip bomb": (
        gzip.compress(more(*["0" * 60] * 600_000)),
        r":\d+: unpacks to more than 200 times its size",
    ),
    "path in a member": (zipped(more(), "../BTCUSDT.csv"), ": its member '../BTCUSDT.csv' points"),
    "two members": (zipped(more(), "a.csv", "b.csv"), r": holds 2 files \(a.csv, b.csv\)"),
}
COUNTED: dict[str, tuple[bytes, dict[str, int]]] = {
    "order mixed by less than the hold-back": (text(*SWAPPED), {}),
    "out of time order": (more(bad(ms=0)), {"out_of_order": 1}),
    "duplicates": (text(*GOOD, GOOD[-1], GOOD[-1]), {"duplicate": 2}),
    "price zero": (more(bad(price="0")), {"bad_price": 1}),
    "price negative": (more(bad(price="-65000.0")), {"bad_price": 1}),
    "price NaN": (more(bad(price="NaN")), {"bad_price": 1}),
    "price 1E+999999": (more(bad(price="1E+999999")), {"bad_price": 1}),
    "price huge": (more(bad(price=HUGE)), {"bad_price": 1}),
    "size zero": (more(bad(size="0")), {"bad_quantity": 1}),
    "size negative": (more(bad(size="-1")), {"bad_quantity": 1}),
    "size NaN": (more(bad(size="NaN")), {"bad_quantity": 1}),
    "size 1E+999999": (more(bad(size="1E+999999")), {"bad_quantity": 1}),
    "size huge": (more(bad(size=HUGE)), {"bad_quantity": 1}),
    "a header in the middle": (more(TRADES_HEADER), {"bad_time": 1}),
    "a torn row": (more("9000,650"), {"bad_row": 1}),
    "a row of rubbish": (more("\x00\x01\x02,\x7f"), {"bad_row": 1}),
    "a row of another contract": (
        text(
            *(bybit("BTCUSDT", number) for number in range(200)),
            bybit("XYZUSDT", 200),
            header=BYBIT_HEADER,
        ),
        {"unknown_contract": 1},
    ),
}


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    path = tmp_path / "one.toml"
    path.write_text(LAB)
    return path


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_by_its_name_and_leaves_nothing(
    call: Call, lab: Path, tmp_path: Path, name: str
) -> None:
    data, message = REFUSED[name]
    path, out = tmp_path / "BTCUSDT-file", tmp_path / "out"
    path.write_bytes(data)
    result = call("replay", path, "--lab", lab, "--out", out)
    assert result.exit_code == 2
    told = result.output.replace("\n", " ")
    assert re.search(re.escape(f"Error: {path}") + message, told), told
    assert not out.exists() or not list(out.iterdir())


@pytest.mark.parametrize("name", COUNTED)
def test_bad_rows_are_counted_and_no_good_one_is_dropped(
    call: Call, lab: Path, tmp_path: Path, name: str
) -> None:
    data, skipped = COUNTED[name]
    path, out = tmp_path / "BTCUSDT-file", tmp_path / "out"
    path.write_bytes(data)
    result = call("replay", path, "--lab", lab, "--out", out)
    assert result.exit_code == 0, result.output
    for reason, count in skipped.items():
        rows = "row" if count == 1 else "rows"
        assert f"{path}: {count} {rows} skipped as {reason}, first in line 202: found" in (
            result.output
        )
    summary = json.loads((out / "summary.json").read_text())
    (file,) = summary["run"]["files"]
    assert file["skipped"] == skipped
    assert file["rows"] == 200 + sum(skipped.values())
    assert summary["ticks"] == 200
    assert (summary["complete"], summary["ledger_sum"]) == (True, "0")
    assert call("check", out).exit_code == 0
