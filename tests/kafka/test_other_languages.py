"""Bots in other languages, by the README alone: with kcat, and in JavaScript with kafkajs.

The one in JavaScript trades, is warned, is liquidated and hears of it all, while the engine is
killed again and again: it must notice a pause and nothing else.
"""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.bus.kafka import connected
from engine.bus.kafka_topics import create
from engine.bus.kafka_users import make_users
from engine.bus.login import Login
from engine.bus.names import Topics
from engine.bus.rights import BROKER, of_bot
from engine.services.look import records_of
from feeds.bots.client import client
from tests.kafka.broker import Broker
from tests.kafka.conftest import PASSWORD
from tests.kafka.lab import DONE_S, KafkaLab, lasts
from tests.support.node import NoNode, installed
from tests.support.source import ROOT

LAB = "quickstart"
PAGE = ROOT / "engine" / "services" / "README.md"
ON_THE_PAGE = "127.0.0.1:19092"
"""Where the page says that Kafka is."""
SERVICES = ("sequencer", "engine", "fanout")


class Bot:
    """A bot of another language that runs; what it prints is heard line by line."""

    def __init__(
        self, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> None:
        self.process = subprocess.Popen(
            ["node", str(folder / "bot.mjs"), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        self.events: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._ear = threading.Thread(target=self._listen, daemon=True)
        self._ear.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None, "it was asked for"
        for line in self.process.stdout:
            with self._news:
                self.events.append(json.loads(line))
                self._news.notify_all()

    def hears(self, *types: str) -> None:
        """Wait until it has heard an event of one of these types."""
        with self._news:
            came = self._news.wait_for(
                lambda: any(event["type"] in types for event in self.events), DONE_S
            )
        assert came, (types, [event["type"] for event in self.events], self.end())

    def end(self) -> str:
        """Send SIGTERM; what it said on stderr."""
        self.process.terminate()
        assert self.process.wait(10) == 0
        return self.said()

    def said(self) -> str:
        """What it said on stderr until its end."""
        self._ear.join()
        assert self.process.stderr is not None, "it was asked for"
        with self.process.stderr as said:
            told = said.read()
        assert self.process.stdout is not None, "it was asked for"
        self.process.stdout.close()
        return told


@pytest.fixture(scope="module")
def javascript() -> Path:
    """The bot in JavaScript with its packages; skips where there is no Node."""
    try:
        return installed(ROOT / "feeds" / "bots" / "javascript")
    except NoNode as error:
        pytest.skip(str(error))


@pytest.fixture
def venue(lab: KafkaLab) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """The lab's services without its feed, and an account `alice`."""
    lab.run("lab", "init", "--lab", LAB, "--bot", "alice=20000")
    arguments = {"sequencer": ("--lab", LAB), "engine": ("--data", str(lab.folder))}
    running = {name: lab.start(name, *arguments.get(name, ())) for name in SERVICES}
    lab.heard(running["engine"], "has caught up")
    yield running
    lab.heard(running["engine"], "has caught up")  # before that it may not yet heed a signal
    for process in running.values():
        assert lab.end(process) == 0


def start_of(lab: KafkaLab, *more: str) -> tuple[str, ...]:
    """The arguments of a bot called alice."""
    where = ("--bootstrap", lab.bootstrap, "--lab", lab.name, "--bot", "alice")
    return (*where, "--contract", "BTCUSDT", "--quantity", "2000", "--leverage", "20", *more)


def kept(lab: KafkaLab, what: str) -> list[dict[str, Any]]:
    """All messages of a topic of the lab."""

    async def read() -> list[dict[str, Any]]:
        topic = Topics(lab.name).named(what)
        async with connected(lab.bootstrap) as bus:
            records = await records_of(bus, topic, *await bus.span(topic))
        return [json.loads(record.value or b"") for record in records]

    return asyncio.run(read())


def told_of(lab: KafkaLab, account: str) -> list[dict[str, Any]]:
    """What the venue said of an account, in the order of all events, each once."""
    events = {event["seq"]: event for event in kept(lab, "events")}
    own = [event for _, event in sorted(events.items()) if event.get("account") == account]
    return [{name: field for name, field in event.items() if name != "h"} for event in own]


@pytest.mark.timeout(240)
def test_a_bot_in_javascript_is_liquidated_and_notices_no_kill_of_the_engine(
    lab: KafkaLab, venue: dict[str, "subprocess.Popen[bytes]"], javascript: Path
) -> None:
    bot = Bot(javascript, *start_of(lab))
    bot.hears("Deposited")
    feed = lab.start("feed", "--lab", LAB, "--data", str(lab.folder), "--pace", "40x")
    for moment in ("OrderFilled", "MarginCalled", "MarginAdded", "LiquidationStarted"):
        bot.hears(moment)
        venue["engine"].kill()
        venue["engine"].wait()
        venue["engine"] = lab.start("engine", "--data", str(lab.folder))
    bot.hears("LiquidationEnded")
    assert feed.wait(DONE_S) == 0  # it ends with its ticks
    assert "bot.mjs: trades\n" in bot.end()
    verdict = lab.verify()
    assert (verdict["agrees"], verdict["ledger_sum"]) == (True, 0)

    seqs = [event["seq"] for event in bot.events]
    assert seqs == sorted(set(seqs))
    truth = told_of(lab, "alice")
    assert bot.events == [event for event in truth if event["seq"] <= seqs[-1]]
    assert sum(event["type"] == "OrderFilled" for event in bot.events) > 3

    said = kept(lab, "commands.alice")
    middle = seqs[len(seqs) // 2]
    again = Bot(javascript, *start_of(lab, "--after", str(middle)))
    again.hears("LiquidationEnded")
    again.end()
    last = again.events[-1]["seq"]
    assert again.events == [event for event in truth if middle < event["seq"] <= last]
    assert kept(lab, "commands.alice") == said


@pytest.mark.timeout(120)
def test_a_bot_in_javascript_waits_for_what_its_last_life_said(
    lab: KafkaLab, venue: dict[str, "subprocess.Popen[bytes]"], javascript: Path
) -> None:
    async def last_life() -> None:
        async with client(lab.bootstrap, lab.name, "alice") as alice:
            await alice.place("BTCUSDT", "buy", 1)
            await alice.close()

    while not kept(lab, "account.alice"):
        lasts(venue["fanout"], 0.2)
    feed = lab.start("feed", "--lab", LAB, "--data", str(lab.folder), "--pace", "20x")
    while not kept(lab, "book"):
        lasts(feed, 0.2)
    venue["fanout"].send_signal(signal.SIGSTOP)  # it hears prices, and not what became of its order
    asyncio.run(last_life())
    bot = Bot(javascript, *start_of(lab, "--quantity", "1"))
    bot.hears("Deposited")
    while len(kept(lab, "commands.alice")) < 2:
        lasts(feed, 0.2)
    lasts(feed, 1)
    venue["fanout"].send_signal(signal.SIGCONT)
    bot.hears("LeverageSet", "Rejected")
    lasts(feed, 1)
    bot.end()
    said = kept(lab, "commands.alice")
    assert [each["type"] for each in said] == ["PlaceOrder", "SetLeverage"]
    numbers = [each["client_seq"] for each in said]
    assert numbers == sorted(set(numbers))
    assert sum(event["type"] == "OrderFilled" for event in told_of(lab, "alice")) == 1
    assert lab.end(feed) == 0


@pytest.mark.timeout(120)
def test_a_bot_in_javascript_trades_where_the_brokers_ask_who_is_there(
    guarded: Broker, javascript: Path, tmp_path: Path
) -> None:
    lab = KafkaLab(guarded.bootstrap, "javascript", tmp_path)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / BROKER).write_text(PASSWORD + "\n")
    lab.act_as(BROKER, secrets)
    try:
        lab.run("lab", "init", "--lab", LAB, "--bot", "alice=20000", "--passwords", str(secrets))
        for user, more in (
            ("sequencer", ("--lab", LAB)),
            ("engine", ("--data", str(tmp_path))),
            ("fanout", ()),
            ("feed", ("--lab", LAB, "--data", str(tmp_path), "--pace", "40x")),
        ):
            lab.act_as(user, secrets)
            lab.start(user, *more)
        lab.act_as("alice", secrets)
        bot = Bot(javascript, *start_of(lab), environment=lab.environment)
        bot.hears("OrderFilled")
        assert "bot.mjs: trades\n" in (told := bot.end())
        lab.act_as("operator", secrets)
        assert lab.verify()["agrees"] is True
        assert (secrets / "alice").read_text().strip() not in told + json.dumps(bot.events)
    finally:
        lab.close()


@pytest.mark.parametrize(
    ("user", "password", "told"),
    [
        ("bob", "bob-has-a-long-password", "there are no topics"),
        ("bob", "a-wrong-password", "authentication failed"),
        ("alice", "alice-has-a-long-password", "Not authorized to access group"),
        ("alice", "", "there is no password"),
    ],
    ids=["another bot", "wrong password", "no group", "no password"],
)
async def test_a_bot_in_javascript_that_may_not_ends_at_once_and_says_why(
    guarded: Broker, javascript: Path, user: str, password: str, told: str
) -> None:
    topics, root = Topics("refused"), Login(BROKER, PASSWORD)
    await create(guarded.bootstrap, [topics.book, *topics.of_bot("alice")], 1, root)
    users = {bot: f"{bot}-has-a-long-password" for bot in ("alice", "bob")}
    grants = [each for each in of_bot(topics, "alice") if each.kind == "topic"]
    await make_users(guarded.bootstrap, root, users, grants)
    bot = Bot(
        javascript,
        *("--bootstrap", guarded.bootstrap, "--lab", topics.lab, "--bot", "alice"),
        *("--contract", "BTCUSDT"),
        environment={"MARGINCALL_SASL_USERNAME": user, "MARGINCALL_SASL_PASSWORD": password},
    )
    assert await asyncio.to_thread(bot.process.wait, 30) == 2
    said = bot.said()
    assert told in said
    assert password == "" or password not in said


def test_the_lines_with_kcat_on_the_page_trade(
    lab: KafkaLab, venue: dict[str, "subprocess.Popen[bytes]"]
) -> None:
    if shutil.which("kcat") is None:
        pytest.skip("there is no kcat; install it (Debian: apt-get install kcat)")
    feed = lab.start("feed", "--lab", LAB, "--data", str(lab.folder), "--pace", "max")
    assert feed.wait(DONE_S) == 0
    lab.heard(venue["engine"], "has caught up")
    printed = [run(command, lab) for command in on_the_page("kcat")]
    assert len(printed) == 3
    top, sent, _ = printed
    assert json.loads(top).keys() == {"at_us", "contract", "bid", "ask"}
    assert sent == ""
    waited = ["kcat", "-b", lab.bootstrap, "-q", "-C", "-o", "beginning", "-c", "3"]
    done = subprocess.run(
        [*waited, "-t", Topics(lab.name).account("alice")],
        capture_output=True,
        text=True,
        check=True,
        timeout=DONE_S,
    )
    types = [json.loads(line)["type"] for line in done.stdout.splitlines()]
    assert types == ["Deposited", "OrderAccepted", "OrderFilled"]


def on_the_page(program: str) -> list[str]:
    """The commands with a program in the page's section on other languages."""
    _, section = PAGE.read_text().split("\n## Bots in other languages\n")
    section = section.split("\n## ")[0]
    blocks = re.findall(r"^```console\n(.*?)^```", section, flags=re.DOTALL | re.MULTILINE)
    typed = [line for block in blocks for line in re.split(r"^\$ ", block, flags=re.MULTILINE)]
    return [line for line in typed if program in line]


def run(command: str, lab: KafkaLab) -> str:
    """Run a command of the page on the broker and the lab of the tests; what it printed."""
    assert ON_THE_PAGE in command
    here = command.replace(ON_THE_PAGE, lab.bootstrap).replace("quickstart.", f"{lab.name}.")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here],
        capture_output=True,
        text=True,
        check=False,
        timeout=DONE_S,
    )
    assert done.returncode == 0, f"{here}\n{done.stderr}"
    return done.stdout
