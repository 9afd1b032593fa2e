"""The profile `secure` on a real broker: who may do what, all of it, and what a refusal says."""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import TopicAuthorizationFailedError
from aiokafka.producer import AIOKafkaProducer
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.group import JoinGroupRequest

from engine.bus import rights
from engine.bus.interface import Bus, BusError, Message
from engine.bus.kafka import connected
from engine.bus.kafka_topics import create
from engine.bus.kafka_users import make_users
from engine.bus.login import Login, LoginRefused, settings
from engine.bus.names import Topics
from engine.bus.rights import of_service
from engine.cli.mistake import MISTAKE
from engine.services.look import RightsMissing, TopicsMissing, need, need_all
from feeds.bots.client import client
from tests.kafka.broker import Broker
from tests.kafka.conftest import PASSWORD
from tests.kafka.lab import KafkaLab, lasts

ROOT = Login(rights.BROKER, PASSWORD)
LAB, OTHER = "acl", "acl2"
BOTS = ("alice", "bob")
PUBLIC = {"trades", "book", "mark", "liquidations", "fund"}
COMMANDS = {"commands.alice", "commands.bob"}
ACCOUNTS = {"account.alice", "account.bob"}
READS = {
    "operator": {"ticks", "log", "events", "dlq", *PUBLIC, *COMMANDS},
    "feed": {"ticks", "mark"},
    "sequencer": {"ticks", "admin", "log", "mark", *COMMANDS},
    "engine": {"log", "events"},
    "fanout": {"events", "trades", "liquidations", "fund", *ACCOUNTS},
    "alice": {*PUBLIC, "account.alice"},
    "bob": {*PUBLIC, "account.bob"},
    "mallory": set[str](),
}
WRITES = {
    "operator": {"admin"},
    "feed": {"ticks"},
    "sequencer": {"log", "dlq"},
    "engine": {"events", "book", "mark"},
    "fanout": {"trades", "liquidations", "fund", *ACCOUNTS},
    "alice": {"commands.alice"},
    "bob": {"commands.bob"},
    "mallory": set[str](),
}
DENIED, GROUP_DENIED = 29, 30
LOADING, NOT_THERE_YET, NOT_COORDINATOR, MEMBER_ID_REQUIRED = 14, 15, 16, 79


def login_of(user: str) -> Login:
    return Login(user, f"{user}-has-a-long-password")


async def guarded_lab(broker: Broker, lab: str) -> tuple[Topics, list[str]]:
    """A lab's topics with a record each, and its users; mallory has a password and nothing else."""
    topics = Topics(lab)
    names = [*topics.shared(), *(name for bot in BOTS for name in topics.of_bot(bot))]
    await create(broker.bootstrap, names, 1, ROOT)
    passwords = {user: login_of(user).password for user in READS}
    await make_users(broker.bootstrap, ROOT, passwords, rights.of_lab(topics, BOTS))
    async with connected(broker.bootstrap, ROOT) as bus:
        for name in names:
            await bus.publish(name, [Message(b"{}")])
        await bus.flush()
    return topics, names


async def may_write(broker: Broker, user: str, names: Iterable[str]) -> set[tuple[str, str]]:
    """The topics that the broker takes a record for from a user."""
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap, retry_backoff_ms=10, **settings(login_of(user))
    )
    taken = set()
    async with producer:
        for name in names:
            try:
                await producer.send_and_wait(name, b"{}", partition=0)
            except TopicAuthorizationFailedError:
                continue
            taken.add((user, name))
    return taken


async def may_read(broker: Broker, user: str, names: Iterable[str]) -> set[tuple[str, str]]:
    """The topics of which the broker gives a user the first record."""
    asker = AIOKafkaClient(bootstrap_servers=broker.bootstrap, **settings(login_of(user)))
    await asker.bootstrap()
    given = set()
    try:
        for name in names:
            request = FetchRequest(1_000, 1, 1_000_000, 0, [(name, [(0, 0, 100_000)])])
            answer = await asker.send(asker.get_random_node(), request)
            ((_, (partition,)),) = answer.topics
            code, records = partition[1], partition[-1]
            assert code in (0, DENIED)
            assert (code == 0) == bool(records)
            if code == 0:
                given.add((user, name))
    finally:
        await asker.close()
    return given


async def may_join(broker: Broker, user: str, groups: Iterable[str]) -> set[tuple[str, str]]:
    """The groups of consumers that the broker lets a user into, once it has its topic of groups."""
    asker = AIOKafkaClient(bootstrap_servers=broker.bootstrap, **settings(login_of(user)))
    await asker.bootstrap()
    joined = set()
    try:
        for group in groups:
            code = NOT_THERE_YET
            while code in (
                LOADING,
                NOT_THERE_YET,
                NOT_COORDINATOR,
            ):
                await asker.send(asker.get_random_node(), FindCoordinatorRequest(group, 0))
                request = JoinGroupRequest(
                    group, 10_000, 10_000, "", None, "consumer", [("range", b"")]
                )
                answer = await asker.send(asker.get_random_node(), request)
                code = answer.error_code
            assert code in (0, MEMBER_ID_REQUIRED, GROUP_DENIED)
            if code != GROUP_DENIED:
                joined.add((user, group))
    finally:
        await asker.close()
    return joined


async def test_only_a_bot_joins_groups_and_only_such_as_bear_its_name(guarded: Broker) -> None:
    await guarded_lab(guarded, LAB)
    own = {f"{LAB}.{bot}.{name}" for bot in BOTS for name in ("1-account", "x")}
    foreign = {"x", LAB, f"{LAB}.", f"{LAB}.alice", f"{LAB}.alicia.x", "alice.x"}
    foreign |= {f"{LAB}.{user}.x" for user in READS.keys() - set(BOTS)}
    groups = sorted(own | foreign)
    joined = [await may_join(guarded, user, groups) for user in READS]
    allowed = {(bot, group) for bot in BOTS for group in own if group.startswith(f"{LAB}.{bot}.")}
    assert set[tuple[str, str]]().union(*joined) == allowed
    assert len(allowed) == 4
    assert len(groups) * len(READS) == 128


async def test_everybody_may_do_what_the_table_says_and_nothing_else(guarded: Broker) -> None:
    topics, names = await guarded_lab(guarded, LAB)
    _, others = await guarded_lab(guarded, OTHER)
    users = list(READS)
    for may, table in ((may_read, READS), (may_write, WRITES)):
        found = await asyncio.gather(*(may(guarded, user, names) for user in users))
        expected = {(user, topics.named(what)) for user in users for what in table[user]}
        assert set[tuple[str, str]]().union(*found) == expected
    assert len(names) * len(users) == 112
    only_first = tuple(rights.of_bot(topics, "carol"))
    carol = {"carol": login_of("carol").password}
    await make_users(guarded.bootstrap, ROOT, carol, only_first)
    for may in (may_read, may_write):
        assert await may(guarded, "carol", others) == set()


async def test_everybody_finds_what_it_needs_before_it_begins(guarded: Broker) -> None:
    topics, _ = await guarded_lab(guarded, LAB)
    for service in ("operator", "feed", "sequencer", "engine", "fanout"):
        async with connected(guarded.bootstrap, login_of(service)) as bus:
            await need_all(bus, of_service(topics, service))
    async with client(guarded.bootstrap, LAB, "alice", login_of("alice")) as alice:
        assert alice.number > 0
        await alice.close()


async def told_to(bus: Bus, *, reads: Iterable[str] = (), writes: Iterable[str] = ()) -> str:
    with pytest.raises((TopicsMissing, RightsMissing)) as caught:
        await need(bus, reads=reads, writes=writes)
    return str(caught.value)


async def test_what_lacks_is_named(guarded: Broker) -> None:
    topics, _ = await guarded_lab(guarded, LAB)
    async with connected(guarded.bootstrap, login_of("alice")) as bus:
        assert f"missing, or may not be seen: {topics.log};" in await told_to(
            bus, reads=(topics.book, topics.log)
        )
        assert f"to write {topics.book};" in await told_to(
            bus, reads=(topics.book,), writes=(topics.book, topics.commands("alice"))
        )
        assert f"to read {topics.commands('alice')};" in await told_to(
            bus, reads=(topics.commands("alice"),)
        )
    with pytest.raises(TopicsMissing, match=topics.account("bob")):
        async with client(guarded.bootstrap, LAB, "bob", login_of("alice")):
            pass


@pytest.mark.parametrize(
    ("login", "told"),
    [
        (None, "says nothing without a user"),
        (Login("alice", "wrong"), "nobody in as alice: SaslAuthenticationFailed"),
        (Login("nobody", "wrong"), "nobody in as nobody: SaslAuthenticationFailed"),
    ],
    ids=["none", "wrong password", "unknown"],
)
async def test_who_is_not_known_is_told_so(guarded: Broker, login: Login | None, told: str) -> None:
    with pytest.raises(LoginRefused, match=told):
        async with connected(guarded.bootstrap, login):
            pass
    with pytest.raises(LoginRefused, match=told):
        await create(guarded.bootstrap, ["t"], 1, login)
    with pytest.raises(LoginRefused, match=told):
        await make_users(guarded.bootstrap, login, {}, ())


async def test_nobody_but_the_broker_makes_users_or_topics(guarded: Broker) -> None:
    topics, _ = await guarded_lab(guarded, LAB)
    for user in READS:
        login = login_of(user)
        with pytest.raises(BusError, match="refused"):
            await create(guarded.bootstrap, [topics.named("new")], 1, login)
        with pytest.raises(BusError, match=r"ClusterAuthorizationFailed|refused"):
            await make_users(guarded.bootstrap, login, {"eve": "x" * 20}, ())
        with pytest.raises(BusError, match=r"ClusterAuthorizationFailed|refused"):
            await make_users(guarded.bootstrap, login, {}, rights.of_bot(topics, user + "2"))


def passwords(folder: Path) -> Mapping[str, str]:
    return {path.name: path.read_text().strip() for path in folder.iterdir()}


def test_a_guarded_lab_trades_with_a_user_for_each_service(guarded: Broker, tmp_path: Path) -> None:
    lab = KafkaLab(guarded.bootstrap, "guarded", tmp_path)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / rights.BROKER).write_text(PASSWORD + "\n")
    lab.act_as(rights.BROKER, secrets)
    try:
        bot = ("--bot", "maker=20000")
        lab.run("lab", "init", "--lab", "quickstart", *bot, "--passwords", str(secrets))
        everybody = passwords(secrets)
        assert set(everybody) == {*rights.RESERVED, "maker"}
        services = {
            "sequencer": ("sequencer", "--lab", "quickstart"),
            "engine": ("engine", "--data", str(tmp_path)),
            "fanout": ("fanout",),
            "feed": ("feed", "--lab", "quickstart", "--data", str(tmp_path), "--pace", "40x"),
            "operator": ("lab", "deposit", "maker", "5"),
            "maker": ("bot", "maker", "--as", "maker", "--contract", "BTCUSDT"),
        }
        running = {}
        for user, arguments in services.items():
            lab.act_as(user, secrets)
            running[user] = lab.start(*arguments)
        assert running.pop("operator").wait(30) == 0
        lasts(running["engine"], 6)
        for user, process in reversed(running.items()):
            assert lab.end(process) == 0, user
        lab.act_as("operator", secrets)
        verdict = lab.verify()
        assert verdict["agrees"] is True
        assert int(str(verdict["orders"])) > 2
        said = "".join(path.read_text() for path in tmp_path.glob("*.log"))
        assert not any(password in said for password in everybody.values())
    finally:
        lab.close()


@pytest.mark.parametrize(
    ("user", "arguments", "told"),
    [
        ("feed", ("engine",), f"{LAB}.log.v1"),
        ("engine", ("sequencer", "--lab", "quickstart"), f"{LAB}.ticks.v1, {LAB}.admin.v1"),
        ("sequencer", ("fanout",), f"{LAB}.events.v1"),
        ("alice", ("lab", "deposit", "alice", "5"), f"{LAB}.admin.v1"),
        ("alice", ("bot", "noise", "--as", "bob", "--contract", "X"), f"{LAB}.account.bob.v1"),
        ("operator", ("topics", "secure", "--bot", "eve"), "ClusterAuthorizationFailed"),
    ],
)
async def test_a_wrong_user_ends_at_once_with_what_it_lacks(
    guarded: Broker, tmp_path: Path, user: str, arguments: tuple[str, ...], told: str
) -> None:
    await guarded_lab(guarded, LAB)
    lab = KafkaLab(guarded.bootstrap, LAB, tmp_path)
    lab.environment = {
        "MARGINCALL_SASL_USERNAME": user,
        "MARGINCALL_SASL_PASSWORD": login_of(user).password,
    }
    process = lab.start(*arguments)
    assert await asyncio.to_thread(process.wait, 30) in (MISTAKE, 75)
    assert told in lab.said(arguments[0])
    lab.close()
