"""A test that is skipped where CI runs is a failure, and its reason is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import ROOT

SKIPPED = """
import pytest

def test_that_runs(): pass

def test_that_gives_up(): pytest.skip("no tick files")

@pytest.mark.skip(reason="no vectors")
def test_that_is_marked(): pass
"""
LEFT_OUT = """
import pytest

pytest.skip("no cases", allow_module_level=True)
"""


@pytest.fixture
def report(tmp_path: Path, request: pytest.FixtureRequest) -> subprocess.CompletedProcess[str]:
    """What pytest says about the two files above under the given environment."""
    (tmp_path / "test_skipped.py").write_text(SKIPPED)
    (tmp_path / "test_left_out.py").write_text(LEFT_OUT)
    settings = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path)]
    arguments = [
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
    ]
    environment = {**os.environ, "CI": "", "MARGINCALL_NO_SKIP": "", **request.param}
    command = [sys.executable, "-m", "pytest", *settings, *arguments, str(tmp_path)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("report", [{"CI": "true"}, {"MARGINCALL_NO_SKIP": "1"}], indirect=True)
def test_a_skip_fails_in_ci(report: subprocess.CompletedProcess[str]) -> None:
    assert report.returncode == 1
    assert "1 failed, 1 passed, 2 errors" in report.stdout
    for reason in ("no tick files", "no vectors", "no cases"):
        assert f"skipped in CI: {reason}" in report.stdout.replace("Skipped: ", "")


@pytest.mark.parametrize("report", [{}], indirect=True)
def test_a_skip_is_a_skip_elsewhere(report: subprocess.CompletedProcess[str]) -> None:
    assert report.returncode == 0
    assert "1 passed, 3 skipped" in report.stdout
