"""A lab's users, with their rights and the folder of their passwords.

The folder has a file for each user, that only its owner reads.
"""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import click

from engine.bus import rights
from engine.bus.kafka_users import make_users, set_quotas
from engine.bus.names import Topics
from engine.bus.quotas import OF_A_BOT
from engine.bus.rights import Grant
from engine.cli import where
from engine.cli.mistake import Mistake

BYTES = 32
passwords = click.option(
    "--passwords",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="A file for each user holds its password, and is made where it lacks.",
)


async def secured(
    brokers: str, topics: Topics, bots: tuple[str, ...], folder: Path | None
) -> tuple[Grant, ...]:
    """Make a lab's users, and give them their rights and the bots their quotas.

    Without a folder users are made otherwise, and have their passwords.

    Raises `Mistake`, `OSError`, `LoginRefused` and `BusError`.
    """
    try:
        grants = tuple(rights.of_lab(topics, bots))
    except ValueError as error:
        raise Mistake(str(error)) from error
    users = sorted({grant.user for grant in grants})
    kept = {} if folder is None else passwords_in(folder, users)
    await make_users(brokers, where.login(), kept, grants)
    await set_quotas(brokers, where.login(), dict.fromkeys(bots, OF_A_BOT))
    return grants


def passwords_in(folder: Path, users: Iterable[str]) -> dict[str, str]:
    """The passwords of users, each the one line of the file called as the user.

    Where a folder is called so, it is the file `password` in it: so each may be a volume of its
    own. What is not there is drawn and written. Raises `Mistake` and `OSError`.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return {user: _found_or_made(folder / user) for user in users}


def _found_or_made(place: Path) -> str:
    path = place / "password" if place.is_dir() else place
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(BYTES) + "\n")
    return where.password_in(path)
