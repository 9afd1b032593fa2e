"""Chance that everybody can check: numbers drawn from a seed and from what has happened.

The core has no dice. Where a venue's rule says "at random", the draw is a hash of the venue's
seed and of words that name the occasion, so that the same log draws the same numbers anywhere.
"""

import hashlib


def drawn(seed: int, *words: object) -> int:
    """Return a number below 2^64: the first eight bytes, big-endian, of a BLAKE2b hash.

    What is hashed is the seed and the words as text, joined by colons.

    >>> drawn(1, "alice", 7) == drawn(1, "alice", 7), drawn(1, "alice", 7) == drawn(2, "alice", 7)
    (True, False)
    """
    text = ":".join(str(word) for word in (seed, *words))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
