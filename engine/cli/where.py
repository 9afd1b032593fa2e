"""Options that all services share: the brokers, the lab's name on them, the health port.

Who a process is to the brokers stands in the environment: `MARGINCALL_SASL_USERNAME`, and its
password in `MARGINCALL_SASL_PASSWORD` or in the file `MARGINCALL_SASL_PASSWORD_FILE`. There is no
option for a password, because everybody on a machine reads the command lines of all processes.
"""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from engine.bus.kafka import KafkaBus, connected
from engine.bus.login import Login
from engine.bus.names import Topics
from engine.cli.mistake import Mistake
from engine.services.health import LOOPBACK, Address

F = TypeVar("F", bound=Callable[..., Any])
PORT_MAX = 65_535


class _Address(click.ParamType[Address]):
    name = "address"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Address:
        if isinstance(value, Address):
            return value
        host, _, port = str(value).rpartition(":")
        if not (port.isascii() and port.isdecimal() and int(port) <= PORT_MAX):
            self.fail(f"{value!r} is no port from 0 to {PORT_MAX}, nor HOST:PORT", param, ctx)
        return Address(host or LOOPBACK, int(port))


bootstrap = click.option(
    "--bootstrap",
    metavar="HOST:PORT[,...]",
    envvar="MARGINCALL_BOOTSTRAP",
    show_envvar=True,
    help="The Kafka brokers.",
)
name = click.option("--name", metavar="NAME", help="What the topics begin with; else the lab.")
named = click.option(
    "--name", metavar="NAME", required=True, help="What the topics begin with: mostly the lab."
)
lab = click.option(
    "--lab",
    "lab_name",
    metavar="NAME|PATH",
    required=True,
    help="A lab that ships with the project, or the path of a .toml.",
)
health = click.option(
    "--health",
    metavar="[HOST:]PORT",
    type=_Address(),
    help="Serve /healthz, /readyz and /metrics on this port of 127.0.0.1, or of HOST; 0: any "
    "free one.",
)
bots = click.option(
    "--bot", "bots", metavar="NAME", multiple=True, help="A bot with topics of its own; repeat."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")


def topics_of(name: str, bots: tuple[str, ...] = ()) -> tuple[Topics, list[str]]:
    """A lab's topics, and the names of all of them with those of the bots. Raises `Mistake`."""
    try:
        topics = Topics(name)
        names = [*topics.shared(), *(topic for bot in bots for topic in topics.of_bot(bot))]
    except ValueError as error:
        raise Mistake(str(error)) from error
    return topics, names


USER, PASSWORD = "MARGINCALL_SASL_USERNAME", "MARGINCALL_SASL_PASSWORD"
PASSWORD_FILE = f"{PASSWORD}_FILE"


def login() -> Login | None:
    """Who this process is, as its environment says; None is anybody. Raises `Mistake`."""
    user, password = os.environ.get(USER), os.environ.get(PASSWORD)
    path = os.environ.get(PASSWORD_FILE)
    if not user:
        return None
    if not password and path:
        password = password_in(Path(path))
    if not password:
        raise Mistake(f"{USER} is {user}, and there is no {PASSWORD} or {PASSWORD_FILE}")
    return Login(user, password)


def password_in(path: Path) -> str:
    """The password that a file holds, in one line. Raises `Mistake`, `OSError` if it is not there.

    Only plain characters: what else a password may be, clients spell in several ways.
    """
    try:
        password = path.read_text("ascii").strip()
    except UnicodeDecodeError:
        password = ""
    if not password or not password.isprintable():
        raise Mistake(f"{path} holds no password; expected one line of plain ASCII")
    return password


def brokers(bootstrap: str | None) -> str:
    """The brokers that were named. Raises `Mistake` if none were."""
    if not bootstrap:
        raise Mistake("no broker was named; give --bootstrap HOST:PORT or set MARGINCALL_BOOTSTRAP")
    return bootstrap


@asynccontextmanager
async def bus_at(bootstrap: str | None) -> AsyncIterator[KafkaBus]:
    """The bus over the brokers that were named. Raises `Mistake` and `BusError`."""
    async with connected(brokers(bootstrap), login()) as bus:
        yield bus
