"""The services of a lab as processes of their own, killed and started again."""

import subprocess

from tests.kafka.lab import DONE_S, KafkaLab, lasts
from tests.support.embedded import replayed

LAB = "quickstart"
LOG_S = 720
"""How long the lab's log is, in its own time."""

Process = subprocess.Popen[bytes]


class Crew:
    """The services of a lab, and bots that trade on it, if any."""

    def __init__(self, lab: KafkaLab, pace: str, bots: dict[str, str] | None = None) -> None:
        """`bots` are kinds of sample bots by their names."""
        self._lab, self._bots = lab, tuple(bots or {})
        self._commands = {
            "sequencer": ("sequencer", "--lab", LAB),
            "engine": ("engine", "--data", str(lab.folder), "--snapshot-every", "4000"),
            "fanout": ("fanout",),
            "feed": ("feed", "--lab", LAB, "--data", str(lab.folder), "--pace", pace),
        }
        for name, kind in (bots or {}).items():
            self._commands[name] = ("bot", kind, "--as", name, "--contract", "BTCUSDT")
        self._running = {name: self._start(name) for name in self._commands}

    def _start(self, name: str) -> Process:
        return self._lab.start(*self._commands[name])

    def kill(self, name: str) -> None:
        """Kill a service where it is now, and start it again."""
        process = self._running[name]
        if process.poll() is None:
            process.kill()
        process.wait()
        self._running[name] = self._start(name)

    def outlive(self, name: str, seconds: float) -> None:
        """Let a service run for a while; only a feed may end by itself."""
        process = self._running[name]
        if process.poll() is None:
            lasts(process, seconds)

    def is_whole(self) -> bool:
        """Whether nobody but the feed has ended."""
        return all(each.poll() is None for name, each in self._running.items() if name != "feed")

    def end_some(self, *names: str) -> None:
        """End services or bots by SIGTERM, while the others go on."""
        for name in names:
            assert self._lab.end(self._running.pop(name)) == 0, name

    def end(self, patience_s: float = 0) -> None:
        """Wait for the feed, end the others, and let what is left be worked off."""
        assert self._running.pop("feed").wait(DONE_S + patience_s) == 0
        for process in self._running.values():
            assert self._lab.end(process) == 0
        bots = [word for bot in self._bots for word in ("--bot", bot)]
        self._lab.run(*self._lab.up(LAB, *bots))


def assert_as_uninterrupted(lab: KafkaLab) -> dict[str, object]:
    """The events are those of a run that nobody disturbed; returns what was found."""
    verdict = lab.verify()
    assert verdict["agrees"] is True, verdict
    expected = replayed(LAB, lab.folder)
    assert {key: verdict[key] for key in expected} == expected
    return verdict
