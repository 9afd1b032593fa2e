"""The lab in containers, as it runs: healthy, without rights, provable, and hard to kill."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from tests.compose.reading import VARIABLE
from tests.docker.containers import NoLab, containers, in_container
from tests.support.source import ROOT

LAB = "quickstart"
WAIT_S = 300
BACK_S = 60
STAYING = {
    *("kafka", "sequencer", "engine", "fanout"),
    *("maker", "taker", "long", "noise", "hunter"),
}
PORTS = dict(VARIABLE.findall((ROOT / "docker-compose.yml").read_text()))
BOOTSTRAP = f"127.0.0.1:{os.environ.get('KAFKA_PORT', PORTS['KAFKA_PORT'])}"


@pytest.fixture(autouse=True)
def _lab() -> None:
    """Skip where no lab runs."""
    try:
        containers()
    except NoLab as error:
        pytest.skip(str(error))


def verified(*arguments: str) -> dict[str, Any]:
    """What `lab verify` finds, asked from outside through the port that is open for bots."""
    program = (sys.executable, "-c", "from engine.cli.main import main; main()")
    command = [*program, "lab", "verify", "--name", LAB, "--bootstrap", BOOTSTRAP, "--json"]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, check=False, timeout=WAIT_S + 60
    )
    assert done.stdout, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def becomes_true(what: Callable[[], bool]) -> None:
    """Ask docker again and again, for a minute."""
    patience = monotonic() + BACK_S
    while not what():
        assert monotonic() < patience, f"not within {BACK_S} s"


def test_everybody_is_healthy_and_who_has_ended_ended_well() -> None:
    states = {name: each["State"] for name, each in containers().items()}
    for name in STAYING:
        assert states[name]["Status"] == "running", name
        assert states[name]["Health"]["Status"] == "healthy", name
    for name in ("init", "feed"):
        ended = states.get(name, {"Status": "exited", "ExitCode": 0})
        assert ended["Status"] == "running" or ended["ExitCode"] == 0, name


def test_nobody_has_a_right_that_was_not_given() -> None:
    for name, each in containers().items():
        host = each["HostConfig"]
        assert host["ReadonlyRootfs"] is True, name
        assert host["CapDrop"] == ["ALL"], name
        assert host["SecurityOpt"] == ["no-new-privileges:true"], name
        assert host["Memory"] > 0, name
        assert host["Privileged"] is False, name
        assert each["Config"]["User"].split(":")[0] not in {"", "0", "root"}, name
        for bindings in (host["PortBindings"] or {}).values():
            assert {binding["HostIp"] for binding in bindings} == {"127.0.0.1"}, name
    written = in_container("engine", "touch", "/opt/venv/x")
    assert written.returncode != 0
    assert "Read-only file system" in written.stderr


def test_prometheus_could_ask_everybody_over_the_network_of_the_lab() -> None:
    ask = "import sys,urllib.request as r;print(r.urlopen(sys.argv[1],timeout=5).read().decode())"
    for name, figure in (("engine", "margincall_seq "), ("maker", "margincall_bot_seq ")):
        url = f"http://{name}:8000/metrics"
        told = in_container("sequencer", "python3", "-c", ask, url).stdout
        assert figure in told, told


@pytest.mark.timeout(WAIT_S + 120)
def test_bots_trade_somebody_is_liquidated_and_a_rerun_of_the_log_agrees() -> None:
    found = verified("--traded", "3", "--liquidations", "1", "--wait", str(WAIT_S))
    assert [fact["fact"] for fact in found["facts"] if not fact["holds"]] == []
    assert len(found["facts"]) == 4
    assert found["ledger_sum"] == 0


@pytest.mark.timeout(BACK_S + 180)
def test_an_engine_that_is_killed_is_back_by_itself_and_nothing_is_lost() -> None:
    before = containers()["engine"]["State"]
    os.kill(before["Pid"], signal.SIGKILL)  # as the kernel would; docker's own kill is a stop

    def is_back() -> bool:
        now = containers()["engine"]["State"]
        restarted = now["StartedAt"] != before["StartedAt"]
        return bool(restarted and now["Health"]["Status"] == "healthy")

    becomes_true(is_back)
    found = verified()
    assert (found["agrees"], found["holds"]) == (True, True)
