"""What a comparison is written to: a page, one picture, and its data for programs."""

from collections.abc import Sequence
from pathlib import Path

from engine.cli.contest import Run
from engine.cli.run import write_whole
from engine.report.compare import Comparison, encoded
from engine.report.compare_page import drawing, page

PAGE = "compare.html"
PICTURE = "compare.svg"
DATA = "compare.json"


def write(out: Path, result: Comparison, runs: Sequence[Run]) -> None:
    """Write the page, its picture and its data into a folder that is there."""
    write_whole(out / DATA, encoded(result))
    played = [run.played() for run in runs]
    write_whole(out / PAGE, page(result, played, runs[-1].prices).encode())
    write_whole(out / PICTURE, drawing(result, played, runs[-1].prices).encode())
