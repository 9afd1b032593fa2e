"""Disks that are full or read-only: the engine serves on, says so, and loads no half."""

import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.services.meters import Meters
from engine.services.snapshots import Snapshot, Snapshots, parse
from tests.services.stage import Stage, tick

ROOM = 64 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of `ROOM` bytes."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system; run this test as root")
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ("mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(folder))
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"this machine mounts no tmpfs: {done.stderr.strip()}")
    yield folder
    subprocess.run(("umount", str(folder)), check=True)


def read_only(disk: Path, *, on: bool) -> None:
    """Let nothing be written there, or again."""
    mode = "remount,ro" if on else "remount,rw"
    subprocess.run(("mount", "-o", mode, str(disk)), check=True)


async def traded(stage: Stage, number: int) -> None:
    await stage.ticks(tick(1_000 * number + 1))
    await stage.buy("alice", f"a{number}")
    await stage.sequence()


async def begun(disk: Path) -> Stage:
    """A lab with one snapshot on the disk."""
    stage = Stage(disk)
    await stage.deposit("alice")
    await traded(stage, 1)
    await stage.apply()
    assert len(whole(disk)) == 1
    return stage


def whole(disk: Path) -> list[Path]:
    """The snapshots of a folder, every one of which is whole."""
    paths = sorted(disk.glob("*.snapshot"))
    for path in paths:
        parse(path.read_bytes())
    return paths


def counted(meters: Meters, name: str) -> float:
    value = meters.registry.get_sample_value(f"margincall_{name}")
    assert value is not None
    return value


async def assert_serves_on(stage: Stage, disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    before = whole(disk)
    with caplog.at_level(logging.ERROR, "margincall.engine"):
        await traded(stage, 2)
        meters = await stage.apply()
    assert counted(meters, "snapshot_failures_total") >= 1
    assert counted(meters, "snapshots_total") == 0
    assert "no snapshot could be written" in caplog.text
    assert whole(disk) == before
    assert (await stage.verdict()).difference == ""


async def assert_keeps_one_again(stage: Stage, disk: Path) -> None:
    await traded(stage, 3)
    meters = await stage.apply()
    assert counted(meters, "snapshots_total") >= 1
    assert counted(meters, "snapshot_failures_total") == 0
    assert len(whole(disk)) == 2
    verdict = await stage.verdict()
    assert (verdict.difference, verdict.repeated) == ("", 0)


async def test_a_disk_that_is_full_costs_snapshots_and_nothing_else(
    disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stage = await begun(disk)
    ballast = disk / "ballast"
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    ballast.write_bytes(b"\0" * free)
    await assert_serves_on(stage, disk, caplog)
    ballast.unlink()
    await assert_keeps_one_again(stage, disk)


def test_a_snapshot_that_fits_only_in_part_leaves_nothing(disk: Path) -> None:
    snapshots = Snapshots(disk)
    small = Snapshot(
        run="r",
        version="1",
        offset=5,
        seq=3,
        hash="0" * 64,
        commands=4,
        marks={},
        state=msgspec.Raw(b"{}"),
    )
    snapshots.write(small)
    marks = {f"source {number}": number for number in range(10_000)}
    with pytest.raises(OSError, match="No space left"):
        snapshots.write(msgspec.structs.replace(small, offset=6, marks=marks))
    assert [path.name for path in disk.iterdir()] == [whole(disk)[0].name]
    assert next(snapshots.newest_first()) == small
    assert snapshots.rejected == []


async def test_a_folder_that_is_read_only_is_served_from(
    disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stage = await begun(disk)
    read_only(disk, on=True)
    with Snapshots(disk).held():
        await assert_serves_on(stage, disk, caplog)
    read_only(disk, on=False)
    with Snapshots(disk).held():
        await assert_keeps_one_again(stage, disk)
