"""Make the users of a lab on a cluster, with the rights and quotas that each has and no more.

What leaves this process of a password is its salted hash, from which it cannot be found.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, KafkaError, for_code
from aiokafka.protocol.admin import CreateAclsRequest

from engine.bus.interface import BusError
from engine.bus.kafka import unreachable
from engine.bus.login import Login, settings
from engine.bus.quotas import Quota
from engine.bus.requests import PasswordsToSet, QuotasToSet
from engine.bus.rights import Grant

ANSWER_MS = 10_000
ITERATIONS = 8_192
"""Twice the least that a broker takes."""
_SCRAM_SHA_256 = 1
_KINDS = {"topic": 2, "group": 3}
_LITERAL, _PREFIXED = 3, 4
_OPERATIONS = {"read": 3, "write": 4}
_ALLOW = 3


async def make_users(
    bootstrap: str, login: Login | None, passwords: Mapping[str, str], grants: Iterable[Grant]
) -> None:
    """Set users' passwords and allow what is granted; what was allowed before stays.

    Raises `LoginRefused`, and `BusError` if no broker answers or the login may not do this.
    """
    async with _asking(bootstrap, login) as client:
        await _set_passwords(client, passwords)
        for grant in grants:
            await _allow(client, grant)


async def set_quotas(bootstrap: str, login: Login | None, quotas: Mapping[str, Quota]) -> None:
    """Set what users may take of the brokers, whatever it was before. Raises as `make_users`."""
    asked = {user: msgspec.structs.asdict(quota) for user, quota in quotas.items()}
    async with _asking(bootstrap, login) as client:
        answer = await client.send(client.get_random_node(), QuotasToSet(asked))
        _hold((f"the quota of {entity[0][1]}", code) for code, _, entity in answer.entries)


@asynccontextmanager
async def _asking(bootstrap: str, login: Login | None) -> AsyncIterator[Any]:
    client = AIOKafkaClient(
        bootstrap_servers=bootstrap, request_timeout_ms=ANSWER_MS, **settings(login)
    )
    try:
        await client.bootstrap()
        yield client
    except (KafkaConnectionError, TimeoutError) as error:
        raise await unreachable(bootstrap, login) from error
    except KafkaError as error:
        raise BusError(f"users cannot be made: {type(error).__name__}: {error}") from error
    finally:
        with suppress(KafkaError):
            await client.close()


async def _set_passwords(client: Any, passwords: Mapping[str, str]) -> None:
    if not passwords:
        return
    rows = [salted(user, password) for user, password in passwords.items()]
    answer = await client.send(client.get_random_node(), PasswordsToSet(rows))
    _hold((f"the password of {user}", code) for user, code, _, _ in answer.results)


def salted(user: str, password: str) -> tuple[str, int, int, bytes, bytes]:
    """A user's entry as a broker keeps it, after RFC 5802."""
    salt = secrets.token_bytes(16)
    derived = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    return user, _SCRAM_SHA_256, ITERATIONS, salt, derived


async def _allow(client: Any, grant: Grant) -> None:
    pattern = _PREFIXED if grant.prefixed else _LITERAL
    request = CreateAclsRequest(
        _KINDS[grant.kind],
        grant.name,
        pattern,
        f"User:{grant.user}",
        "*",
        _OPERATIONS[grant.right],
        _ALLOW,
    )
    answer = await client.send(client.get_random_node(), request)
    what = f"{grant.user} to {grant.right} {grant.kind} {grant.name}"
    _hold((what, code) for code, _ in answer.creation_responses)


def _hold(results: Iterable[tuple[str, int]]) -> None:
    refused = [f"{what}: {for_code(code).__name__}" for what, code in results if code != 0]
    if refused:
        raise BusError("the brokers refused: " + "; ".join(refused))
