"""What holds for every test: where CI runs, a skip is a failure and dice are fixed.

Tests that need files from outside the repository find them through MARGINCALL_SAMPLES,
MARGINCALL_VECTORS and MARGINCALL_FOREIGN and are skipped with a reason without them. `.ci/run`
sets all three, so a skip there means that something was not tested.
"""

import os
from collections.abc import Generator
from contextlib import suppress

import pytest
from hypothesis import settings

# Its library takes static thread-local storage, of which there is too little left once others,
# pyarrow's among them, are loaded: it comes first, before any test module.
with suppress(ImportError):
    import lrvx  # noqa: F401

IN_CI = os.environ.get("CI") == "true" or os.environ.get("MARGINCALL_NO_SKIP") == "1"

settings.register_profile("margincall", deadline=None, derandomize=IN_CI, print_blob=True)
settings.load_profile("margincall")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure that tells the skip's reason."""
    skip = call.excinfo.value if call.excinfo is not None else None
    if IN_CI and isinstance(skip, pytest.skip.Exception):
        failure = pytest.fail.Exception(f"skipped in CI: {skip.msg}", pytrace=False)
        failure = failure.with_traceback(skip.__traceback__)
        call.excinfo = pytest.ExceptionInfo.from_exception(failure)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole module into an error of its collection."""
    report = yield
    if IN_CI and report.skipped:
        assert isinstance(report.longrepr, tuple), "pytest says where and why a module was skipped"
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr[2]}"
    return report
