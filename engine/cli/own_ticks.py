"""Labs that bring their own ticks: written as files into a folder, then replayed like any other."""

from pathlib import Path

import msgspec

from engine.cli.folder import TICKS
from engine.cli.mistake import Mistake
from engine.cli.run import contracts_of
from engine.config.settings import Lab, StoryPath
from feeds.replay import Feed, FileArg, open_feed
from feeds.story_path import write_ticks


class OwnTicks(msgspec.Struct, frozen=True):
    """A lab's own ticks as a feed; `total` is their number."""

    feed: Feed
    total: int


def path_of(lab: Lab) -> StoryPath:
    """The path that a lab makes its ticks from. Raises `Mistake` where it has none."""
    if lab.path is None:
        raise Mistake(f"the lab {lab.name} makes no ticks of its own; name one or more tick files")
    return lab.path


def own_ticks(lab: Lab, folder: Path) -> OwnTicks:
    """Write a lab's ticks into `ticks` in a folder that is there, and open them.

    Raises `Mistake` where the lab has no path.
    """
    path = path_of(lab)
    place = folder / TICKS
    place.mkdir(exist_ok=True)
    files = write_ticks(place, path)
    total = sum(file.read_bytes().count(b"\n") - 1 for file in files)
    arguments = [FileArg(str(file)) for file in files]
    return OwnTicks(open_feed(arguments, contracts_of(lab), lab.feed), total)
