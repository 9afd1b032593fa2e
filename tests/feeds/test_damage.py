"""Files that were damaged anywhere: either they are read, or a `FeedError` says what is wrong."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.errors import FeedError
from tests.feeds.making import QUOTES_HEADER, TRADES_HEADER, read, trade_rows

TRADES = "\n".join([TRADES_HEADER, *trade_rows(40)]).encode()


def zipped(data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("BTCUSDT-trades.csv"), data)
    return packed.getvalue()


GOOD = {"plain": TRADES, "gzip": gzip.compress(TRADES, mtime=0), "zip": zipped(TRADES)}
Damage = list[tuple[int, int]]


def read_or_refused(folder: Path, data: bytes) -> str:
    """The message of the refusal, or nothing where the file was read."""
    path = folder / "BTCUSDT-trades.csv"
    path.write_bytes(data)
    try:
        ticks, report = read(path)
    except FeedError as error:
        return str(error)
    assert len(ticks) == report.rows - report.dropped > 0
    return ""


@pytest.mark.parametrize("kind", GOOD)
@settings(max_examples=150)
@given(
    damage=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4),
    cut=st.integers(0, 10**6),
)
@example(damage=[], cut=0)
def test_a_byte_here_and_there(
    tmp_path_factory: pytest.TempPathFactory, kind: str, damage: Damage, cut: int
) -> None:
    data = bytearray(GOOD[kind])
    for place, byte in damage:
        data[place % len(data)] = byte
    kept = data[: len(data) - cut % len(data)] if cut % 3 == 1 else data
    message = read_or_refused(tmp_path_factory.mktemp("damaged"), bytes(kept))
    assert message == "" or "BTCUSDT-trades.csv" in message


@settings(max_examples=300)
@given(
    st.lists(
        st.sampled_from(
            [
                *(TRADES_HEADER, QUOTES_HEADER, *trade_rows(3), "", ",", '"', '"a', "-1", "1"),
                *("\x00", "NaN", "1E+999999", ",,,,,", "1,2,3,4,5,6", "﻿id", "1;2;3"),
            ]
        )
        | st.text(max_size=20),
        max_size=8,
    )
)
def test_lines_of_any_kind(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    message = read_or_refused(tmp_path_factory.mktemp("lines"), data)
    assert message == "" or "BTCUSDT-trades.csv" in message
