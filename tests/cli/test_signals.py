"""SIGTERM and SIGINT, as often and whenever they come, end what serves with 0 and no traceback."""

import os
import random
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest
from click.testing import CliRunner

from engine.cli.main import main
from engine.services.signals import program
from tests.kafka.lab import PROGRAM

Process = subprocess.Popen[bytes]
NUMBERS = (signal.SIGINT, signal.SIGTERM)
WHOLE_S = 1.0
"""About as long as the lab takes from its ticks to its end."""


@contextmanager
def started(*arguments: str, told: Path) -> Iterator[Process]:
    """A command that runs, and is killed in the end."""
    environment = {**os.environ, "MARGINCALL_BOOTSTRAP": ""}
    with told.open("wb") as log:
        process = subprocess.Popen([*PROGRAM, *arguments], stderr=log, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def signalled(process: Process, dice: random.Random) -> int:
    """Send signals until the process has ended; its exit code, which is there in time."""
    begun = monotonic()
    while process.poll() is None:
        process.send_signal(dice.choice(NUMBERS))
        waited(process, dice.uniform(0, 0.01))
        assert monotonic() - begun < 5
    return process.returncode


def waited(process: Process, seconds: float) -> None:
    """Let a process go on, or end."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def lab_up(folder: Path) -> tuple[str, ...]:
    """The arguments of a lab in memory that ends by itself."""
    return "lab", "up", "--lab", "quickstart", "--drain", "--data", str(folder)


@pytest.mark.parametrize("seed", range(5))
def test_a_lab_ends_well_whenever_it_is_told_to(seed: int, tmp_path: Path) -> None:
    dice, folder, told = random.Random(seed), tmp_path / "data", tmp_path / "told"
    with started(*lab_up(folder), told=told) as process:
        while not folder.exists():  # from there on it makes its ticks
            assert process.poll() is None, told.read_text()
        waited(process, 0 if seed == 0 else dice.uniform(0, WHOLE_S))
        assert signalled(process, dice) == 0, told.read_text()
    assert "Traceback" not in told.read_text()


def test_a_lab_that_ends_by_itself_does_not_mind_a_signal(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with started(*lab_up(tmp_path), told=told) as process:
        while b'"wrote a snapshot"' not in told.read_bytes():  # it does so when it ends
            assert process.poll() is None, told.read_text()
        assert signalled(process, random.Random(1)) == 0, told.read_text()
    assert "Traceback" not in told.read_text()
    assert list(tmp_path.glob("*.snapshot"))


def test_a_service_ends_well_while_it_waits_for_its_broker(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        engine = ("engine", "--name", "x", "--data", str(tmp_path), "--bootstrap", address)
        with started(*engine, told=told) as process:
            connection, _ = silent.accept()
            with connection:
                assert signalled(process, random.Random(1)) == 0, told.read_text()
    assert "Traceback" not in told.read_text()


def test_a_command_within_a_process_leaves_its_handlers_alone(tmp_path: Path) -> None:
    before = [signal.getsignal(number) for number in NUMBERS]
    done = CliRunner().invoke(main, lab_up(tmp_path), env={"MARGINCALL_BOOTSTRAP": ""})
    assert done.exit_code == 0, done.output
    assert [signal.getsignal(number) for number in NUMBERS] == before


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_before_anything_runs_ends_the_program_and_only_the_first_counts(
    number: signal.Signals,
) -> None:
    before = signal.getsignal(number)
    with program(is_last=False) as begun:
        with pytest.raises(SystemExit, match="0"):
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)

        async def nothing() -> None:
            """Run all the same: the signal was heard by whoever was ended."""

        with pytest.raises(SystemExit, match="0"):
            begun.run(nothing)
    assert signal.getsignal(number) is before
