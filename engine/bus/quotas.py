"""How much a bot's user may ask of the brokers: bytes a second in and out, and their threads' time.

A venue limits commands in the log's time; these are limits of the brokers, in real time, on brokers
that ask who is there. Who is beyond them is made to wait for its answers, and nobody else is.
"""

import msgspec

KIB, MIB = 1 << 10, 1 << 20


class Quota(msgspec.Struct, frozen=True):
    """What a user may take of each broker; `request_percentage` is of one thread."""

    producer_byte_rate: int = 256 * KIB
    consumer_byte_rate: int = 8 * MIB
    request_percentage: int = 100


OF_A_BOT = Quota()
"""Enough for some hundred commands a second, and for all that is public at 200 times real time."""
