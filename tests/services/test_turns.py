"""Topics take turns: nobody waits for what another one says too much."""

from engine.bus.interface import Record
from engine.services.inbox import CONTENT, FRAME
from engine.services.turns import (
    FRAME_SHARE,
    RECORD_BYTES,
    TURN_BYTES,
    WAITING_BYTES,
    Turns,
)

ORDER = b"o" * 100
IN_A_TURN = TURN_BYTES // (RECORD_BYTES + len(ORDER))


def many(count: int) -> list[Record]:
    return [Record(offset, ORDER) for offset in range(count)]


def test_one_order_goes_beside_a_flood_and_not_behind_it() -> None:
    turns = Turns()
    turns.add([("flood", many(5_000))])
    assert [(topic, len(records)) for topic, records in turns.round()] == [("flood", IN_A_TURN)]
    turns.add([("quiet", many(1))])
    assert [(topic, len(records)) for topic, records in turns.round()] == [
        ("flood", IN_A_TURN),
        ("quiet", 1),
    ]
    assert list(turns.waiting) == ["flood"]


def test_everything_gets_its_turn_once_and_in_order() -> None:
    turns = Turns()
    turns.add([("a", many(300)), ("b", many(40))])
    taken: dict[str, list[int]] = {"a": [], "b": []}
    while turns.waiting:
        for topic, records in turns.round():
            taken[topic] += [record.offset for record in records]
    assert taken == {"a": list(range(300)), "b": list(range(40))}


def test_a_record_that_is_larger_than_a_turn_goes_alone() -> None:
    turns = Turns()
    turns.add([("ticks", [Record(0, b"f" * TURN_BYTES), Record(1, None)])])
    assert [len(records) for _ in range(2) for _, records in turns.round()] == [1, 1]


def test_a_topic_of_which_much_waits_is_not_read_for_a_while() -> None:
    turns = Turns()
    turns.add([("flood", many(WAITING_BYTES // 200 + IN_A_TURN)), ("quiet", many(1))])
    assert turns.full() == ("flood",)
    while turns.full():
        list(turns.round())
    assert turns.waiting["flood"]


def test_several_frames_of_ticks_go_in_a_turn() -> None:
    turns = Turns()
    frame = b"f" * (TURN_BYTES - RECORD_BYTES * FRAME_SHARE)  # as large as a turn of orders
    turns.add([("ticks", [Record(0, frame, headers=((CONTENT, FRAME),))] * 20)])
    assert [len(records) for _, records in turns.round()] == [FRAME_SHARE]
