"""Who a process is to the brokers: a user and a password, by SASL/SCRAM-SHA-256."""

from typing import Any

import msgspec

MECHANISM = "SCRAM-SHA-256"


class LoginRefused(Exception):
    """The brokers do not know the user, or the password is another."""


class Login(msgspec.Struct, frozen=True):
    """A user with a password, which no text of it shows."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login(user={self.user!r})"


def settings(login: Login | None) -> dict[str, Any]:
    """What a client of the brokers is told; without a login it is anybody."""
    if login is None:
        return {}
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": MECHANISM,
        "sasl_plain_username": login.user,
        "sasl_plain_password": login.password,
    }
