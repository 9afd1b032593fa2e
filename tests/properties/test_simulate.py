"""What a failure of the fuzz prints is enough to see it again, and to see less of it."""

import re

import pytest

from tests.support import simulate
from tests.support.bugs import BUGS
from tests.support.simulate import Broken, failure_of, is_swarm, shrink
from tests.support.swarm import commands

SEEDS = range(20_000, 20_060)
STEPS = 300


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> str:
    """The line of a failure, with a bug in the engine that causes it."""
    bug = BUGS["an account is looked at too late"]
    monkeypatch.setattr(f"engine.core.{bug.target}", bug.wrong)
    for seed in SEEDS:
        try:
            simulate.simulate(seed, STEPS)
        except Broken as failure:
            return str(failure)
    raise AssertionError("the bug was not found")


def seed_and_steps(line: str) -> tuple[int, int]:
    found = re.match(r"python -m tests\.support\.simulate --seed (\d+) --steps (\d+)  # ", line)
    assert found is not None, line
    return int(found[1]), int(found[2])


def test_a_failure_is_one_line_that_reproduces_it_with_its_last_command(broken: str) -> None:
    assert "\n" not in broken
    seed, steps = seed_and_steps(broken)
    with pytest.raises(Broken) as again:
        simulate.simulate(seed, steps)
    assert str(again.value) == broken
    simulate.simulate(seed, steps - 1)


def test_the_command_line_prints_that_line_and_fails(
    broken: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, steps = seed_and_steps(broken)
    monkeypatch.setattr("sys.argv", ["simulate", "--seed", f"{seed}", "--steps", f"{steps}"])
    assert simulate.main() == 1
    assert capsys.readouterr().out == f"{broken}\n"


def test_what_is_not_needed_for_a_failure_is_dropped(broken: str) -> None:
    seed, steps = seed_and_steps(broken)
    venue, stream = commands(seed, steps, is_swarm(seed))
    whole = list(stream)
    kind = failure_of(venue, whole, naive=False)
    assert kind
    left = shrink(whole, lambda some: failure_of(venue, some, naive=False) == kind)
    assert len(left) < len(whole) // 2
    assert failure_of(venue, left, naive=False) == kind
    for number in range(len(left)):
        fewer = [*left[:number], *left[number + 1 :]]
        assert failure_of(venue, fewer, naive=False) != kind


def test_fewer_commands_are_the_first_of_more() -> None:
    """So a failure is seen again when the run ends with it."""
    for seed in SEEDS[:20]:
        whole = list(commands(seed, STEPS, is_swarm(seed))[1])
        for steps in (50, 131, 299):
            assert list(commands(seed, steps, is_swarm(seed))[1]) == whole[:steps]


def test_a_healthy_run_prints_its_hashes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["simulate", "--seed", "7", "--steps", "50", "--naive"])
    assert simulate.main() == 0
    line = r"events \d+ hash [0-9a-f]{64} state [0-9a-f]{64}\n"
    assert re.fullmatch(line, capsys.readouterr().out)
