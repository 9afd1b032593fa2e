"""Streams of text lines from plain and packed files, and the files that are refused."""

import gzip
import hashlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from feeds.errors import FeedError
from feeds.files import LINE_MAX, UNPACKED_FREE, open_source

TEXT = b"a,b\n1,2\n3,4\n"


def lines_of(path: Path) -> list[str]:
    blocks = list(open_source(str(path)).blocks())
    numbers = [first for first, _ in blocks]
    assert numbers == [1 + sum(len(lines) for _, lines in blocks[:i]) for i in range(len(blocks))]
    return [line for _, lines in blocks for line in lines]


def read_into(seen: list[str], blocks: Iterator[tuple[int, list[str]]]) -> None:
    for _, lines in blocks:
        seen += lines


def zipped(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize("data", [TEXT, TEXT.replace(b"\n", b"\r\n"), TEXT.replace(b"\n", b"\r")])
def test_lines_end_as_on_any_system(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert lines_of(path) == ["a,b", "1,2", "3,4"]


def test_a_last_line_needs_no_line_end_and_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.rstrip())
    assert lines_of(path) == ["a,b", "1,2", "3,4"]


def test_what_is_packed_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(gzip.compress(TEXT))
    assert lines_of(path) == ["a,b", "1,2", "3,4"]
    assert lines_of(zipped(path, **{"t.csv": TEXT})) == ["a,b", "1,2", "3,4"]


def test_the_hash_is_that_of_the_file_as_it_is_on_disk(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"t.csv": TEXT})
    assert open_source(str(path)).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_bytes_that_are_no_utf8_do_not_stop_a_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("trade_id/撮合id\n".encode("gbk") + b"1,2\n")
    assert lines_of(path)[1] == "1,2"


def test_lines_cross_blocks_whole(tmp_path: Path) -> None:
    expected = [f"{number},{'x' * (number % 97)}" for number in range(20_000)]
    path = tmp_path / "t.csv"
    path.write_text("".join(f"{line}\n" for line in expected))
    assert lines_of(path) == expected


@pytest.mark.parametrize("cut", [1, 8, 9, 200, 20_000])
def test_a_gzip_that_is_cut_off_says_the_last_good_line(tmp_path: Path, cut: int) -> None:
    expected = [f"{number},{number * 7919 % 10007}" for number in range(50_000)]
    data = gzip.compress("".join(f"{line}\n" for line in expected).encode())
    path = tmp_path / "t.csv.gz"
    path.write_bytes(data[:-cut])
    seen: list[str] = []
    blocks = open_source(str(path)).blocks()
    with pytest.raises(FeedError, match=r"t\.csv\.gz: cut off or damaged.*download") as error:
        read_into(seen, blocks)
    assert expected[: len(seen)] == seen
    assert f"last good line {len(seen)};" in str(error.value)
    assert len(seen) > 0 or cut == 20_000


def test_a_gzip_that_was_changed_is_found_by_its_checksum(tmp_path: Path) -> None:
    data = bytearray(gzip.compress(TEXT * 1_000))
    data[-6] ^= 1
    path = tmp_path / "t.csv.gz"
    path.write_bytes(data)
    with pytest.raises(FeedError, match="cut off or damaged"):
        lines_of(path)


@pytest.mark.parametrize("keep", [4, 30, 200, -1, -30])
def test_a_zip_that_is_cut_off_is_refused_before_a_line_is_read(tmp_path: Path, keep: int) -> None:
    text = "".join(f"{number * 7919 % 10007}\n" for number in range(1_000)).encode()
    path = zipped(tmp_path / "t.zip", **{"t.csv": text})
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(FeedError, match=r"t\.zip: cut off or damaged zip.*last good line 0"):
        open_source(str(path))


def test_a_zip_that_was_changed_inside_says_the_last_good_line(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("t.csv", TEXT * 100_000)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(FeedError, match=r"CRC.*last good line [1-9]\d+;"):
        lines_of(path)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "holds 0 files"),
        ({"a.csv": TEXT, "b.csv": TEXT}, r"holds 2 files \(a.csv, b.csv\)"),
        ({"a.txt": TEXT}, "holds 'a.txt'; expected one CSV file"),
        ({"../a.csv": TEXT}, "points out of the archive"),
        ({"/etc/a.csv": TEXT}, "points out of the archive"),
        ({"x\\..\\a.csv": TEXT}, "points out of the archive"),
        ({"C:a.csv": TEXT}, "points out of the archive"),
        ({"bomb.csv": b"\n" * (UNPACKED_FREE + 1)}, "unpacks from .* to 16777217 bytes"),
    ],
)
def test_a_zip_holds_one_csv_and_no_trick(
    tmp_path: Path, members: dict[str, bytes], message: str
) -> None:
    path = zipped(tmp_path / "t.zip", **members)
    with pytest.raises(FeedError, match=message):
        open_source(str(path))


def test_a_zip_packed_by_another_method_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("t.csv", TEXT)
    with pytest.raises(FeedError, match=r"'t\.csv' is packed by a rare method; unpack it first"):
        open_source(str(path))


def test_a_zip_whose_tables_point_nowhere_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"t.csv": TEXT})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x05\x06") + 19] = 1  # the directory's offset: 16 million bytes further
    path.write_bytes(data)
    with pytest.raises(FeedError, match=r"t\.zip: cut off or damaged zip"):
        open_source(str(path))


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "t.zip", **{"t.csv": TEXT})
    data = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(header) + flags] |= 1
    path.write_bytes(data)
    with pytest.raises(FeedError, match="encrypted"):
        open_source(str(path))


def test_a_gzip_that_unpacks_to_far_too_much_is_stopped_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(b"1,2\n" * (UNPACKED_FREE // 2)))
    with pytest.raises(FeedError, match=r"t\.csv\.gz:\d+: unpacks to more than 200 times"):
        lines_of(path)


def test_a_line_without_end_is_not_collected(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT + b"1" * 10_000_000)
    with pytest.raises(FeedError, match=rf"t\.csv:4: a line of more than {LINE_MAX} characters"):
        lines_of(path)


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT)
    source = open_source(str(path))
    path.write_bytes(TEXT + TEXT)
    with pytest.raises(FeedError, match="was changed while it was read"):
        list(source.blocks())


def test_an_empty_a_missing_and_an_unnamed_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").touch()
    with pytest.raises(FeedError, match=r"empty\.csv: is empty"):
        open_source(str(tmp_path / "empty.csv"))
    with pytest.raises(FeedError, match=r"nowhere\.csv: there is no such file"):
        open_source(str(tmp_path / "nowhere.csv"))
    with pytest.raises(FeedError, match="empty text"):
        open_source("")
    with pytest.raises(FeedError, match="is a folder"):
        open_source(str(tmp_path))


def test_only_as_much_is_read_as_a_head_needs(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(TEXT)
    assert open_source(str(path)).head(2) == ["a,b", "1,2"]
    assert open_source(str(path)).head(20) == ["a,b", "1,2", "3,4"]
