"""A browser for all tests of a process, and pages of real runs for it to show."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.report.page import page
from engine.report.why import Cause, Why
from tests.browser.chromium import Chromium, Page, found, started
from tests.cli.conftest import Shown, shown
from tests.report.conftest import Reported, kept, reported

__all__ = ["kept", "reported", "shown"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Chromium]:
    """Chromium, or a skip that says how to get it."""
    program = found()
    if program is None:
        pytest.skip("there is no Chromium here (Debian, Ubuntu: apt-get install chromium)")
    with started(program) as browser:
        yield browser


@pytest.fixture
def desktop(browser: Chromium, shown: Shown) -> Iterator[Page]:
    """The demo's page in a wide, light window."""
    with browser.page(width=1280, height=900) as tab:
        tab.open(shown.folder / "report.html")
        yield tab


@pytest.fixture(scope="session")
def crowded(reported: Reported, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of 5,000 liquidations: the demo's, over and over, one cascade after the other."""
    replace = msgspec.structs.replace
    whys: list[Why] = []
    causes: dict[str, Cause] = {}
    lap = 0
    while len(whys) < 5_000:
        lap += 1
        for why in reported.data.whys:
            seq, cause = why.seq + lap * 1_000_000, why.cause + lap * 1_000_000
            whys.append(replace(why, seq=seq, cause=cause, account=f"{why.account}.{lap}"))
        for name, cause_told in reported.data.causes.items():
            causes[str(int(name) + lap * 1_000_000)] = cause_told
    path = tmp_path_factory.mktemp("crowded") / "report.html"
    shown = replace(reported.data, whys=tuple(whys[:5_000]), causes=causes)
    path.write_text(page(shown), "utf-8")
    return path
