"""How long a run will take is guessed from its files, and said in a terminal and without one."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cli.expected import SAMPLE, rows_expected
from engine.cli.progress import PLAIN_EVERY_S, TOLD_AFTER_S, Progress
from engine.services.counters import Counters
from tests.cli.conftest import Call, Shown

ROWS = "".join(f"{1_700_000_000_000 + at},43210.{at % 10},0.01{at % 10}\n" for at in range(60_000))


def plain(path: Path) -> None:
    path.write_text(ROWS)


def packed(path: Path) -> None:
    path.write_bytes(gzip.compress(ROWS.encode()))


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("day.csv", ROWS)


@pytest.mark.parametrize("write", [plain, packed, zipped])
def test_rows_are_guessed_to_a_percent(write: Callable[[Path], None], tmp_path: Path) -> None:
    assert len(ROWS) > 4 * SAMPLE
    write(tmp_path / "ticks")
    guess = rows_expected([str(tmp_path / "ticks")] * 2)
    assert guess is not None
    assert abs(guess - 2 * 60_000) < 1_200


@pytest.mark.parametrize(
    "content",
    [b"", b"PAR1\0\0\0", b"\x1f\x8b cut off", b"PK\x03\x04 no archive", b"one line without an end"],
)
def test_a_file_that_does_not_say_leaves_the_whole_open(content: bytes, tmp_path: Path) -> None:
    plain(tmp_path / "good")
    (tmp_path / "other").write_bytes(content)
    assert rows_expected([str(tmp_path / "good"), str(tmp_path / "other")]) is None
    assert rows_expected([str(tmp_path / "missing")]) is None


@pytest.mark.parametrize(
    ("read", "seconds", "end"),
    [
        (250, PLAIN_EVERY_S, "  25 %  15 s left"),
        (10, 10.0, "  1 %  16:30 min left"),
        (1_000, 6.0, "  100 %  1 s left"),
        (0, 6.0, "/s"),
        (1_001, 6.0, "/s"),
    ],
)
def test_what_is_left_is_told_at_the_rate_so_far(
    capsys: pytest.CaptureFixture[str], read: int, seconds: float, end: str
) -> None:
    now = [0.0]
    with Progress(
        Counters(), total=1_000, quiet=False, read=lambda: read, clock=lambda: now[0]
    ) as progress:
        now[0] = seconds
        progress.update()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(end)


def test_a_terminal_gets_a_bar_that_is_gone_in_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    now = [0.0]
    counters = Counters(ticks=12_345_678, liquidations=5_000, at_us=1_893_456_000_000_000)
    with Progress(counters, total=2**25, quiet=False, clock=lambda: now[0]) as progress:
        now[0] = TOLD_AFTER_S / 2
        progress.update()
        now[0] = 100.0
        progress.update()
    told = capsys.readouterr().err
    assert "12,345,678 ticks  5,000 liquidations  123,456/s  36 %  2:52 min left" in told
    assert told.rstrip("\x1b[?25h").endswith(("\x1b[2K", "\x1b[1A"))


# --- what programs read ------------------------------------------------------------------------
def test_a_demo_for_programs_is_its_summary_and_nothing_else(call: Call, tmp_path: Path) -> None:
    result = call("demo", "--out", tmp_path / "demo", "--json")
    assert json.loads(result.stdout) == json.loads((tmp_path / "demo/summary.json").read_text())


def test_a_check_for_programs(call: Call, shown: Shown, demo: Path) -> None:
    agreed = json.loads(call("check", shown.folder, "--json").output)
    assert agreed["agrees"] is True
    path = demo / "summary.json"
    path.write_text(path.read_text().replace('"events": ', '"events": 1'))
    result = call("check", demo, "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["agrees"] is False


def test_the_labs_for_programs(call: Call) -> None:
    assert "quickstart" in json.loads(call("labs", "--json").output)


def test_without_a_terminal_no_line_is_broken_or_ruled(shown: Shown) -> None:
    told = shown.result.output
    assert not set("━─┃│┏┓┗┛") & set(told.split("The cascade")[0] + told.split("Who paid")[1])
    whale = next(line for line in told.splitlines() if "whale (cross)" in line)
    assert whale.rstrip().endswith("outside 3,429.0729")


def test_numbers_of_a_column_have_their_points_below_each_other(shown: Shown) -> None:
    lines = shown.result.output.split("Who paid")[1].splitlines()
    paid = [line for line in lines if line.startswith(("own margin", "insurance", "assignment"))]
    last_digits = {line.index(".") for line in paid if "assignment" not in line}
    assert len(paid) == 3
    assert len(last_digits) == 1
    (nothing,) = (line for line in paid if "assignment" in line)
    assert nothing.index(" 0 ") + 2 == last_digits.pop()
