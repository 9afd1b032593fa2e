"""Programs in JavaScript that the tests run: their packages by npm, as their lock pins them."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from tests.support.source import ROOT

FOLDER = ROOT / "build" / "node"
FETCH_S = 240


class NoNode(Exception):
    """This machine cannot run JavaScript, or cannot fetch packages; says what it lacks."""


def installed(folder: Path) -> Path:
    """A copy of a folder with its packages beside it, fetched once for each lock.

    No script of a package is run. Raises `NoNode`.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NoNode(f"there is no {program}; install it (Debian: apt-get install nodejs npm)")
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    place = FOLDER / f"{folder.name}-{lock[:12]}"
    stamp = place / "complete"
    place.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        if file.suffix in {".mjs", ".json"}:
            shutil.copy2(file, place / file.name)
    if not stamp.exists():
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        done = subprocess.run(
            command, cwd=place, capture_output=True, text=True, timeout=FETCH_S, check=False
        )
        if done.returncode != 0:
            raise NoNode("npm could not fetch packages: " + done.stderr.strip()[-300:])
        stamp.touch()
    return place
