"""`margincall demo`: what it prints, what it writes, and what it may replace."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Shown


def test_it_shows_the_trader_twice_the_cascade_who_paid_and_the_files(shown: Shown) -> None:
    told = shown.result.output
    for text in (
        "The same trades, the same ticks",
        "all: paid in, left",
        "The cascade",
        "set off",
        "Who paid",
        "all ledger accounts add up to 0",
        str(shown.folder / "report.html"),
    ):
        assert text in told.replace("\n", "") or text in told


def test_it_writes_the_files_of_a_run(shown: Shown) -> None:
    assert sorted(path.name for path in shown.folder.iterdir()) == [
        "commands.jsonl",
        "events.jsonl",
        "report.html",
        "summary.json",
        "ticks",
    ]
    first, *_, last = (shown.folder / "events.jsonl").read_text().splitlines()
    summary = json.loads((shown.folder / "summary.json").read_text())
    assert json.loads(first)["seq"] == 1
    assert json.loads(last)["seq"] == summary["last_seq"] == summary["events"]
    assert json.loads(last)["h"] == summary["event_hash"]


def test_its_summary_counts_the_records_of_its_log(shown: Shown) -> None:
    summary = json.loads((shown.folder / "summary.json").read_text())
    commands = ticks = 0
    for line in (shown.folder / "commands.jsonl").read_text().splitlines()[1:]:
        record = json.loads(line)
        if record["type"] == "Note":
            continue
        count = record["last"] - record["first"] + 1 if record["type"] == "Ticks" else 1
        commands += count
        ticks += count if record["type"] == "Ticks" else 0
    files = summary["run"]["files"]
    assert (summary["commands"], summary["ticks"]) == (commands, ticks)
    assert ticks == sum(file["rows"] - sum(file["skipped"].values()) for file in files)
    assert [file["contract"] for file in files] == ["BTCUSDT", "ETHUSDT", "SOLUSDT"]
    assert (summary["complete"], summary["ledger_sum"]) == (True, "0")


def test_every_stage_of_the_waterfall_paid(shown: Shown) -> None:
    paid = json.loads((shown.folder / "summary.json").read_text())["waterfall"]
    assert all(Decimal(paid[name]) > 0 for name in ("insurance_fund", "adl", "socialized"))


def test_a_quiet_one_replaces_its_own_and_is_the_same_but_for_the_clock(
    call: Call, demo: Path
) -> None:
    before = {path.name: path.read_bytes() for path in demo.iterdir() if path.is_file()}
    (demo / "mine.txt").write_text("kept")
    result = call("demo", "--out", demo, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    for name in ("commands.jsonl", "events.jsonl"):
        assert (demo / name).read_bytes() == before[name]
    old, new = json.loads(before["summary.json"]), json.loads((demo / "summary.json").read_text())
    for summary in (old, new):
        summary.pop("elapsed_s")
        for file in summary["run"]["files"]:
            file.pop("path")
    assert old == new
    assert (demo / "mine.txt").read_text() == "kept"


@pytest.mark.parametrize("name", ["summary.json", "commands.jsonl"])
def test_it_does_not_replace_what_is_not_its_own(call: Call, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("somebody's")
    result = call("demo", "--out", tmp_path)
    assert result.exit_code == 2
    assert "holds a run that is not the demo's" in result.output
    assert (tmp_path / name).read_text() == "somebody's"
