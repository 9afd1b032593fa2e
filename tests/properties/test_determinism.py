"""The same log gives the same hashes in any process, whatever the order of its sets.

`.ci/run` runs this and the golden results on every Python that it finds.
"""

import os
import subprocess
import sys

import pytest

from tests.golden.runs import WORLDS, world_run
from tests.support.source import ROOT


@pytest.fixture(scope="module")
def hashes() -> str:
    """What this process makes of the golden worlds, as `simulate --golden` prints it."""
    return "".join(f"{name} {world_run(name).line()}\n" for name in WORLDS)


@pytest.mark.parametrize("hash_seed", ["0", "1", "random"])
def test_hashes_do_not_depend_on_the_hash_seed(hash_seed: str, hashes: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.simulate", "--golden"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == hashes
