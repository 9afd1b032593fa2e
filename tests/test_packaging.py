"""The wheel holds what it must and runs where its names mean something else.

`engine` and `feeds` are common names. The console script works in a folder that holds somebody
else's `engine.py`, because a script does not put its working folder on the path.
"""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.source import ROOT, project_files

IMPOSTOR = 'raise SystemExit("somebody else\'s engine.py was imported")\n'


def run(*command: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, as a user would who never saw this checkout."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "COV_", "MARGINCALL_"))
    }
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with what the lock holds and without any network."""
    folder = tmp_path_factory.mktemp("wheel")
    built = run(
        *(sys.executable, "-m", "hatchling", "build", "--target", "wheel"),
        *("--directory", folder),
        folder=ROOT,
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def scripts(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the scripts of an environment of its own, into which the wheel was put.

    The dependencies are those of the running environment: a `.pth` file adds their folder but
    does not follow the `.pth` of an editable install in it.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    scripts = folder / "bin"
    installed = run(
        *(sys.executable, "-m", "pip", "--python", scripts / "python", "--quiet", "install"),
        *("--no-index", "--no-deps", wheel),
        folder=folder,
    )
    assert installed.returncode == 0, installed.stderr
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return scripts


def test_a_wheel_holds_two_packages_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"engine", "feeds"}
    assert len(tops) == 3


def test_a_wheel_holds_every_module_and_every_lab(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        str(path).replace("configs/", "engine/_configs/", 1)
        for path in project_files()
        if path.parts[0] in {"engine", "feeds", "configs"}
    }
    assert expected - names == set()
    assert {"engine/py.typed", "feeds/py.typed"} <= names


def test_the_program_is_the_wheels_and_not_the_checkouts(scripts: Path, tmp_path: Path) -> None:
    code = "import engine.cli, feeds; print(engine.cli.__file__, feeds.__file__)"
    shown = run(scripts / "python", "-I", "-c", code, folder=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert all(Path(name).is_relative_to(scripts.parent) for name in shown.stdout.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ["liq", "--side", "long", "--entry", "65000", "--leverage", "10", "--mmr", "0.005"],
        ["demo"],
    ],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize("impostor", [None, "engine.py"], ids=["empty folder", "engine.py"])
def test_the_script_runs_from_any_folder(
    scripts: Path, tmp_path: Path, arguments: list[str], impostor: str | None
) -> None:
    if impostor is not None:
        (tmp_path / impostor).write_text(IMPOSTOR)
    done = run(scripts / "margincall", *arguments, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    if arguments == ["demo"]:
        assert (tmp_path / "out" / "demo" / "summary.json").is_file()
