"""`report.html`: one file with everything in it, for light and dark, wide and narrow screens.

Python writes one block of JSON and nothing else. In it no `<` is left, so that nothing in it can
end the script that holds it; what draws it writes text, never HTML.
"""

import re
from html import escape
from importlib.resources import files

import msgspec

from engine.report.data import Data

SCRIPTS = ("text.js", "charts.js", "why.js", "page.js")
_ASSETS = files("engine.report") / "assets"


def page(shown: Data) -> str:
    """The page that shows this."""
    parts = {
        "title": escape(f"{shown.title} - margincall"),
        "data": inert(shown),
        "style": asset("page.css"),
        "echarts": asset("echarts.common.min.js"),
        "scripts": "\n".join(map(asset, SCRIPTS)),
    }
    return re.sub(r"<!--(\w+)-->", lambda found: parts[found[1]], asset("page.html"))


def inert(value: object) -> str:
    r"""JSON that can stand inside a script element.

    >>> inert({"name": "</script>"})
    '{"name":"\\u003c/script>"}'
    """
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")


def asset(name: str) -> str:
    """A file that pages are made of."""
    return (_ASSETS / name).read_text("utf-8")
