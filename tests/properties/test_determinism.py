"""The same log gives the same hashes in any process, whatever the order of its sets.

`.ci/run` runs this and the golden results on every Python that it finds.
"""

import os
import subprocess
import sys

import pytest

from tests.golden.runs import WORLDS, world_run
from tests.support.simulate import simulate
from tests.support.source import ROOT


def printed(hash_seed: str, *arguments: str) -> str:
    """What `simulate` prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.simulate", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_hashes_do_not_depend_on_the_hash_seed(hash_seed: str) -> None:
    here = "".join(f"{name} {world_run(name).line()}\n" for name in WORLDS)
    assert printed(hash_seed, "--golden") == here


def test_a_line_that_reproduces_a_failure_means_the_same_commands_everywhere() -> None:
    here = simulate(7, 300).line() + "\n"
    assert printed("random", "--seed", "7", "--steps", "300") == here
