"""Make a lab's topics on a cluster: once, and nothing if they are there."""

import asyncio
from collections.abc import Sequence

import msgspec
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaConnectionError, KafkaError, for_code

from engine.bus.interface import BusError
from engine.bus.kafka import unreachable
from engine.bus.login import Login, settings

ANSWER_MS = 10_000
ALREADY_THERE = 36
REPLICAS_SAFE = 3
"""From so many replicas on, two must have a record before it is acknowledged."""


class Created(msgspec.Struct, frozen=True):
    """Which topics were made, and which were there before."""

    made: tuple[str, ...]
    found: tuple[str, ...]


async def create(
    bootstrap: str, names: Sequence[str], replicas: int, login: Login | None = None
) -> Created:
    """Make the topics that are missing, of one partition, kept for ever.

    The brokers unpack what was compressed, because aiokafka alone can only read gzip: a command in
    another codec would stop whoever reads it.

    Raises `BusError` if no broker answers or one of the topics is refused.
    """
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap, request_timeout_ms=ANSWER_MS, **settings(login)
    )
    kept = {"retention.ms": "-1", "compression.type": "uncompressed"}
    if replicas >= REPLICAS_SAFE:
        kept["min.insync.replicas"] = "2"
    wanted = [NewTopic(name, 1, replicas, topic_configs=kept) for name in names]
    try:
        await asyncio.wait_for(admin.start(), ANSWER_MS / 1_000)
        answer = await admin.create_topics(wanted)
    except (KafkaConnectionError, TimeoutError) as error:
        raise await unreachable(bootstrap, login) from error
    except KafkaError as error:
        raise BusError(f"topics cannot be made: {type(error).__name__}: {error}") from error
    finally:
        await admin.close()
    codes = {name: (code, told) for name, code, told in answer.topic_errors}
    refused = [
        f"{name}: {told or for_code(code).__name__}"
        for name, (code, told) in codes.items()
        if code not in (0, ALREADY_THERE)
    ]
    if refused:
        raise BusError("topics were refused: " + "; ".join(refused))
    return Created(
        made=tuple(name for name in names if codes[name][0] == 0),
        found=tuple(name for name in names if codes[name][0] == ALREADY_THERE),
    )
