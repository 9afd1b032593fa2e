"""What only a real broker carries: records that the client library itself cannot read."""

import asyncio
import struct
import subprocess
from collections.abc import Sequence

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from engine.bus.interface import Message, Record
from engine.bus.kafka import connected
from engine.bus.kafka_topics import create
from engine.bus.names import Topics
from engine.services.inbox import CONTENT, FRAME
from engine.services.look import records_of
from engine.services.meters import Meters
from engine.services.sequencer import LETTER_BYTES, Sequencer
from tests.kafka.broker import Broker
from tests.services.stage import GENESIS
from tests.support import poison

BAD_NAME = b"\xff\xfe\xff\xfe"
GOOD = poison.GOOD_OF_BOTS


async def lab_on(broker: Broker, name: str) -> Topics:
    topics = Topics(name)
    await create(broker.bootstrap, [*topics.shared(), *topics.of_bot("alice")], 1)
    return topics


async def sequenced(broker: Broker, topics: Topics) -> tuple[list[Record], list[Record]]:
    """Let a sequencer take all that is there; the dead letters, and the log's entries."""
    meters = Meters().sequencer
    stop = asyncio.Event()
    async with connected(broker.bootstrap) as bus:
        inputs = (topics.ticks, topics.admin, topics.commands("alice"))
        ends = {topic: (await bus.span(topic))[1] for topic in inputs}
        running = asyncio.ensure_future(Sequencer(bus, topics, GENESIS, "run", meters).run(stop))
        while not running.done() and any(meters.taken(name) < end for name, end in ends.items()):
            await asyncio.wait({running}, timeout=0.05)
        stop.set()
        await running
        _, end = await bus.span(topics.dead_letters)
        letters = await records_of(bus, topics.dead_letters, 0, end)
        _, end = await bus.span(topics.log)
        log = await records_of(bus, topics.log, 0, end)
    return letters, [record for record in log if record.header("source")]


async def test_every_poison_reaches_the_letters_of_a_real_broker(broker: Broker) -> None:
    topics = await lab_on(broker, "poisoned")
    framed = ((CONTENT, FRAME),)
    huge = b"\xff" * 500_000
    sent = {
        topics.commands("alice"): [
            *(Message(value) for value in poison.OF_BOTS),
            Message(b"", huge),
            Message(huge, huge[:400_000]),
            Message(b"{}", headers=(("h" * 1_000, huge[:100_000]),) * 5),
            Message(GOOD, huge),
        ],
        topics.admin: [*(Message(value) for value in poison.OF_OPERATOR), Message(huge, b"")],
        topics.ticks: [
            *(Message(value, headers=framed) for value in poison.FRAMES),
            *(Message(value) for value in poison.OF_FEED),
        ],
    }
    async with connected(broker.bootstrap) as bus:
        for topic, messages in sent.items():
            for message in messages:
                await bus.publish(topic, [message])
        await bus.flush()
    letters, taken = await sequenced(broker, topics)
    assert [record.value for record in taken] == [
        b'{"type":"CancelOrder","account":"alice","order":"1","at_us":0}'
    ]
    assert len(letters) == sum(map(len, sent.values())) - 1
    for topic, messages in sent.items():
        mine = [each for each in letters if each.header("topic") == topic.encode()]
        bad = [message.value for message in messages if message.key != huge or not message.value]
        assert [each.value for each in mine] == [value[:LETTER_BYTES] for value in bad]
        assert all(each.header("reason") for each in mine)


def batch(values: Sequence[bytes], bad: int | None) -> bytes:
    """A batch as a client of another make may write it: one header's name is no UTF-8."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=100_000,
    )
    for number, value in enumerate(values):
        builder.append(number, 0, None, value, [("NAME", b"v")] if number == bad else [])
    data = bytearray(bytes(builder.build()).replace(b"NAME", BAD_NAME))
    data[17:21] = struct.pack(">I", calc_crc32c(bytes(data[21:])))
    return bytes(data)


async def test_a_batch_that_cannot_be_decoded_is_a_letter_and_the_next_one_is_taken(
    broker: Broker,
) -> None:
    topics = await lab_on(broker, "undecoded")
    topic = topics.commands("alice")
    batches = [batch([GOOD], None), batch([GOOD, b"bad", GOOD], 1), batch([GOOD, GOOD], None)]
    client = AIOKafkaClient(bootstrap_servers=broker.bootstrap)
    await client.bootstrap()
    for data in batches:
        while True:  # a topic that is new has no leader for a moment
            request = ProduceRequest(None, -1, 5_000, [(topic, [(0, data)])])
            answer = await client.send(client.get_random_node(), request)
            if answer.topics[0][1][0][1] == 0:
                break
    await client.close()
    letters, taken = await sequenced(broker, topics)
    assert [record.header("place") for record in taken] == [b"0", b"1", b"4", b"5"]
    (letter,) = letters
    assert letter.header("offset") == b"2"
    assert b"from 2 to 3 cannot be decoded" in (letter.header("reason") or b"")
    assert BAD_NAME in (letter.value or b"")


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_a_command_may_be_compressed_as_its_bot_likes(broker: Broker, codec: str) -> None:
    topics = await lab_on(broker, f"packed-{codec}")
    command = ["kcat", "-b", broker.bootstrap, "-t", topics.commands("alice"), "-P", "-z", codec]
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE)
    except FileNotFoundError:
        pytest.skip("there is no kcat, which sends in every codec (Debian: apt-get install kcat)")
    await process.communicate(b"\n".join([GOOD] * 20))
    assert process.returncode == 0
    letters, taken = await sequenced(broker, topics)
    assert (len(letters), len(taken)) == (0, 20)
