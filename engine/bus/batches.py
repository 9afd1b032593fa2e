"""Fetched batches, record by record, also where one cannot be decoded.

aiokafka reads the names of headers as UTF-8, which no broker asks of them: one record with another
name, and its consumer never comes past it. Here such a record is told, and what stands behind it
in its batch with it; the next batch is read.
"""

from struct import unpack_from
from typing import Any

from aiokafka.record import MemoryRecords

from engine.bus.interface import Record

_HEAD = 12
"""Bytes of a batch before those that its length counts."""


def decoded(data: bytes, start: int) -> tuple[list[Record], int]:
    """The records of whole batches (version 2) from an offset on, and the offset behind them."""
    records: list[Record] = []
    place, following = 0, start
    while place + _HEAD <= len(data):
        (length,) = unpack_from(">i", data, place + 8)
        piece = data[place : place + _HEAD + length]
        if len(piece) < _HEAD + length:
            break
        place += len(piece)
        found, following = _of_batch(piece, following)
        records += found
    return records, following


def _of_batch(piece: bytes, start: int) -> tuple[list[Record], int]:
    batch = MemoryRecords(piece).next_batch()
    records = []
    try:
        for raw in batch:
            records.append(to_record(raw))  # noqa: PERF401  # what came before an error counts
    except ValueError as error:
        begin = max(start, records[-1].offset + 1 if records else batch.base_offset)
        told = f"the records from {begin} to {batch.next_offset - 1} cannot be decoded: {error}"
        records.append(Record(begin, piece, unreadable=told))
    fresh = [record for record in records if record.offset >= start]
    return fresh, max(start, batch.next_offset)


def to_record(raw: Any) -> Record:
    """A record as aiokafka has it, as ours."""
    return Record(raw.offset, raw.value, raw.key, tuple(raw.headers))
