"""Helps, lists, the schema, the progress, and errors that nobody thought of."""

import errno
import json

import click
import jsonschema  # type: ignore[import-untyped]
import pytest

from engine.cli.main import main
from engine.cli.mistake import Mistake, Stopped, told
from engine.cli.progress import PLAIN_EVERY_S, Progress
from engine.config.find import names
from engine.services.counters import Counters
from tests.cli.conftest import Call


def test_every_command_has_a_help_that_says_what_it_does(call: Call) -> None:
    listed = call("--help").output
    for name, command in main.commands.items():
        assert f"  {name}" in listed
        text = call(name, "--help")
        assert text.exit_code == 0
        assert command.help
        for option in (each for each in command.params if isinstance(each, click.Option)):
            assert option.opts[-1] in text.output


def test_labs_are_listed_by_the_names_that_replay_takes(call: Call) -> None:
    listed = call("labs").output.split()
    assert {"bitmex-2018", "quickstart"} <= set(listed)
    assert listed == names("labs")


def test_the_schema_is_a_schema(call: Call) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(call("schema").output))


def test_an_unknown_command_is_told(call: Call) -> None:
    result = call("rerun")
    assert result.exit_code == 2
    assert "No such command 'rerun'" in result.output


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "a/b"), Mistake, "a/b: No space left"),
        (
            ExceptionGroup("tasks", [ValueError("x"), OSError(errno.EIO, "Input/output error")]),
            Mistake,
            "Input/output error",
        ),
        (ValueError("who would have thought"), Stopped, "a bug in margincall: ValueError"),
    ],
)
def test_an_error_becomes_a_message_and_a_code(
    error: Exception, kind: type[click.ClickException], said: str
) -> None:
    with pytest.raises(kind) as caught, told():
        raise error
    assert said in caught.value.message
    assert caught.value.exit_code == (2 if kind is Mistake else 70)


def test_a_closed_pipe_is_clicks_business() -> None:
    with pytest.raises(BrokenPipeError), told():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


@pytest.mark.parametrize("quiet", [False, True])
def test_without_a_terminal_progress_is_a_plain_line_every_few_seconds(
    capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    now = [0.0]
    counters = Counters(ticks=3_000, events=2, at_us=1_893_456_000_000_000)
    with Progress(counters, total=None, quiet=quiet, clock=lambda: now[0]) as progress:
        for seconds in (1.0, PLAIN_EVERY_S, PLAIN_EVERY_S + 1, 2 * PLAIN_EVERY_S):
            now[0] = seconds
            progress.update()
        assert progress.elapsed_s == 10.0
    lines = capsys.readouterr().err.splitlines()
    if quiet:
        assert lines == []
        return
    assert lines == [
        "2030-01-01 00:00:00.000  3,000 ticks  2 events  0 liquidations  600/s",
        "2030-01-01 00:00:00.000  3,000 ticks  2 events  0 liquidations  300/s",
    ]
