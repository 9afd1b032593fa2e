"""Health over HTTP, and what services say in their logs."""

import asyncio
import io
import json
import logging
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from engine.services import health
from engine.services.health import LOOPBACK, Address, Health
from engine.services.logs import JsonLines, to_stderr
from engine.services.meters import Meters
from tests.services.stage import Stage, tick


def asked(served: Health, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{served.port}{path}") as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_service_tells_whether_it_is_ready_and_what_it_counted() -> None:
    meters = Meters()
    served = Health(meters.registry, meters.is_ready)
    meters.engine.awaited()
    with served.served(Address(LOOPBACK, 0)):
        assert asked(served, "/healthz") == (200, "alive\n")
        assert asked(served, "/readyz") == (503, "not ready\n")
        meters.engine.caught_up()
        meters.engine.answered()
        meters.engine.applied(5, 2, replayed=True)
        assert asked(served, "/readyz") == (200, "ready\n")
        status, metrics = asked(served, "/metrics")
        assert status == 200
        assert "margincall_replayed_total 5.0\n" in metrics
        assert asked(served, "/else")[0] == 404


async def test_a_loop_that_hangs_is_not_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    meters = Meters()
    served = Health(meters.registry, meters.is_ready)
    with served.served(Address(LOOPBACK, 0)):
        monkeypatch.setattr(health, "DEAD_S", -1)
        assert asked(served, "/healthz") == (503, "not alive\n")
        monkeypatch.undo()
        beating = asyncio.ensure_future(served.beat())
        await asyncio.sleep(0)
        assert asked(served, "/healthz")[0] == 200
        beating.cancel()


def test_a_service_speaks_in_lines_of_json() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.Logger("margincall.engine")
    logger.addHandler(handler)
    logger.info("event %d", 5, extra={"run": "r", "seq": 5})
    try:
        raise ValueError("no")
    except ValueError:
        logger.exception("failed")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert {key: first[key] for key in ("level", "from", "message", "run", "seq")} == {
        "level": "info",
        "from": "margincall.engine",
        "message": "event 5",
        "run": "r",
        "seq": 5,
    }
    assert "ValueError: no" in second["error"]


async def test_every_line_tells_the_run_and_the_newest_event(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meters = Meters()
    root, before = logging.getLogger(), list(logging.getLogger().handlers)
    to_stderr(meters.about)
    try:
        logging.getLogger("margincall").info("nothing is known yet")
        stage = Stage(tmp_path)
        stage.meters = meters
        await stage.ticks(tick(1))
        await stage.deposit("alice")
        await stage.sequence()
        meters.engine.stands(1, 3, 3, 0)
        logging.getLogger("margincall").info("begun")
    finally:
        root.handlers = before
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["run"], line["seq"]) for line in lines] == [(None, None), ("run", 1)]
