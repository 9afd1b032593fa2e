"""Scenes are played, judged and told: folders, exit codes, tables, JSON, a page."""

import json
from pathlib import Path

import msgspec
import pytest

from engine.scenes.outcome import BillOutcome
from tests.scenes.conftest import Call
from tests.scenes.small import SCENE

BILL = 'title = "Two"\nabout = "Of two."\nscenes = ["fall.toml", "again.toml"]\n'


@pytest.fixture
def two(tmp_path: Path) -> Path:
    for name in ("fall", "again"):
        (tmp_path / f"{name}.toml").write_text(SCENE)
    (tmp_path / "two.toml").write_text(BILL)
    return tmp_path / "two.toml"


def test_a_scene_has_a_folder_with_a_comparison_and_a_run_for_each_mode(
    call: Call, two: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = call("replay", "--lab", two, "--out", out)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in out.iterdir()) == [
        *("again", "fall", "index.html", "scenes.json"),
    ]
    for mode in ("isolated", "cross"):
        assert call("check", out / "fall" / mode).exit_code == 0
        summary = json.loads((out / "fall" / mode / "summary.json").read_text())
        assert summary["watched"][0]["mode"] == mode
        hashes = outcome_of(out).scenes[0].hashes
        assert hashes[mode] == summary["event_hash"]
    compared = json.loads((out / "fall" / "compare.json").read_text())
    assert [side["name"] for side in compared["sides"]] == ["isolated", "cross"]


def outcome_of(out: Path) -> BillOutcome:
    return msgspec.json.decode((out / "scenes.json").read_bytes(), type=BillOutcome)


def test_the_table_shows_what_the_scene_asks_for_and_no_more(call: Call, two: Path) -> None:
    result = call("compare", two)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    begin = lines.index("fall: A fall")
    assert lines[begin + 1] == "Claim: It is liquidated."
    cells = [line.split() for line in lines[begin + 2 :]]
    assert cells[0] == ["isolated", "cross"]
    assert cells[1][-4:-2] == ["way", "equity"]
    assert cells[2] == ["trader,", "BTCUSDT", "ended", "liquidated", "open"]
    assert [row[:2] for row in cells[3:6]] == [
        ["trader", "final"],
        ["margin", "calls"],
        ["all", "accounts"],
    ]
    assert cells[5][-2:] == ["1", "0"]
    assert "trader, isolated, day by day" in lines
    assert "  true: trader, final equity, cross, is more than isolated" in lines
    assert lines[-1] == "2 of 2 scenes came out as they expect"


def test_what_does_not_come_true_is_said_and_is_exit_code_1(
    call: Call, two: Path, tmp_path: Path
) -> None:
    wrong = SCENE.replace('is = "liquidated"', 'is = "open"')
    (tmp_path / "fall.toml").write_text(wrong)
    for arguments in (["replay", "--lab", two, "--out", tmp_path / "out"], ["compare", two]):
        result = call(*arguments)
        assert result.exit_code == 1
        assert (
            "fall: does not come true: trader, BTCUSDT, ended, isolated, is open; found: liquidated"
        ) in result.stderr.splitlines()
        assert "1 of 2 scenes came out as they expect" in result.stdout
        assert "NOT TRUE, found liquidated: trader, BTCUSDT, ended, isolated" in result.stdout
    told = json.loads(call("compare", two, "--json").stdout)
    assert (told["holds"], told["scenes"][0]["holds"]) == (False, False)
    quiet = call("compare", two, "--quiet")
    assert (quiet.exit_code, quiet.stdout) == (1, "")
    assert "does not come true" in quiet.stderr


def test_programs_get_the_same_as_the_file(call: Call, two: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = call("replay", "--lab", two, "--out", out, "--json")
    assert result.stdout.encode() == (out / "scenes.json").read_bytes()
    again = call("compare", two, "--json", "--out", tmp_path / "looked")
    assert again.stdout == result.stdout
    names = sorted(path.name for path in (tmp_path / "looked" / "fall").iterdir())
    assert names == ["compare.html", "compare.json", "compare.svg"]


def test_one_scene_alone_is_a_lab_of_one(call: Call, two: Path, tmp_path: Path) -> None:
    result = call("replay", "--lab", two.parent / "fall.toml", "--out", tmp_path / "out")
    assert result.exit_code == 0
    assert "1 of 1 scenes" in result.output
    compared = call("compare", two.parent / "fall.toml", "--json")
    assert json.loads(compared.stdout)["lab"] == "fall"
    assert "sides" in json.loads(compared.stdout)


def test_scenes_are_replaced_only_where_that_is_asked_for(
    call: Call, two: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert call("replay", "--lab", two, "--out", out, "--quiet").output == ""
    (out / "fall" / "mine.txt").write_text("kept")
    before = (out / "scenes.json").read_bytes()
    refused = call("replay", "--lab", two, "--out", out)
    assert refused.exit_code == 2
    assert "holds scenes already; name another, or use --force" in refused.output
    assert call("replay", "--lab", two, "--out", out, "--force", "--quiet").exit_code == 0
    assert (out / "scenes.json").read_bytes() == before
    assert (out / "fall" / "mine.txt").read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay", "ticks.csv", "--out", "out", "--lab"], "which make their own ticks"),
        (["replay", "--pace", "10x", "--out", "out", "--lab"], "--format or --pace"),
        (["compare", "--modes", "cross"], "several scenes, each with ticks and modes of its own"),
        (["compare", "--venues", "binance"], "or give the path of one scene"),
    ],
)
def test_what_makes_no_sense_with_scenes_is_told(
    call: Call, two: Path, arguments: list[str], said: str
) -> None:
    result = call(*arguments, two)
    assert result.exit_code == 2
    assert said in result.output
