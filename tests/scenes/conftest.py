"""The lab `article`, played once for all tests of a process."""

from functools import cached_property
from pathlib import Path

import msgspec
import pytest

from engine.scenes.outcome import BillOutcome, SceneOutcome
from tests.cli.conftest import Call, call, called

__all__ = ["Call", "call"]


class Article:
    """The folder of all scenes, what was printed, and the outcome."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.result = called("replay", "--lab", "article", "--out", folder)
        assert self.result.exit_code == 0, self.result.output

    @cached_property
    def outcome(self) -> BillOutcome:
        return msgspec.json.decode((self.folder / "scenes.json").read_bytes(), type=BillOutcome)

    def scene(self, name: str) -> SceneOutcome:
        return next(scene for scene in self.outcome.scenes if scene.name == name)

    def value(self, scene: str, figure: str, mode: str, *whose: str) -> str | None:
        """A figure of an account, and of its contract or moment."""
        for row in self.scene(scene).figures:
            parts = tuple(part for part in (row.account, row.contract, row.moment) if part)
            if row.figure == figure and parts == whose:
                values: dict[str, str | None] = msgspec.to_builtins(row.values)
                return values[mode]
        raise KeyError((scene, figure, mode, whose))


PLAYED_S = 900
"""How long playing all scenes may take where other tests run beside it."""


@pytest.fixture(scope="session")
def article(tmp_path_factory: pytest.TempPathFactory) -> Article:
    """Played as its user plays it; nobody writes to its folder."""
    return Article(tmp_path_factory.mktemp("article") / "out")
