"""How fast a lab's log goes, where the command line says it."""

import msgspec

from engine.config.read import Place
from engine.config.settings import Lab
from engine.config.streams import pace as speed_of


def paced_as(lab: Lab, pace: str | None) -> Lab:
    """The lab at another pace, if one is given. Raises `ConfigError`."""
    if pace is None:
        return lab
    return _at(lab, speed_of(pace, Place("--pace")))


def unpaced(lab: Lab) -> Lab:
    """The lab as far as it decides what happens: how fast it goes does not."""
    return _at(lab, None)


def _at(lab: Lab, speed_ppm: int | None) -> Lab:
    feed = msgspec.structs.replace(lab.feed, speed_ppm=speed_ppm)
    return msgspec.structs.replace(lab, feed=feed)
