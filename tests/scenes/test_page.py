"""The lab's page in the documentation shows what a run prints, and no scene is missing in it."""

import pytest

from tests.scenes.conftest import PLAYED_S, Article
from tests.support import pages
from tests.support.source import ROOT

pytestmark = pytest.mark.timeout(PLAYED_S)


def test_the_page_shows_the_tables_of_the_run(article: Article) -> None:
    page = pages.PAGE.read_text("utf-8")
    assert pages.filled(page, article.outcome) == page, (
        "configs/labs/article.md is behind the lab: python -m tests.support.pages --write"
    )
    assert pages.names(page) == [scene.name for scene in article.outcome.scenes]


def test_the_tables_are_lines_of_what_the_command_prints(article: Article) -> None:
    printed = [line.rstrip() for line in article.result.stdout.splitlines()]
    for scene in article.outcome.scenes:
        for line in pages.told(scene).splitlines():
            assert line in printed


def test_the_page_names_the_command_that_was_run() -> None:
    page = pages.PAGE.read_text("utf-8")
    assert "margincall replay --lab article --out out/article" in page
    assert "configs/labs/article.md" in (ROOT / "README.md").read_text("utf-8")
