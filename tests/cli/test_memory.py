"""Memory does not grow with the files: ten times the rows of the same fall take as much.

Trades of one contract and quotes of another are merged, the crowd of `quickstart` is liquidated,
and journal, summary and page are written. The files have MARGINCALL_REPLAY_ROWS rows together,
5,000,000 with `make long`, where this takes about five minutes and 300 MB of disk.
"""

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.feeds.making import QUOTES_HEADER, TRADES_HEADER

ROWS = int(os.environ.get("MARGINCALL_REPLAY_ROWS", "150_000"))
SHARE = 10
"""The long files have so many times the rows of the short ones."""
MORE_KIB = 64 * 1024 if ROWS >= 5_000_000 else 16 * 1024
"""What ten times the rows may cost; short files show a small leak only where less is allowed."""
BEGIN_MS, STEP_MS = 1_721_304_000_000, 40
FALL = 0.2


def files_of(rows: int, folder: Path) -> list[str]:
    """Write half of the rows as trades of BTCUSDT, half as quotes of ETHUSDT; a falling market."""
    folder.mkdir()
    dice = random.Random(rows)
    trades, quotes = folder / "BTCUSDT-trades.csv", folder / "ETHUSDT-bookTicker.csv"
    with trades.open("w") as trade, quotes.open("w") as quote:
        trade.write(TRADES_HEADER + "\n")
        quote.write(QUOTES_HEADER + "\n")
        for number in range(rows // 2):
            left = 1 - FALL * 2 * number / rows
            at = BEGIN_MS + number * STEP_MS
            price = int(650_000 * left) + dice.randrange(40)
            side = "true" if dice.random() < 0.5 else "false"
            trade.write(f"{number},{price / 10:.1f},0.0{dice.randrange(10, 99)},650,{at},{side}\n")
            bid = int(340_000 * left) + dice.randrange(9)
            quote.write(f"{number},{bid / 100:.2f},9.5,{(bid + 1) / 100:.2f},7.25,{at},{at}\n")
    return [str(trades), str(quotes)]


def weighed(*arguments: str) -> tuple[str, int]:
    """Call the program in a process of its own: what it printed, and its peak in KiB."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.cli.weighed", *arguments],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, int(done.stderr.splitlines()[-1])


@pytest.fixture(scope="module")
def files() -> Iterator[dict[int, list[str]]]:
    """Tick files by their number of rows; gone afterwards, because they are large."""
    with TemporaryDirectory() as folder:
        yield {rows: files_of(rows, Path(folder) / str(rows)) for rows in (ROWS // SHARE, ROWS)}


def test_a_replay(files: dict[int, list[str]], tmp_path: Path) -> None:
    peaks = []
    for rows, paths in files.items():
        out = str(tmp_path / str(rows))
        printed, peak = weighed("replay", *paths, "--lab", "quickstart", "--out", out, "--json")
        summary = json.loads(printed)
        assert summary["ticks"] == rows
        assert len(summary["liquidations"]) > 50, "a market that nobody notices proves little"
        peaks.append(peak)
    assert peaks[1] - peaks[0] <= MORE_KIB, peaks


def test_a_look_at_a_file(files: dict[int, list[str]]) -> None:
    peaks = []
    for rows, paths in files.items():
        found = []
        for path in paths:
            printed, peak = weighed("inspect", path, "--json")
            found.append(json.loads(printed)["rows"])
            peaks.append(peak)
        assert sum(found) == rows
    assert max(peaks[2:]) - min(peaks[:2]) <= MORE_KIB, peaks
