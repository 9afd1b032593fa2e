"""A lab on the broker of the tests: its services as processes that can be killed at any moment."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.support.source import ROOT

PROGRAM = (sys.executable, "-c", "from engine.cli.main import main; main()")
DONE_S = 60


class KafkaLab:
    """Runs `margincall` with everything that belongs to one lab."""

    def __init__(self, bootstrap: str, name: str, folder: Path) -> None:
        self.bootstrap, self.name, self.folder = bootstrap, name, folder
        self.environment: dict[str, str] = {}
        self._running: list[subprocess.Popen[bytes]] = []
        self._logs: dict[int, tuple[Path, int]] = {}

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command; what it says on stderr goes into a file of the folder.

        `environment` stands beside its bootstrap address from then on.
        """
        told = self.folder / f"{arguments[0]}.log"
        with told.open("ab") as log:
            before = log.tell()
            process = subprocess.Popen(
                [*PROGRAM, *arguments, "--name", self.name],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**_environment(), "MARGINCALL_BOOTSTRAP": self.bootstrap, **self.environment},
            )
        self._running.append(process)
        self._logs[process.pid] = told, before
        return process

    def act_as(self, user: str, passwords: Path) -> None:
        """Let what is started from now on be this user, whose password is a file of the folder."""
        self.environment = {
            "MARGINCALL_SASL_USERNAME": user,
            "MARGINCALL_SASL_PASSWORD_FILE": str(passwords / user),
        }

    def run(self, *arguments: str) -> str:
        """Run a command to its good end; what it printed."""
        process = self.start(*arguments)
        printed, _ = process.communicate(timeout=DONE_S)
        assert process.returncode == 0, (arguments, self.said(arguments[0]))
        return printed.decode()

    def up(self, lab: str, *more: str) -> Sequence[str]:
        """The arguments of a whole lab in one process that ends when all is worked off."""
        return "lab", "up", "--lab", lab, "--drain", "--data", str(self.folder), *more

    def create(self, lab: str, *bots: str) -> None:
        """Make the topics."""
        named = [word for bot in bots for word in ("--bot", bot)]
        self.run("topics", "create", "--lab", lab, *named)

    def verify(self) -> dict[str, object]:
        """What `margincall lab verify` finds."""
        found: dict[str, object] = json.loads(self.run("lab", "verify", "--json"))
        return found

    def said(self, command: str) -> str:
        """What a command has said on stderr."""
        return (self.folder / f"{command}.log").read_text()

    def heard(self, process: "subprocess.Popen[bytes]", what: str) -> None:
        """Wait until a running command has said something on stderr."""
        path, before = self._logs[process.pid]
        for _ in range(DONE_S * 20):
            if what.encode() in path.read_bytes()[before:]:
                return
            lasts(process, 0.05)
        raise AssertionError(f"{what!r} was not said: {path.read_text()}")

    def end(self, process: "subprocess.Popen[bytes]") -> int:
        """Send SIGTERM; the exit code, which is there within five seconds."""
        process.send_signal(signal.SIGTERM)
        return process.wait(5)

    def close(self) -> None:
        """Kill whatever still runs."""
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.communicate()


def _environment() -> dict[str, str]:
    """That of the tests, but a process that is started hundreds of times is compiled once."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**own, "PYTHONPYCACHEPREFIX": str(ROOT / "build" / "pycache")}


def lasts(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Let a process go on for a while; an AssertionError if it ends meanwhile."""
    try:
        code = process.wait(seconds)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError(f"it ended with {code}")
