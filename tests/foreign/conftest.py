"""Leaves out what cannot run on this machine."""

import platform
import sys

HAS_WHEEL = sys.version_info < (3, 14) and (sys.platform, platform.machine()) in (
    ("linux", "x86_64"),
    ("darwin", "arm64"),
)
"""Whether lrvx can be installed here; pyproject.toml says the same."""
collect_ignore = [] if HAS_WHEEL else ["test_lrvx_engine.py"]
