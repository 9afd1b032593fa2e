"""The containers of the lab that `make lab` has started, as Docker tells them."""

import json
import os
import re
import shutil
import subprocess
from typing import Any

from tests.support.source import ROOT

PROJECT = os.environ.get("COMPOSE_PROJECT_NAME") or re.sub(r"[^a-z0-9_-]", "", ROOT.name.lower())
SERVICE = "com.docker.compose.service"


class NoLab(Exception):
    """There is no Docker, or no lab in it."""


def containers() -> dict[str, dict[str, Any]]:
    """Everything about each container by its service, those that were run aside left out.

    Raises `NoLab`.
    """
    if shutil.which("docker") is None:
        raise NoLab("there is no docker; install it (Debian: apt-get install docker.io)")
    ask = [
        "docker",
        "ps",
        "--all",
        "--quiet",
        "--filter",
        f"label=com.docker.compose.project={PROJECT}",
    ]
    listed = subprocess.run(ask, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        raise NoLab(f"no Docker daemon answers: {listed.stderr.strip()}")
    ids = listed.stdout.split()
    if not ids:
        raise NoLab(f"no container of the project {PROJECT} is there; start them: make lab")
    told = subprocess.run(["docker", "inspect", *ids], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(told.stdout)
    labels = {each["Id"]: each["Config"]["Labels"] for each in found}
    return {
        labels[each["Id"]][SERVICE]: each
        for each in found
        if labels[each["Id"]].get("com.docker.compose.oneoff") != "True"
    }


def in_container(service: str, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in a container of the lab."""
    name = containers()[service]["Id"]
    return subprocess.run(
        ["docker", "exec", name, *command], capture_output=True, text=True, check=False
    )
