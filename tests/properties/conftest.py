"""Counts every event type and reason over all runs of the fuzz and tells them at the end.

With the counts of CI, a type or reason that never occurred fails the session: then the rules
about it were not tried.
"""

from collections import Counter

import pytest

from tests.properties.counts import CI_COMMANDS, IS_LONG, KINDS, REASONS, missing

_TOTALS = {KINDS: Counter[str](), REASONS: Counter[str]()}
"""Of the process that reports; with xdist the others send their shares along with their results."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add what a test told."""
    if report.when == "call" and report.passed:
        for name, value in report.user_properties:
            if name in _TOTALS and isinstance(value, dict):
                _TOTALS[name].update(value)


def _lacking() -> list[str]:
    is_whole = IS_LONG and _TOTALS[KINDS].total() >= CI_COMMANDS // 2
    return missing(_TOTALS[KINDS], _TOTALS[REASONS]) if is_whole else []


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a long session in which something never occurred."""
    if _lacking() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how often everything occurred."""
    for name, counts in _TOTALS.items():
        if counts:
            told = ", ".join(f"{key} {count:,}" for key, count in sorted(counts.items()))
            terminalreporter.write_line(f"fuzz {name}: {told}")
    if _lacking():
        terminalreporter.write_line(f"never occurred: {', '.join(_lacking())}", red=True)
