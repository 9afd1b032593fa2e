"""The page holds one block of data, asks for nothing, and no name can break out of it."""

import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import msgspec

from engine.report.page import page
from tests.report.conftest import Reported

EVIL = "</script><script>alert(1)</script><!--data-->"


class Parsed(HTMLParser):
    """Counts what stands in a page, and keeps its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: dict[str, int] = {}
        self.links: list[str] = []
        self.scripts: list[str] = []
        self._in_script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.links += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data


def test_it_holds_all_of_its_data_and_asks_for_nothing(reported: Reported) -> None:
    text = page(reported.data)
    parsed = Parsed(text)
    assert parsed.links == ["data:,"]
    assert parsed.tags["script"] == 3
    assert json.loads(parsed.scripts[1]) == json.loads(msgspec.json.encode(reported.data))
    assert "<!--" not in text.split("<script>")[0]
    assert len(text) < 1_100_000


def test_a_name_cannot_break_out_of_it(reported: Reported) -> None:
    replace = msgspec.structs.replace
    evil = replace(
        reported.data,
        title=EVIL,
        whys=tuple(replace(why, account=EVIL) for why in reported.data.whys),
        watched=tuple(replace(row, account=EVIL) for row in reported.data.watched),
    )
    text = page(evil)
    parsed = Parsed(text)
    assert parsed.tags["script"] == 3
    assert "<script>alert" not in text
    assert json.loads(parsed.scripts[1])["title"] == EVIL


def test_the_library_that_draws_is_the_one_that_was_published() -> None:
    """The bytes, the version and the licences that the folder's page names."""
    assets = files("engine.report") / "assets"
    told = (assets / "README.md").read_text("utf-8")
    library = (assets / "echarts.common.min.js").read_bytes()
    found = re.search(r"^sha256 `([0-9a-f]{64})`$", told, re.MULTILINE)
    assert found is not None
    assert found[1] == hashlib.sha256(library).hexdigest()
    version = re.search(r"npm package `echarts` (\d+\.\d+\.\d+)\n", told)
    assert version is not None
    assert f'="{version[1]}"'.encode() in library
    assert b"Licensed to the Apache Software Foundation" in library[:200]
    for licence in ("LICENSE", "NOTICE", "LICENSE-d3"):
        assert f"`{licence}`" in told
        assert (assets / licence).is_file()


def test_a_page_holds_the_library_once(reported: Reported) -> None:
    library = (files("engine.report") / "assets" / "echarts.common.min.js").read_text("utf-8")
    assert page(reported.data).count(library) == 1
