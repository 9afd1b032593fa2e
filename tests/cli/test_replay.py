"""`margincall replay`: real files through a lab, and every mistake a user can make."""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from engine.core import invariants
from tests.cli.conftest import Call, Shown
from tests.feeds.making import NOON_MS, QUOTES_HEADER

PROGRAM = [sys.executable, "-c", "from engine.cli.main import main; main()"]
HEADER = "id,price,qty,quote_qty,time,is_buyer_maker\n"


@pytest.fixture
def ticks(tmp_path: Path) -> Path:
    """A small file of trades, as Binance Vision has them."""
    path = tmp_path / "BTCUSDT-trades-2030-01-01.csv"
    rows = (f"{at},65000.{at % 10},0.01,650,{1_893_456_000_000 + at},true\n" for at in range(3_000))
    path.write_text(HEADER + "".join(rows))
    return path


def test_a_file_is_replayed_and_agrees_with_its_rerun(
    call: Call, ticks: Path, tmp_path: Path
) -> None:
    out = tmp_path / "deep" / "run"
    result = call("replay", ticks, "--lab", "quickstart", "--out", out)
    assert result.exit_code == 0
    assert "3,000 ticks" in result.output
    assert call("check", out).exit_code == 0


def test_its_summary_as_json_is_all_it_prints(call: Call, ticks: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    result = call("replay", f"BTCUSDT={ticks}", "--lab", "quickstart", "--out", out, "--json")
    assert result.exit_code == 0
    schema = json.loads(call("schema").output)
    jsonschema.validate(json.loads(result.output), schema)
    assert result.output == (out / "summary.json").read_text()
    assert json.loads(result.output)["run"]["files"][0]["path"] == str(ticks)


def test_a_market_that_would_stand_still_is_noted(call: Call, ticks: Path, tmp_path: Path) -> None:
    """Quotes move no last price: where that is the mark, and no file has trades."""
    quotes = tmp_path / "BTCUSDT-bookTicker.csv"
    quotes.write_text(f"{QUOTES_HEADER}\n1,64999.9,1,65000.1,1,{NOON_MS},{NOON_MS}\n")
    lab = tmp_path / "lab.toml"
    for mark in ("last", "median"):
        lab.write_text(
            f'venue = "textbook"\nseed = 1\nfund = "1"\nrules.mark = "{mark}"\n'
            "[contracts.BTCUSDT]\n"
        )
        for files in ((quotes,), (quotes, ticks)):
            told = call("replay", *files, "--lab", lab, "--out", tmp_path / "out", "--force")
            assert told.exit_code == 0, told.output
            is_still = mark == "last" and files == (quotes,)
            assert ("no file holds trades" in told.output) is is_still
            told = call(
                *("replay", *files, "--lab", lab, "--out", tmp_path / "out", "--force", "--quiet")
            )
            assert told.output == ""


def test_two_runs_of_a_file_have_equal_logs(call: Call, ticks: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        out = tmp_path / name
        assert call("replay", ticks, "--lab", "quickstart", "--out", out).exit_code == 0
    for name in ("commands.jsonl", "events.jsonl"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_run_is_not_replaced_without_being_told_to(call: Call, ticks: Path, demo: Path) -> None:
    before = (demo / "summary.json").read_bytes()
    arguments = ("replay", ticks, "--lab", "quickstart", "--out", demo)
    refused = call(*arguments)
    assert refused.exit_code == 2
    assert "holds a run already; name another, or use --force" in refused.output
    assert (demo / "summary.json").read_bytes() == before
    assert call(*arguments, "--force", "--quiet").exit_code == 0
    assert len(list((demo / "ticks").iterdir())) == 3
    assert call("check", demo).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["{ticks}", "--lab", "quickstrat"], "there is no lab of that name; there are: article, "),
        (["{ticks}", "--lab", "{out}/none.toml"], "there is no such file"),
        (["{out}/none.csv", "--lab", "quickstart"], "none.csv"),
        (["XRPUSDT={ticks}", "--lab", "quickstart"], "the lab has no contract XRPUSDT"),
        (["{ticks}", "--lab", "quickstart", "--format", "nonsense"], "nonsense"),
        (["{ticks}", "--lab", "quickstart", "--pace", "fast"], "--pace: found 'fast'"),
        (["{ticks}"], "Missing option '--lab'"),
        (["--lab", "bitmex-2018"], "makes no ticks of its own; name one or more tick files"),
    ],
)
def test_a_wrong_argument_is_told_and_leaves_no_run(
    call: Call, ticks: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    out = tmp_path / "run"
    filled = [each.format(ticks=ticks, out=tmp_path) for each in arguments]
    result = call("replay", *filled, "--out", out)
    assert result.exit_code == 2
    assert said in result.output
    assert not (out / "commands.jsonl").exists()


def test_files_inside_the_output_are_read_and_stay(call: Call, ticks: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    (out / "ticks").mkdir(parents=True)
    inside = ticks.rename(out / "ticks" / ticks.name)
    for more in ((), ("--force",)):
        result = call("replay", inside, "--lab", "quickstart", "--out", out, *more)
        assert result.exit_code == 0
        assert inside.exists()
    assert call("check", out.rename(tmp_path / "moved")).exit_code == 0


def test_a_lab_that_makes_its_own_ticks_needs_no_file(
    call: Call, demo: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    result = call("replay", "--lab", "quickstart", "--out", out)
    assert result.exit_code == 0
    assert (out / "events.jsonl").read_bytes() == (demo / "events.jsonl").read_bytes()
    assert call("check", out.rename(tmp_path / "moved")).exit_code == 0


def test_a_file_that_breaks_off_leaves_no_run(call: Call, ticks: Path, tmp_path: Path) -> None:
    ticks.write_text(HEADER + "1,not,a,tick,at,all\n" * 50)
    out = tmp_path / "run"
    result = call("replay", ticks, "--lab", "quickstart", "--out", out)
    assert result.exit_code == 2
    assert str(ticks) in result.output
    assert list(out.iterdir()) == []


def test_an_output_that_is_a_file_is_told(call: Call, ticks: Path, tmp_path: Path) -> None:
    for out in (ticks, ticks / "below"):
        result = call("replay", ticks, "--lab", "quickstart", "--out", out)
        assert result.exit_code == 2
        assert f"--out {out}: " in result.output


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


def test_a_disk_that_takes_no_more_is_told(ticks: Path, tmp_path: Path) -> None:
    arguments = ["replay", str(ticks), "--lab", "quickstart", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, check=False, preexec_fn=limited
    )
    assert done.returncode == 2
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_that_can_be_checked(
    call: Call, shown: Shown, tmp_path: Path, number: signal.Signals
) -> None:
    files = sorted(str(path) for path in (shown.folder / "ticks").iterdir())
    out = tmp_path / "run"
    process = subprocess.Popen(
        [*PROGRAM, "replay", *files, "--lab", "quickstart", "--out", str(out), "--pace", "20x"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    events = out / "events.jsonl"
    wait_for(lambda: events.exists() and events.stat().st_size > 0, process)
    process.send_signal(number)
    told, errors = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in errors) == (0, False)
    assert "stopped by a signal" in told
    summary = json.loads((out / "summary.json").read_text())
    assert summary["complete"] is False
    assert 0 < summary["ticks"] < 50_000
    assert call("check", out).exit_code == 0


def wait_for(condition: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Wait until it is so or the process has ended; the test's own timeout bounds it."""
    while not condition() and process.poll() is None:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.05)


def test_a_breach_stops_with_a_repro_that_check_reruns(
    call: Call, ticks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise AssertionError("the fund can be emptied, never overdrawn")

    out = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(invariants, "check", broken)
        result = call("replay", ticks, "--lab", "quickstart", "--out", out)
        assert result.exit_code == 70
        assert "the fund can be emptied, never overdrawn" in result.output
        assert str(out / "repro") in result.output
        again = call("check", out / "repro")
        assert again.exit_code == 70
    assert "the fund can be emptied" in (out / "repro" / "breach.txt").read_text()
    mended = call("check", out / "repro")
    assert mended.exit_code == 1
    assert "the venue no longer breaks" in mended.output
