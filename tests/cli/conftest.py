"""The command line as its user meets it: arguments in; text, files and an exit code out."""

import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.cli.main import main

Call = Callable[..., Result]


def called(*arguments: object) -> Result:
    """Call `margincall`; a traceback may reach nobody."""
    result = CliRunner().invoke(main, [str(each) for each in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def call() -> Call:
    return called


@pytest.fixture
def logging_put_back() -> Iterator[None]:
    """Put logging back; a service takes all of it for itself."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


class Shown:
    """A finished demo: its folder and what it printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.result = called("demo", "--out", folder)
        assert self.result.exit_code == 0, self.result.output


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo, run once; nobody writes to its folder."""
    return Shown(tmp_path_factory.mktemp("demo") / "out")


@pytest.fixture
def demo(shown: Shown, tmp_path: Path) -> Path:
    """A copy of the demo's folder to damage."""
    shutil.copytree(shown.folder, tmp_path / "demo")
    return tmp_path / "demo"
