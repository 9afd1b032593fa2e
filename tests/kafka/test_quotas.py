"""What a bot may ask of brokers that ask who is there: so many bytes, and it alone waits."""

from pathlib import Path
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.admin import DescribeClientQuotasRequest
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from engine.bus.interface import BusError
from engine.bus.kafka_topics import create
from engine.bus.kafka_users import make_users, set_quotas
from engine.bus.login import Login, settings
from engine.bus.names import Topics
from engine.bus.quotas import KIB, OF_A_BOT, Quota
from engine.bus.rights import BROKER, of_lab
from tests.kafka.broker import Broker
from tests.kafka.conftest import PASSWORD
from tests.kafka.lab import KafkaLab

ROOT = Login(BROKER, PASSWORD)
LAB, EXACTLY, ANY = "quotas", 0, 2
FIGURES = {"producer_byte_rate", "consumer_byte_rate", "request_percentage"}


def login_of(user: str) -> Login:
    return Login(user, f"{user}-has-a-long-password")


async def asked(broker: Broker, login: Login, *requests: Any) -> list[Any]:
    """The brokers' answers to requests, one after the other over one connection."""
    client = AIOKafkaClient(bootstrap_servers=broker.bootstrap, **settings(login))
    await client.bootstrap()
    try:
        return [await client.send(client.get_random_node(), request) for request in requests]
    finally:
        await client.close()


async def quotas(broker: Broker) -> dict[str, dict[str, float]]:
    """All quotas of users that the brokers hold."""
    (answer,) = await asked(broker, ROOT, DescribeClientQuotasRequest([("user", ANY, None)], True))
    assert answer.error_code == 0
    return {entity[0][1]: dict(values) for entity, values in answer.entries}


def record_of(size: int) -> bytes:
    """A batch with one record."""
    batch = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=size + 1_000,
    )
    assert batch.append(0, 1, None, b"x" * size, []) is not None
    return bytes(batch.build())


async def test_a_bot_that_takes_more_than_its_share_waits_and_nobody_else_does(
    guarded: Broker,
) -> None:
    topics = Topics(LAB)
    bots = ("alice", "bob")
    names = [*topics.shared(), *(name for bot in bots for name in topics.of_bot(bot))]
    await create(guarded.bootstrap, names, 1, ROOT)
    grants = tuple(of_lab(topics, bots))
    passwords = {user: login_of(user).password for user in {grant.user for grant in grants}}
    await make_users(guarded.bootstrap, ROOT, passwords, grants)
    small = Quota(producer_byte_rate=32 * KIB, consumer_byte_rate=32 * KIB)
    await set_quotas(guarded.bootstrap, ROOT, {"alice": OF_A_BOT, "bob": small})

    async def waits(user: str, writes: str, reads: str) -> tuple[bool, bool]:
        """Whether a user that writes and reads 500 KB is made to wait, for the one or the other."""
        batch = [ProduceRequest(None, 1, 5_000, [(writes, [(0, record_of(250 * KIB))])])] * 2
        fetch = [FetchRequest(100, 1, 1 << 20, 0, [(reads, [(0, 0, 1 << 20)])])] * 2
        said, got = [await asked(guarded, login_of(user), *each) for each in (batch, fetch)]
        codes = {part[1] for answer in said for _, parts in answer.topics for part in parts}
        assert codes == {0}
        said_waits, got_waits = (
            any(each.throttle_time_ms > 0 for each in answers) for answers in (said, got)
        )
        return said_waits, got_waits

    both = topics.commands("bob"), topics.trades
    assert await waits("fanout", topics.trades, topics.trades) == (False, False)
    assert await waits("alice", topics.commands("alice"), topics.trades) == (False, False)
    assert await waits("bob", *both) == (True, True)
    assert await waits("fanout", topics.trades, topics.trades) == (False, False)
    with pytest.raises(BusError, match=r"ClusterAuthorizationFailed|refused"):
        await set_quotas(guarded.bootstrap, login_of("alice"), {"alice": Quota()})


async def test_bots_have_quotas_once_their_lab_is_begun_and_services_have_none(
    guarded: Broker, tmp_path: Path
) -> None:
    lab = KafkaLab(guarded.bootstrap, "begun-quotas", tmp_path)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / BROKER).write_text(PASSWORD + "\n")
    lab.act_as(BROKER, secrets)
    begin = ("lab", "init", "--lab", "quickstart", "--passwords", str(secrets))
    try:
        for bots in (("--bot", "quota-a=5"), ("--bot", "quota-a=5", "--bot", "quota-b=5")):
            lab.run(*begin, *bots)
    finally:
        lab.close()
    found = await quotas(guarded)
    expected = {name: float(getattr(OF_A_BOT, name)) for name in FIGURES}
    assert [found[bot] for bot in ("quota-a", "quota-b")] == [expected, expected]
    assert found.keys().isdisjoint({BROKER, "operator", "feed", "sequencer", "engine", "fanout"})
