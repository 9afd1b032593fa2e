"""Tick files as one stream of ticks: the feed of a run, and the same feed once more.

The stream is a function of the files' bytes, their order, the contracts and the settings. Files
are merged by time, ties by the files' order.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import PurePath

import msgspec

from engine.config.settings import Feed as FeedSettings
from engine.config.settings import Shock
from engine.core.command import Tick
from engine.core.instrument import Contract
from feeds.errors import FeedError
from feeds.files import Source, open_source
from feeds.formats.detect import BUILT_IN, HEAD_LINES, Layout, detect
from feeds.formats.format import Format
from feeds.merge import merged
from feeds.parquet import ParquetSource, recognised
from feeds.report import FileReport
from feeds.shock import bent, check_contracts
from feeds.tick_file import TickFile

_COIN_MARGINED = re.compile(r"USD_(PERP|[0-9]{6})(?![A-Z0-9])")
BATCH = 1_000
"""Ticks of a batch."""


class FileArg(msgspec.Struct, frozen=True):
    """A file as its user names it."""

    path: str
    symbol: str | None = None
    format: str | None = None

    @classmethod
    def parse(cls, text: str, named: str | None = None) -> "FileArg":
        """Read `FILE` or `SYMBOL=FILE`; `named` is what `--format` names.

        A path that has a `=` only after a folder stays a path.

        >>> FileArg.parse("BTCUSDT=day/trades.csv")
        FileArg(path='day/trades.csv', symbol='BTCUSDT', format=None)
        >>> FileArg.parse("day/a=b.csv").symbol is None
        True
        """
        symbol, equals, path = text.partition("=")
        if not equals or not symbol or not path or "/" in symbol or "\\" in symbol:
            return cls(text, None, named)
        return cls(path, symbol, named)


class FileReference(msgspec.Struct, frozen=True):
    """What a journal keeps of a file, so that `reopen_feed` finds the same ticks again.

    `contract` is empty where the rows name their contracts.
    """

    path: str
    format: str
    contract: str
    sha256: str


class Feed:
    """The ticks of a run's files; can be read once.

    `references` are known from the start, `reports` are final once the ticks are read. `kinds` are
    what the files hold: trades, quotes (books too), index, funding.
    """

    def __init__(
        self,
        files: Sequence[TickFile],
        contracts: Mapping[str, Contract],
        shocks: Sequence[Shock] = (),
    ) -> None:
        self._files = files
        self._contracts, self._shocks = contracts, shocks
        self._is_read = False
        self.kinds = frozenset(file.kind for file in files)
        self.reports: tuple[FileReport, ...] = tuple(file.report for file in files)
        self.references: tuple[FileReference, ...] = tuple(
            FileReference(report.path, report.format, report.contract, report.sha256)
            for report in self.reports
        )

    def ticks(self) -> Iterator[Tick]:
        """Read the files, merged by time and bent by the lab's shocks.

        Raises `FeedError` on the way.
        """
        assert not self._is_read, "a feed is read once; open it again"
        self._is_read = True
        ticks = merged([file.ticks() for file in self._files])
        return bent(ticks, self._shocks, self._contracts) if self._shocks else ticks

    def batches(self, size: int = BATCH) -> Iterator[list[Tick]]:
        """The same ticks in lists of at most `size`."""
        ticks = self.ticks()
        while batch := list(islice(ticks, size)):
            yield batch


def open_feed(
    files: Sequence[FileArg], contracts: Mapping[str, Contract], settings: FeedSettings
) -> Feed:
    """Look at every file before any is read: is it there, what is it, whose is it.

    Raises `FeedError`.
    """
    if not files:
        raise FeedError("no file was named; name one or more tick files")
    check_contracts(settings.shocks, contracts)
    opened = []
    for file in files:
        source, layout = looked_at(file, settings)
        refused = _refused(layout.format)
        if refused is not None:
            raise FeedError(f"{file.path}: is {layout.format.name}: {refused}")
        _check_sizes(file, layout)
        contract = _contract_of(file, layout, contracts)
        opened.append(TickFile(source, layout, contract, contracts, settings))
    return Feed(opened, contracts, settings.shocks)


def looked_at(file: FileArg, settings: FeedSettings) -> tuple[Source | ParquetSource, Layout]:
    """Open a file and say in which format it is, also one that is not replayed.

    Raises `FeedError`.
    """
    maps = [Format(columns=columns) for columns in settings.columns]
    source = recognised(open_source(file.path))
    stamps = source.stamps if isinstance(source, ParquetSource) else None
    layout = detect(file.path, source.head(HEAD_LINES), maps, file.format, stamps=stamps)
    form = msgspec.structs.replace(layout.format, marks=settings.marks)
    return source, msgspec.structs.replace(layout, format=form)


def _refused(form: Format) -> str | None:
    if form.columns.kind != "mark" or form.marks:
        return form.refused
    return (
        "the venue makes its own mark, a series of another one is not replayed; set rules.mark "
        'to "file" in the lab to go by it, or take it for the index with --format '
        "binance_index_klines"
    )


def reopen_feed(
    references: Sequence[FileReference], contracts: Mapping[str, Contract], settings: FeedSettings
) -> Feed:
    """Open the files of an earlier run again.

    Raises `FeedError` for a file that is missing or is not the one that the run has read.
    """
    files = [FileArg(each.path, each.contract or None, each.format) for each in references]
    feed = open_feed(files, contracts, settings)
    for reference, report in zip(references, feed.reports, strict=True):
        if report.sha256 != reference.sha256:
            raise FeedError(
                f"{reference.path}: is not the file that the run has read: found sha256 "
                f"{report.sha256}, expected {reference.sha256}; put that file back"
            )
    return feed


def _check_sizes(file: FileArg, layout: Layout) -> None:
    """Binance's coin-margined files have the columns of the others, and sizes in contracts."""
    columns = layout.format.columns
    if (
        file.format is None
        and layout.format in BUILT_IN
        and columns.name.startswith("binance_")
        and columns.kind in ("trades", "quotes")
        and _COIN_MARGINED.search(PurePath(file.path).name)
    ):
        raise FeedError(
            f"{file.path}: is of a coin-margined contract: its sizes count contracts of some "
            f"dollars, not coins; describe it in the lab with a column map of size_unit contract, "
            f"or name {columns.name} with --format if they are coins"
        )


def _contract_of(
    file: FileArg, layout: Layout, contracts: Mapping[str, Contract]
) -> Contract | None:
    """The contract of all rows, or None where a column says it."""
    columns = layout.format.columns
    if file.symbol is not None:
        return _known(file, file.symbol, contracts)
    if columns.contract is not None:
        return None
    if columns.symbol is not None:
        return _known(file, columns.symbol, contracts)
    return _by_name(file, contracts)


def _known(file: FileArg, symbol: str, contracts: Mapping[str, Contract]) -> Contract:
    if symbol not in contracts:
        raise FeedError(
            f"{file.path}: the lab has no contract {symbol}; it has {_listed(contracts)}; "
            f"name the file as SYMBOL={file.path} with one of these"
        )
    return contracts[symbol]


def _by_name(file: FileArg, contracts: Mapping[str, Contract]) -> Contract:
    name = PurePath(file.path).name
    found = [symbol for symbol in contracts if _names(name, symbol)]
    longest = [
        symbol
        for symbol in found
        if not any(symbol != other and symbol in other for other in found)
    ]
    if len(longest) == 1:
        return contracts[longest[0]]
    raise FeedError(
        f"{file.path}: its name tells of {'no' if not longest else 'more than one'} contract of "
        f"the lab, which has {_listed(contracts)}; name the file as SYMBOL={file.path}"
    )


def _names(name: str, symbol: str) -> bool:
    """Whether a file's name holds a symbol as a word: no letter or digit before, no letter after.

    A digit may follow: Bybit writes `BTCUSDT2024-07-18.csv.gz`.
    """
    name, symbol = name.upper(), symbol.upper()
    place = name.find(symbol)
    while place >= 0:
        before, after = name[:place][-1:], name[place + len(symbol) :][:1]
        if not before.isalnum() and not after.isalpha():
            return True
        place = name.find(symbol, place + 1)
    return False


def _listed(contracts: Mapping[str, Contract]) -> str:
    return ", ".join(contracts) or "none"
