"""A lab in memory that breaks leaves a log that breaks again, or names a replay that leaves one."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.bus import memory
from engine.cli.main import main
from engine.core.command import Command, PlaceOrder
from engine.core.event import Event
from engine.core.exchange import Exchange

LATE = "crowd-00280"
"""Enters when most of the lab's log is written."""
UP = ("lab", "up", "--lab", "quickstart", "--drain", "--data")

pytestmark = pytest.mark.usefixtures("logging_put_back")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A core that fails on one command, wherever it is applied."""
    apply = Exchange.apply

    def breaks(exchange: Exchange, command: Command) -> tuple[Event, ...]:
        assert not (isinstance(command, PlaceOrder) and command.account == LATE), "overdrawn"
        return apply(exchange, command)

    monkeypatch.setattr(Exchange, "apply", breaks)
    return monkeypatch


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, env={"MARGINCALL_BOOTSTRAP": ""})


def breach_in(result: Result) -> str:
    """Which command broke the venue, and how."""
    assert result.exit_code == 70, result.output
    told = r"Error: stopped at an invariant breach: (command \d+ \(PlaceOrder\): .*?overdrawn)"
    (found,) = re.findall(told, result.output)
    return str(found)


def test_a_short_log_in_memory_is_written_and_breaks_again(
    broken: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    breach = breach_in(call(*UP, str(tmp_path)))
    (repro,) = tmp_path.glob("repro-*")
    assert breach_in(call("check", str(repro))) == breach
    broken.undo()
    assert "the venue no longer breaks" in call("check", str(repro)).output


def test_the_replay_that_is_named_instead_breaks_alike_and_keeps_its_log(
    broken: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken.setattr(memory, "KEPT", 50)
    stopped = call(*UP, str(tmp_path))
    breach = breach_in(stopped)
    assert "cannot be written out: quickstart.log.v1 begins at record" in stopped.output
    assert not list(tmp_path.glob("repro-*"))
    replay = shlex.split(stopped.output.rpartition("keeps its whole log: margincall ")[2])
    assert breach_in(call(*replay)) == breach
    repro = str(tmp_path / "replay" / "repro")
    assert breach_in(call("check", repro)) == breach
    broken.undo()
    assert "the venue no longer breaks" in call("check", repro).output


def test_limits_that_a_replay_cannot_be_given_are_said(
    broken: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken.setattr(memory, "KEPT", 50)
    stopped = call(*UP, str(tmp_path), "--open-orders", "9")
    assert "whole log with these limits in the lab's file: margincall" in stopped.output
