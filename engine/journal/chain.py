"""The hash chain over events: every line vouches for all lines before it.

h = BLAKE2b-256(h before + body), the first h before is 32 zero bytes, body is the event as JSON.
A line of `events.jsonl` is the body with `,"h":"<hex>"` before its last brace, so a reader that
does not care about hashes decodes the line as the event.
"""

from hashlib import blake2b

import msgspec

from engine.core.event import Event

ZERO = bytes(32)
_MARK = b',"h":"'
_encode = msgspec.json.Encoder().encode


class Chain:
    """Turns events into lines; `digest` is the last h, `count` the number of lines.

    >>> chain = Chain()
    >>> chain.count, chain.hex == ZERO.hex()
    (0, True)
    """

    def __init__(self) -> None:
        self.digest = ZERO
        self.count = 0

    @property
    def hex(self) -> str:
        """The last h as lower-case hex."""
        return self.digest.hex()

    def line(self, event: Event) -> bytes:
        """The event's line, without its line feed."""
        body = _encode(event)
        self.digest = blake2b(self.digest + body, digest_size=32).digest()
        self.count += 1
        return body[:-1] + _MARK + self.digest.hex().encode() + b'"}'


def body_of(line: bytes) -> bytes:
    """The event of a line as JSON, without the hash.

    >>> chain = Chain()
    >>> from engine.core.event import Deposited
    >>> event = Deposited(seq=1, at_us=5, account="alice", amount=2, wallet=2)
    >>> body_of(chain.line(event)) == msgspec.json.encode(event)
    True
    """
    return line[: -len(_MARK) - 2 * len(ZERO) - len(b'"}')] + b"}"


def follows(before: bytes, line: bytes) -> bool:
    """Whether a line has the hash that it has behind the line before; the first is behind b"".

    >>> chain = Chain()
    >>> from engine.core.event import Deposited
    >>> event = Deposited(seq=1, at_us=5, account="alice", amount=2, wallet=2)
    >>> first, second = chain.line(event), chain.line(event)
    >>> follows(b"", first), follows(first, second), follows(first, first)
    (True, True, False)
    """
    digest = blake2b(_digest_of(before) + body_of(line), digest_size=32).digest()
    return digest == _digest_of(line)


def _digest_of(line: bytes) -> bytes:
    """The h of a line; nothing that a line could have if it tells none."""
    if not line:
        return ZERO
    try:
        return bytes.fromhex(line[-len(b'"}') - 2 * len(ZERO) : -len(b'"}')].decode())
    except ValueError:
        return b""
