"""What watches the lab: every figure that is asked for is one that a service tells."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from engine.core.event import Deposited
from engine.core.money import Micros
from engine.services.meters import BotMeters, Meters
from tests.compose.reading import services
from tests.support.prometheus import program
from tests.support.source import ROOT

WATCH = ROOT / "configs" / "watch"
DASHBOARD = WATCH / "grafana" / "dashboards" / "lab.json"
NAME = re.compile(r"\b(?:margincall|process)_[a-z_]+")
LABEL = re.compile(r'(\w+)="([^"]+)"')


def told_by_services() -> set[str]:
    """The names of everything that services and bots tell at `/metrics`."""
    meters, bots = Meters(), CollectorRegistry()
    meters.sequencer.took("a", 2, 1)
    BotMeters(bots).heard(
        Deposited(seq=1, at_us=1, account="a", amount=Micros(1), wallet=Micros(1))
    )
    text = (generate_latest(meters.registry) + generate_latest(bots)).decode()
    return {
        sample.name for family in text_string_to_metric_families(text) for sample in family.samples
    }


def expressions() -> list[str]:
    """Everything that the dashboard asks Prometheus."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def read(path: str) -> dict[str, Any]:
    """A file of the watch profile."""
    document: dict[str, Any] = yaml.safe_load((WATCH / path).read_text())
    return document


def targets() -> dict[str, set[str]]:
    """Whom Prometheus asks, by job."""
    return {
        job["job_name"]: {each for group in job["static_configs"] for each in group["targets"]}
        for job in read("prometheus.yml")["scrape_configs"]
    }


def test_prometheus_takes_its_settings() -> None:
    check = [program("promtool"), "check", "config", str(WATCH / "prometheus.yml")]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "is valid prometheus config file syntax" in done.stdout


def test_every_figure_of_the_dashboard_is_told_by_a_service() -> None:
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 15
    assert asked - told_by_services() == set()


def test_every_figure_of_ours_is_on_the_dashboard_or_is_left_out_on_purpose() -> None:
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    ours = {name for name in told_by_services() if name.startswith("margincall_")}
    left_out = {"margincall_dropped", "margincall_invariant_checks_total"}
    left_out |= {name for name in ours if name.endswith("_created")}
    left_out |= {"margincall_snapshots_total", "margincall_snapshot_age_seconds"}
    assert ours - asked == left_out


def test_a_label_that_is_asked_for_is_one_that_there_is() -> None:
    named = {each.split(":")[0] for group in targets().values() for each in group}
    for expression in expressions():
        for label, value in LABEL.findall(expression):
            assert label in {"service", "job", "type"}, expression
            if label == "service":
                assert value in named
            if label == "job":
                assert value in targets()


def test_prometheus_asks_everybody_who_serves_health() -> None:
    serving = {
        f"{name}:8000"
        for name, service in services().items()
        if "0.0.0.0:8000" in service.get("command", []) and service.get("profiles") != ["secure"]
    }
    asked = targets()
    assert asked["services"] | asked["bots"] == serving
    assert not asked["services"] & asked["bots"]


def test_the_dashboard_finds_its_source_and_grafana_finds_the_dashboard() -> None:
    (source,) = read("grafana/datasources/prometheus.yml")["datasources"]
    assert (source["type"], source["url"]) == ("prometheus", "http://prometheus:9090")
    dashboard = json.loads(DASHBOARD.read_text())
    assert {panel["datasource"]["uid"] for panel in dashboard["panels"]} == {source["uid"]}
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    (provider,) = read("grafana/providers/lab.yml")["providers"]
    mounted = {
        Path(volume.split(":")[1]): ROOT / volume.split(":")[0]
        for volume in services()["grafana"]["volumes"]
    }
    folder = mounted[Path(provider["options"]["path"])]
    assert folder == DASHBOARD.parent
    home = Path(services()["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (mounted[home.parent] / home.name) == DASHBOARD
