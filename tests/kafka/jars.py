"""The broker's jars: fetched by Maven as `pom.xml` says, and used only if each is the pinned one.

`python -m tests.kafka.jars --write` pins the jars anew after a change of `pom.xml`.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.source import ROOT

HERE = Path(__file__).parent
PINS = HERE / "jars.sha256"
FOLDER = ROOT / "build" / "kafka"
FETCH_S = 300


class NoBroker(Exception):
    """This machine cannot run a broker; says what it lacks."""


def jars() -> Path:
    """The folder of the verified jars, filled the first time.

    Raises `NoBroker` where Java or Maven lack or Maven cannot fetch, AssertionError where a jar is
    not the one that is pinned.
    """
    for program in ("java", "mvn"):
        if shutil.which(program) is None:
            raise NoBroker(
                f"there is no {program}; install Java 17 and Maven "
                f"(Debian: apt-get install default-jre-headless maven)"
            )
    pinned = PINS.read_text()
    if pins_of(FOLDER) != pinned:
        fetch(FOLDER)
        found = pins_of(FOLDER)
        assert found == pinned, f"the jars in {FOLDER} are not those of {PINS}:\n{found}"
    return FOLDER


def pins_of(folder: Path) -> str:
    """One line for each jar of a folder: its SHA-256 and its name."""
    return "".join(
        f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}\n"
        for jar in sorted(folder.glob("*.jar"))
    )


def fetch(folder: Path) -> None:
    """Let Maven copy the jars of `pom.xml` into an empty folder. Raises `NoBroker`."""
    shutil.rmtree(folder, ignore_errors=True)
    command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    options = ["-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    done = subprocess.run(
        command + options, capture_output=True, text=True, timeout=FETCH_S, check=False
    )
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-3:]
        raise NoBroker("Maven could not fetch the broker's jars: " + " ".join(last))


if __name__ == "__main__":
    assert sys.argv[1:] == ["--write"], "usage: python -m tests.kafka.jars --write"
    fetch(FOLDER)
    PINS.write_text(pins_of(FOLDER))
