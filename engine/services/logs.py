"""What a service says of itself: a line of JSON each, with the service, the run and the event."""

import json
import logging
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TextIO

EXTRA = ("run", "seq")


class JsonLines(logging.Formatter):
    """A record as one line of JSON; `about` is what every line tells unless it says otherwise."""

    def __init__(self, about: Callable[[], Mapping[str, object]] = dict) -> None:
        super().__init__()
        self._about = about

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its line feed."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
        }
        told |= self._about()
        told |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told)


def to_stderr(
    about: Callable[[], Mapping[str, object]] = dict, stream: TextIO | None = None
) -> None:
    """Let everything that is logged from now on go to stderr as lines of JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(about))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
