"""What watches the lab, for real: Prometheus asks services and bots, and the dashboard is full."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import yaml

from engine.bus.interface import Message
from engine.bus.kafka import connected
from engine.bus.names import Topics
from tests.compose.test_watch import expressions, read
from tests.kafka.broker import free_ports
from tests.kafka.lab import DONE_S, KafkaLab, lasts
from tests.support.prometheus import program

LAB = "quickstart"
STARTED = ("sequencer", "engine", "fanout", "feed", "long", "noise")
LOOK_S = 0.5


def settings(ports: Mapping[str, int]) -> dict[str, Any]:
    """The lab's own settings of Prometheus, every second and with the services on loopback."""
    told = read("prometheus.yml")
    told["global"]["scrape_interval"] = "1s"
    for job in told["scrape_configs"]:
        (group,) = job["static_configs"]
        here = [name for name in STARTED if f"{name}:8000" in group["targets"]]
        group["targets"] = [f"{name}:8000" for name in here]
        job["relabel_configs"] = [
            *job["relabel_configs"],
            *(
                {
                    "source_labels": ["__address__"],
                    "regex": f"{name}:8000",
                    "target_label": "__address__",
                    "replacement": f"127.0.0.1:{ports[name]}",
                }
                for name in here
            ),
        ]
    return told


class Prometheus:
    """One that runs on loopback."""

    def __init__(self, folder: Path, ports: Mapping[str, int]) -> None:
        (port,) = free_ports(1)
        self._url = f"http://127.0.0.1:{port}"
        file = folder / "prometheus.yml"
        file.write_text(yaml.safe_dump(settings(ports)))
        with (folder / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    program("prometheus"),
                    f"--config.file={file}",
                    f"--storage.tsdb.path={folder / 'tsdb'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                ],
                stdout=log,
                stderr=log,
            )

    def answers(self, expression: str) -> list[float]:
        """What an expression was last, over all that was asked so far; nothing before it listens.

        The feed ends with its ticks, and from then on is not there.
        """
        query = urlencode({"query": f"last_over_time(({expression})[5m:1s])"})
        try:
            with urlopen(f"{self._url}/api/v1/query?{query}", timeout=5) as said:
                found = json.load(said)["data"]["result"]
        except (URLError, ConnectionError):
            return []
        return [float(each["value"][1]) for each in found]

    def stop(self) -> None:
        """End it at once; what it has kept is thrown away."""
        self.process.kill()
        self.process.wait()


async def says_nonsense(lab: KafkaLab, bot: str) -> None:
    """Let a bot send what is no command."""
    async with connected(lab.bootstrap) as bus:
        await bus.publish(Topics(lab.name).commands(bot), [Message(b"nonsense")])
        await bus.flush()


@pytest.mark.timeout(180)
async def test_every_panel_of_the_dashboard_has_an_answer(lab: KafkaLab, tmp_path: Path) -> None:
    program("prometheus")
    ports = dict(zip(STARTED, free_ports(len(STARTED)), strict=True))
    lab.run("lab", "init", "--lab", LAB, "--bot", "long=20000", "--bot", "noise=20000")
    await says_nonsense(lab, "noise")
    prometheus = Prometheus(tmp_path, ports)
    try:
        for name, arguments in {
            "sequencer": ("--lab", LAB),
            "engine": ("--data", str(tmp_path)),
            "fanout": (),
        }.items():
            lab.start(name, *arguments, "--health", str(ports[name]))
        for bot, quantity in (("long", "2000"), ("noise", "20")):
            trades = ("bot", bot, "--as", bot, "--contract", "BTCUSDT", "--quantity", quantity)
            lab.start(*trades, "--health", str(ports[bot]))
        feeds = ("feed", "--lab", LAB, "--data", str(tmp_path), "--pace", "30x")
        lab.start(*feeds, "--health", str(ports["feed"]))
        silent = set(expressions())
        for _ in range(int(2 * DONE_S / LOOK_S)):
            silent = {each for each in silent if not prometheus.answers(each)}
            if not silent:
                break
            lasts(prometheus.process, LOOK_S)
        assert silent == set()
        assert prometheus.answers('max(margincall_caught_up{service="engine"})') == [1]
        assert prometheus.answers('sum(margincall_dead_letters_total{service="sequencer"})') == [1]
        assert prometheus.answers("count(max_over_time(up[5m]) == 1)") == [len(STARTED)]
    finally:
        prometheus.stop()
