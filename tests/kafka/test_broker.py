"""The launcher: a real broker that can be killed and comes back with what it had."""

from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.kafka.broker import Broker
from tests.kafka.jars import NoBroker, pins_of


async def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    try:
        broker = Broker(tmp_path)
    except NoBroker as error:
        pytest.skip(str(error))
    broker.start()
    try:
        admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap)
        await admin.start()
        made = await admin.create_topics([NewTopic("kept", 1, 1)])
        assert made.topic_errors[0][1] == 0
        await admin.close()
        async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all") as producer:
            await producer.send_and_wait("kept", b"1")
        broker.kill()
        broker.start()
        async with AIOKafkaConsumer(bootstrap_servers=broker.bootstrap) as consumer:
            kept = TopicPartition("kept", 0)
            consumer.assign([kept])
            await consumer.seek_to_beginning(kept)
            assert (await consumer.getone()).value == b"1"
    finally:
        broker.stop()


def test_pins_tell_one_jar_from_another(tmp_path: Path) -> None:
    (tmp_path / "a.jar").write_bytes(b"1")
    before = pins_of(tmp_path)
    (tmp_path / "a.jar").write_bytes(b"2")
    assert before.endswith("  a.jar\n")
    assert pins_of(tmp_path) != before
