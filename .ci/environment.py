"""Bring a virtual environment up to date with a lock: `python environment.py FOLDER LOCK`.

Run by the Makefile and by `.ci/run` with the Python that the environment is for. What is already
as the lock says is left alone; two calls at once wait for each other; a folder that another
Python made, or that was moved here, is made anew. Written so that a Python too old for the
project still reads it as far as its own refusal.
"""

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


def refusal() -> "str | None":
    """Say in one line why this Python will not do and what to install, or nothing."""
    name = "python{}.{}".format(*sys.version_info)
    other = "or name another Python: make PYTHON=python3.12 ..."
    if sys.version_info[:2] < OLDEST:
        found = "{}.{}.{}".format(*sys.version_info)
        return (
            f"margincall needs Python 3.11 or newer, and {sys.executable} is {found}: install "
            f"one (Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install "
            f"python@3.13) {other}"
        )
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        return (
            f"{sys.executable} lacks the modules venv and ensurepip: install them (Debian, "
            f"Ubuntu: apt-get install python3-venv or {name}-venv) {other}"
        )
    return None


def identity(folder: Path) -> str:
    """Which Python the environment is of, and where it lies: its scripts hold both."""
    return f"{sys.base_prefix}\n{sys.version}\n{folder}\n"


def digest(lock: Path) -> str:
    """What the environment was installed from."""
    content = lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(content).hexdigest()


def run(*arguments: str) -> None:
    """Run a command and end with its exit code if it fails; it has said why."""
    done = subprocess.run(arguments, cwd=ROOT, check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


def install(folder: Path, lock: Path) -> None:
    """Install the lock by hash, then this checkout itself, without asking for anything else.

    The lock holds everything, so pip is not to resolve: asked to, an older pip takes the newest
    release for a requirement with an extra (`coverage[toml]`) and then refuses it as not locked.
    """
    pip = (str(folder / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check")
    install = (
        *(*pip, "install", "--no-deps"),
        *("--no-user", "--no-compile"),  # most of what is installed is never imported
    )
    run(*install, "--only-binary", ":all:", "--require-hashes", "-r", str(lock))
    run(*install, "--no-build-isolation", "-e", ".")
    run(*pip, "check")


def bring_up_to_date(folder: Path, lock: Path) -> None:
    """Do what is missing, and leave a stamp only when all of it is done."""
    made, stamp = folder / "made-by.txt", folder / f"{lock.name}.stamp"
    if not made.is_file() or made.read_text() != identity(folder):
        print(f"making {folder.relative_to(ROOT)} with {sys.executable}", file=sys.stderr)
        run(sys.executable, "-m", "venv", "--clear", str(folder))
        made.write_text(identity(folder))
    if not stamp.is_file() or stamp.read_text() != digest(lock):
        print(f"installing {lock.name} into {folder.relative_to(ROOT)}", file=sys.stderr)
        stamp.unlink(missing_ok=True)
        install(folder, lock)
        stamp.write_text(digest(lock))


def main() -> None:
    """Refuse, or hold the gate of this folder while bringing it up to date."""
    reason = refusal()
    if reason is not None:
        sys.exit(reason)
    import fcntl  # late: a Python without it is told what it lacks first

    folder, lock = ROOT / sys.argv[1], ROOT / sys.argv[2]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(folder.name + ".lock"), "w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        bring_up_to_date(folder, lock)


if __name__ == "__main__":
    main()
