"""What a lab's feed sends, as a stream that can be taken up again at any place."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import msgspec

from engine.cli.own_ticks import own_ticks, path_of
from engine.cli.pacing import unpaced
from engine.cli.run import BATCH, commands_of, contracts_of
from engine.config.settings import Lab
from engine.core.command import Command
from feeds.pace import paced, pulled
from feeds.replay import Feed, FileArg, open_feed


class Stream:
    """A lab's ticks with its traders and its crowd; a function of the lab and the files.

    `name` is the same for the same stream.
    """

    def __init__(self, lab: Lab, feed: Feed) -> None:
        self._lab, self._feed = lab, feed
        hashes = "".join(each.sha256 for each in feed.references)
        told = msgspec.json.encode(unpaced(lab)) + hashes.encode()
        self.name = blake2b(told, digest_size=8).hexdigest()

    def batches(
        self, sent: int, pauses: Callable[[float], None]
    ) -> AsyncIterator[Sequence[Command]]:
        """Everything behind the first `sent` commands, in step with the lab's pace.

        `pauses` hears of the seconds for which nothing is due.
        """

        async def sleep(seconds: float) -> None:
            pauses(seconds)
            await asyncio.sleep(seconds)

        commands = islice(commands_of(self._lab, self._feed.ticks()), sent, None)
        return paced(pulled(_cut(commands)), self._lab.feed.speed_ppm, sleep=sleep)


def stream_of(lab: Lab, files: Sequence[FileArg], folder: Path) -> Stream:
    """The stream of tick files, or of the ticks that the lab makes, which go into a folder.

    Raises `Mistake`, `FeedError` and `OSError`.
    """
    if files:
        return Stream(lab, open_feed(files, contracts_of(lab), lab.feed))
    path_of(lab)
    folder.mkdir(parents=True, exist_ok=True)
    return Stream(lab, own_ticks(lab, folder).feed)


def _cut(commands: Iterator[Command]) -> Iterator[Sequence[Command]]:
    while batch := list(islice(commands, BATCH)):
        yield batch
