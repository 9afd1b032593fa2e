"""Where configurations are: beside the code in a checkout, inside the package in a wheel."""

from pathlib import Path
from typing import Literal

import engine
from engine.config.error import ConfigError
from engine.config.read import Place

Kind = Literal["venues", "labs", "books", "leverages"]
_PACKAGE = Path(engine.__path__[0])
_PLACES = (_PACKAGE / "_configs", _PACKAGE.parent / "configs")


def find(kind: Kind, name: str, beside: Path | None = None) -> Path:
    """The file of a configuration that ships with the project, or the path that was given.

    What ends in `.toml` or holds a `/` is a path, relative to the folder `beside` where one is
    given. Raises `ConfigError` with the names that there are.
    """
    if name.endswith(".toml") or "/" in name or "\\" in name:
        path = (beside or Path()) / name
        if not path.is_file():
            raise ConfigError(str(path), "", "there is no such file")
        return path
    for place in _PLACES:
        path = place / kind / f"{name}.toml"
        if path.is_file():
            return path
    known = ", ".join(names(kind)) or "none"
    what = kind.removesuffix("s")
    problem = f"there is no {what} of that name; there are: {known}; or give the path of a .toml"
    raise ConfigError(name, "", problem)


def find_at(kind: Kind, name: str, place: Place, beside: Path | None = None) -> Path:
    """`find` for a name that stands in a file: what is wrong is told with that file and key."""
    try:
        return find(kind, name, beside)
    except ConfigError as error:
        raise place.error(f"found {name!r}: {error.problem}") from error


def names(kind: Kind) -> list[str]:
    """The configurations of a kind that ship with the project."""
    found = {path.stem for place in _PLACES for path in (place / kind).glob("*.toml")}
    return sorted(found)
