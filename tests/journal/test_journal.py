"""A log is written, read back in the same order, rerun, and every damage to it is found."""

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import msgspec
import pytest

from engine.core.command import Command, Deposit, Tick, TradeTick
from engine.core.event import Deposited, Event
from engine.core.money import Lots, Micros, Price
from engine.journal import read
from engine.journal.chain import Chain
from engine.journal.compare import Difference, first_difference
from engine.journal.error import JournalError
from engine.journal.record import Genesis, TickFile, Ticks
from engine.journal.repro import BREACH, write_repro
from engine.journal.write import COMMANDS, EVENTS, CommandLog, EventLog

GENESIS = Genesis(
    "1.0", msgspec.Raw(b'{"a":1}'), (TickFile("ticks/x.csv", "binance_trades", "X", "ab" * 32),)
)


def tick(at_us: int) -> TradeTick:
    return TradeTick(at_us=at_us, contract="X", price=Price(5), quantity=Lots(1), side="buy")


def deposit(at_us: int) -> Deposit:
    return Deposit(at_us=at_us, account="alice", amount=Micros(7))


def deposited(seq: int) -> Deposited:
    return Deposited(seq=seq, at_us=seq, account="alice", amount=Micros(1), wallet=Micros(seq))


LOG: list[Command] = [deposit(0), tick(1), tick(2), deposit(2), tick(3), tick(4), tick(5)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run of two batches of commands and three events."""
    log = CommandLog(tmp_path, GENESIS)
    log.write(LOG[:3])
    log.write(LOG[3:])
    log.close()
    events = EventLog(tmp_path)
    events.write([deposited(1), deposited(2)])
    events.write([deposited(3)])
    events.close()
    return tmp_path


def ticks_of(commands: list[Command]) -> Iterator[Tick]:
    return iter([command for command in commands if isinstance(command, TradeTick)])


def test_ticks_are_referenced_and_everything_else_is_written(folder: Path) -> None:
    found = list(read.records(folder))
    assert found[0] == GENESIS
    assert found[1:] == [deposit(0), Ticks(1, 2), deposit(2), Ticks(3, 5)]


def test_a_log_is_read_back_in_its_order(folder: Path) -> None:
    assert list(read.commands(folder, ticks_of(LOG))) == LOG
    assert read.genesis(folder) == GENESIS


def test_every_line_is_an_event_with_the_hash_of_all_before_it(folder: Path) -> None:
    before = bytes(32)
    for seq, line in enumerate((folder / EVENTS).read_bytes().splitlines(), 1):
        body = msgspec.json.encode(deposited(seq))
        before = blake2b(before + body, digest_size=32).digest()
        assert line == body[:-1] + b',"h":"' + before.hex().encode() + b'"}'
        assert msgspec.json.decode(line, type=Deposited) == deposited(seq)


def test_a_rerun_that_agrees_has_no_difference(folder: Path) -> None:
    chain = Chain()
    assert first_difference(folder, map(deposited, (1, 2, 3)), chain) is None
    assert chain.count == 3
    assert chain.hex == msgspec.json.decode((folder / EVENTS).read_bytes().splitlines()[-1])["h"]


@pytest.mark.parametrize(
    ("rerun", "seq", "is_recorded", "is_rerun"),
    [
        ([deposited(1), deposited(9), deposited(3)], 2, True, True),
        ([deposited(1), deposited(2)], 3, True, False),
        ([deposited(1), deposited(2), deposited(3), deposited(4)], 4, False, True),
    ],
)
def test_the_first_difference_is_told(
    folder: Path, rerun: list[Event], seq: int, is_recorded: bool, is_rerun: bool
) -> None:
    found = first_difference(folder, rerun, Chain())
    assert isinstance(found, Difference)
    assert found.seq == seq
    assert (found.recorded is not None, found.rerun is not None) == (is_recorded, is_rerun)


@pytest.mark.parametrize("name", [COMMANDS, EVENTS])
def test_a_torn_last_line_is_told(folder: Path, name: str) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(JournalError, match=rf"{name}:\d+: the last line is torn"):
        list(read.lines(path))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="expected the folder of a finished run"):
        read.genesis(tmp_path)


@pytest.mark.parametrize("line", [b"{}", b'{"type":"Unknown"}', b"[" * 100_000, b'{"type":"\xff"}'])
def test_a_line_that_is_no_record_is_told(folder: Path, line: bytes) -> None:
    path = folder / COMMANDS
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(JournalError, match=rf"{COMMANDS}:6: is no record of a log"):
        list(read.commands(folder, ticks_of(LOG)))


def test_a_log_that_does_not_begin_with_its_configuration_is_told(folder: Path) -> None:
    path = folder / COMMANDS
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[1:]))
    with pytest.raises(JournalError, match="expected the record Genesis"):
        read.genesis(folder)
    path.write_bytes(b"".join([*lines, lines[0]]))
    with pytest.raises(JournalError, match="a second Genesis"):
        list(read.commands(folder, ticks_of(LOG)))


def test_files_with_too_few_ticks_are_told(folder: Path) -> None:
    with pytest.raises(JournalError, match="gave 1 of the 3 ticks"):
        list(read.commands(folder, ticks_of(LOG[:5])))


@pytest.mark.parametrize("number", range(1, len(LOG) + 1))
def test_a_repro_is_the_log_up_to_a_command(folder: Path, number: int) -> None:
    target = folder / "repro"
    write_repro(folder, target, number, "it broke")
    assert list(read.commands(target, ticks_of(LOG))) == LOG[:number]
    assert read.genesis(target).files[0].path == "../ticks/x.csv"
    assert "it broke" in (target / BREACH).read_text()
