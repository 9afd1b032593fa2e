"""The picture of the report in the README: `python -m tests.browser.picture FILE.png`.

It shows the page of a run of the demo, as Chromium draws it.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.cli.folder import PAGE
from engine.cli.main import main as margincall
from tests.browser.chromium import found, started

WIDTH, LAST = 1200, "payers"
"""Width of the window, and the part of the page at whose end the picture ends."""
BYTES_MAX = 300_000


def main() -> None:
    """Run the demo, take its picture, and refuse one that is too large for a README."""
    target = Path(sys.argv[1])
    program = found()
    if program is None:
        raise SystemExit(
            "there is no Chromium here: install it (Debian, Ubuntu: apt-get install chromium)"
        )
    with TemporaryDirectory() as folder:
        margincall(["demo", "--quiet", "--out", folder], standalone_mode=False)
        with started(program) as browser, browser.page(width=WIDTH, height=900) as page:
            page.open(Path(folder) / PAGE)
            end = page.ask(f"document.getElementById('{LAST}').getBoundingClientRect().bottom")
            png = page.picture(height=round(end) + 12)
            if page.complaints:
                raise SystemExit("\n".join(page.complaints))
    if len(png) >= BYTES_MAX:
        raise SystemExit(f"the picture has {len(png):,} bytes; expected less than {BYTES_MAX:,}")
    target.write_bytes(png)


if __name__ == "__main__":
    main()
