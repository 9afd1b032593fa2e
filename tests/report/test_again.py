"""`margincall report`: the same page from the log alone, or what is wrong with the log."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Shown, call, demo, shown

__all__ = ["call", "demo", "shown"]


def test_the_page_is_the_same_from_the_log_alone(call: Call, shown: Shown, tmp_path: Path) -> None:
    for name in ("commands.jsonl", "events.jsonl"):
        shutil.copy2(shown.folder / name, tmp_path / name)
    result = call("report", tmp_path)
    assert (result.exit_code, result.output) == (0, f"Written: {tmp_path / 'report.html'}\n")
    written = (shown.folder / "report.html").read_bytes()
    assert (tmp_path / "report.html").read_bytes() == written
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "commands.jsonl",
        "events.jsonl",
        "report.html",
    ]


def test_what_it_shows_is_told_to_programs_too(call: Call, shown: Shown) -> None:
    told = json.loads(call("report", shown.folder, "--json").output)
    summary = json.loads((shown.folder / "summary.json").read_text())
    assert {row["name"]: row["paid"] for row in told["paid"]} | {"loss": told["loss"]} == (
        summary["waterfall"]
    )
    assert told["event_hash"] == summary["event_hash"]
    assert told["watched"] == summary["watched"]
    assert [file["rows"] for file in told["files"]] == [
        file["rows"] for file in summary["run"]["files"]
    ]


def test_a_rerun_passes_over_the_notes(call: Call, shown: Shown) -> None:
    records = (shown.folder / "commands.jsonl").read_text().splitlines()
    kinds = [json.loads(record)["type"] for record in records]
    assert kinds.count("Note") == 3 + 2 + 1
    assert set(kinds[-6:]) == {"Note"}
    assert call("check", shown.folder).exit_code == 0


def edit(name: str, change: Callable[[list[bytes]], None]) -> Callable[[Path], None]:
    def edited(folder: Path) -> None:
        lines = (folder / name).read_bytes().splitlines(keepends=True)
        change(lines)
        (folder / name).write_bytes(b"".join(lines))

    return edited


def change_amount(lines: list[bytes]) -> None:
    lines[40] = re.sub(rb'"at_us":(\d+)', rb'"at_us":1\1', lines[40])


def spoil_event(lines: list[bytes]) -> None:
    lines[40] = b'{"type":"Rumour"}\n'


def lose_end(lines: list[bytes]) -> None:
    lines.pop()


def tear(lines: list[bytes]) -> None:
    lines[-1] = lines[-1][:-9]


def spoil_note(lines: list[bytes]) -> None:
    lines[-1] = b'{"type":"Note","data":{"type":"Closing"}}\n'


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("events.jsonl", change_amount, "events.jsonl:41: its hash is not that of the events"),
        ("events.jsonl", spoil_event, "events.jsonl:41: is no event of a log"),
        ("events.jsonl", lose_end, "events.jsonl: ends at the hash"),
        ("events.jsonl", tear, "the last line is torn"),
        ("commands.jsonl", lose_end, "commands.jsonl: has no end"),
        ("commands.jsonl", tear, "the last line is torn"),
        ("commands.jsonl", spoil_note, "holds a note that is none of this version"),
    ],
)
def test_a_damaged_log_is_refused_and_the_page_stays(
    call: Call, demo: Path, name: str, change: Callable[[list[bytes]], None], told: str
) -> None:
    before = (demo / "report.html").read_bytes()
    edit(name, change)(demo)
    result = call("report", demo)
    assert result.exit_code == 2
    assert told in result.output.replace("\n", "")
    assert (demo / "report.html").read_bytes() == before


def test_a_folder_that_is_not_there_is_a_mistake(call: Call, tmp_path: Path) -> None:
    result = call("report", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "there is no such folder" in result.output
