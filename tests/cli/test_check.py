"""`margincall check`: agreement, the first difference, and every damage to a run's folder."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Shown


def test_a_finished_run_agrees(call: Call, shown: Shown) -> None:
    result = call("check", shown.folder)
    summary = json.loads((shown.folder / "summary.json").read_text())
    assert result.exit_code == 0
    assert f"{summary['events']:,} events agree byte for byte" in result.output
    assert summary["event_hash"] in result.output
    assert summary["state_hash"] in result.output


def test_a_run_can_be_moved_with_its_folder(call: Call, demo: Path) -> None:
    assert call("check", demo.rename(demo.with_name("moved"))).exit_code == 0


def test_a_changed_event_is_the_first_difference(call: Call, demo: Path) -> None:
    path = demo / "events.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[99] = lines[99].replace(b'"seq":100', b'"seq":101')
    path.write_bytes(b"".join(lines))
    result = call("check", demo)
    assert result.exit_code == 1
    assert "event 100 differs" in result.output
    assert '"seq":101' in result.output


@pytest.mark.parametrize("key", ["events", "event_hash", "state_hash"])
def test_a_changed_summary_is_a_disagreement(call: Call, demo: Path, key: str) -> None:
    path = demo / "summary.json"
    summary = json.loads(path.read_text())
    summary[key] = 1 if key == "events" else "0" * 64
    path.write_text(json.dumps(summary))
    result = call("check", demo)
    assert result.exit_code == 1
    assert f"{key} differs" in result.output


def cut_off(folder: Path) -> None:
    path = folder / "events.jsonl"
    path.write_bytes(path.read_bytes()[:-5])


def lose_events(folder: Path) -> None:
    (folder / "events.jsonl").unlink()


def lose_summary(folder: Path) -> None:
    (folder / "summary.json").unlink()


def spoil_summary(folder: Path) -> None:
    (folder / "summary.json").write_text("{}")


def lose_ticks(folder: Path) -> None:
    next((folder / "ticks").iterdir()).unlink()


def change_ticks(folder: Path) -> None:
    path = next((folder / "ticks").iterdir())
    path.write_bytes(path.read_bytes().replace(b"1", b"2", 1))


def change_configuration(folder: Path) -> None:
    path = folder / "commands.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"seed":', b'"side":', 1))


def lose_folder(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_off, "the last line is torn"),
        (lose_events, "expected the folder of a finished run"),
        (lose_summary, "the run was not finished"),
        (spoil_summary, "is not a summary of this version"),
        (lose_ticks, "-trades-"),
        (change_ticks, "found sha256"),
        (change_configuration, "the configuration in the log is not one of this version"),
        (lose_folder, "there is no such folder"),
    ],
)
def test_a_damaged_run_is_told_as_what_it_is(
    call: Call, demo: Path, damage: "object", said: str
) -> None:
    assert callable(damage)
    damage(demo)
    result = call("check", demo)
    assert result.exit_code == 2
    assert said in result.output
    assert str(demo.name) in result.output
