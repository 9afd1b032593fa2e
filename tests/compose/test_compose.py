"""The rules that docker-compose.yml keeps, service by service, and that both Composes read it."""

import re
import shutil
import subprocess

import pytest

from tests.compose.reading import FILE, VARIABLE, Service, compose, services
from tests.support.source import ROOT

ONE_SHOTS = {"init", "verify", "secrets-secure", "init-secure", "verify-secure"}
"""They end; whoever needs them waits for their good end."""
KEYS = {
    *("build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "healthcheck"),
    *("hostname", "image"),
    *("logging", "mem_limit", "pids_limit", "ports", "profiles", "read_only", "restart"),
    *("security_opt", "stop_grace_period", "tmpfs", "user", "volumes"),
}
"""What Compose 1.29 and 2 both know and read alike."""
CONDITIONS = {"service_healthy", "service_completed_successfully"}
PINNED = re.compile(r"[a-z0-9./-]+:v?[0-9]+\.[0-9]+(\.[0-9]+)?([.-][a-z0-9.]+)*")
SERVICES = services()
LONG_LIVED = {name: service for name, service in SERVICES.items() if name not in ONE_SHOTS}
PROFILES = {profile for service in SERVICES.values() for profile in service.get("profiles", [])}
FORMS = [
    form
    for form in (["docker", "compose"], ["docker-compose"])
    if shutil.which(form[0])
    and subprocess.run([*form, "version"], capture_output=True, check=False).returncode == 0
]

each = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def test_a_compose_reads_the_file_with_all_its_profiles() -> None:
    if not FORMS:
        pytest.skip("there is no docker compose and no docker-compose (Debian: docker-compose)")
    for form in FORMS:
        profiles = [word for name in sorted(PROFILES) for word in ("--profile", name)]
        command = [*form, "-f", str(FILE), *profiles, "config", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        assert "obsolete" not in done.stderr


def test_at_its_top_it_says_only_what_every_compose_knows() -> None:
    top = {key for key in compose() if not key.startswith("x-")}
    assert top == {"services", "volumes"}


def test_all_parts_of_a_lab_are_there() -> None:
    started = {name for name, service in SERVICES.items() if "profiles" not in service}
    assert started == {
        *("kafka", "init", "feed", "sequencer", "engine", "fanout"),
        *("maker", "taker", "long", "noise", "hunter"),
    }
    assert {"bots", "secure", "verify", "watch"} == PROFILES
    watching = {name for name, service in SERVICES.items() if service.get("profiles") == ["watch"]}
    assert watching == {"prometheus", "grafana", "kafka-ui"}


@each
def test_a_service_says_only_what_every_compose_knows(service: Service) -> None:
    assert set(service) - KEYS == set()
    assert set(service.get("healthcheck", {})) <= {
        *("test", "interval", "timeout", "retries", "start_period", "disable"),
    }
    for needed in service.get("depends_on", {}).values():
        assert set(needed) == {"condition"}
        assert needed["condition"] in CONDITIONS


@each
def test_a_service_has_no_right_that_it_does_not_need(service: Service) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all(re.search(r"size=\d+m", place) for place in service["tmpfs"])
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert service["logging"]["options"]["max-size"]


@each
def test_a_service_is_no_root(service: Service) -> None:
    if "build" in service:
        assert "user" not in service, "the image says whom it runs as"
    else:
        user, group = service["user"].split(":")
        assert int(user) > 0
        assert int(group) > 0


@each
def test_a_port_is_open_on_loopback_alone(service: Service) -> None:
    for port in service.get("ports", []):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), port


@each
def test_an_image_is_pinned(service: Service) -> None:
    if "build" in service:
        assert service["image"] == "margincall:lab"
    else:
        assert PINNED.fullmatch(service["image"]), service["image"]


@pytest.mark.parametrize("service", LONG_LIVED.values(), ids=LONG_LIVED)
def test_a_service_that_stays_is_asked_for_its_health(service: Service) -> None:
    check = service["healthcheck"]
    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries", "start_period"} <= set(check)
    if "build" in service:
        assert "0.0.0.0:8000" in service["command"]


def test_nobody_waits_for_the_health_of_who_ends_or_for_the_end_of_who_stays() -> None:
    for name, service in SERVICES.items():
        for needed, how in service.get("depends_on", {}).items():
            ends = how["condition"] == "service_completed_successfully"
            assert ends == (needed in ONE_SHOTS), f"{name} waits for {needed}"
            apart = SERVICES[needed].get("profiles", service.get("profiles"))
            assert apart == service.get("profiles"), f"{name} needs {needed} of another profile"


def test_a_command_is_one_that_the_program_understands() -> None:
    from click.testing import CliRunner

    from engine.cli.main import main

    for name, service in SERVICES.items():
        if "build" in service and "entrypoint" not in service:
            options = [word for word in service["command"] if word.startswith("--")]
            words = [word for word in service["command"][:2] if not word.startswith("--")]
            words = words if words[0] == "lab" else words[:1]
            told = CliRunner().invoke(main, [*words, "--help"])
            assert told.exit_code == 0, name
            assert [option for option in options if option not in told.output] == [], name


@pytest.mark.parametrize(("init", "count"), [("init", 8), ("init-secure", 3)])
def test_every_bot_has_topics_and_money_before_it_starts(init: str, count: int) -> None:
    said = SERVICES[init]["command"]
    begun = {said[place + 1].split("=")[0] for place, word in enumerate(said) if word == "--bot"}
    bots = {
        service["command"][service["command"].index("--as") + 1]
        for service in SERVICES.values()
        if service.get("command", [""])[:1] == ["bot"]
        and (service.get("profiles") == ["secure"]) == (init == "init-secure")
    }
    assert len(bots) == count
    assert bots <= begun


def test_who_runs_on_the_secure_broker_is_one_user_and_has_one_password() -> None:
    several = {"secrets-secure", "init-secure"}
    secured = {name for name in SERVICES if name.endswith("-secure")} - several - {"kafka-secure"}
    assert len(secured) == 8
    for name in secured:
        said, mounted = SERVICES[name]["environment"], SERVICES[name]["volumes"]
        user = said["MARGINCALL_SASL_USERNAME"]
        assert said["MARGINCALL_BOOTSTRAP"] == "kafka-secure:9092"
        assert said["MARGINCALL_SASL_PASSWORD_FILE"] == f"/secrets/{user}/password"
        secrets = [volume for volume in mounted if volume.startswith("secret-")]
        assert secrets == [f"secret-{user}:/secrets/{user}:ro"]
        named = {"verify-secure": "operator"}.get(name, name.removesuffix("-secure"))
        assert user == named
    assert {"MARGINCALL_SASL_PASSWORD", "MARGINCALL_BROKER_PASSWORD"}.isdisjoint(
        key for service in SERVICES.values() for key in service.get("environment", {})
    )


def test_what_can_be_set_is_told_with_its_default() -> None:
    used = dict(VARIABLE.findall(FILE.read_text()))
    assert all(used.values()), "a variable without a default makes `up` need another step"
    lines = (ROOT / ".env.example").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert told == used


def test_volumes_are_named_and_what_is_mounted_from_here_is_there_and_is_only_read() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source, _, *mode = volume.split(":")
            if source.startswith("."):
                assert mode == ["ro"]
                assert (ROOT / source).exists(), source
            else:
                assert source in compose()["volumes"]
