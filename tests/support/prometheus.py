"""Prometheus as Debian packs it: on the path, or unpacked into `build/prometheus` by `.ci/run`."""

import shutil

import pytest

from tests.support.source import ROOT

UNPACKED = ROOT / "build" / "prometheus" / "usr" / "bin"


def program(name: str) -> str:
    """Where `prometheus` or `promtool` is; skips where there is none."""
    found = shutil.which(name) or shutil.which(name, path=str(UNPACKED))
    if found is None:
        pytest.skip(f"there is no {name}; install it (Debian: apt-get install prometheus)")
    return found
