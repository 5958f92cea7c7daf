"""Deterministic ids: pure functions of what they name, short enough for every venue."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

ID_LENGTH: Final = 26

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
#: Two letters for every ten bits: the standard library spells base32 several times slower, and
#: every order has an id.
_PAIRS: Final = tuple(first + second for first in _LETTERS for second in _LETTERS)
_SHIFTS: Final = tuple(range(120, -1, -10))
_PADDING: Final = 2
"""Bits that fill the 128 of a digest up to whole letters."""


def derived_id(*parts: str | int) -> str:
    """26 characters of lower-case base32 over blake2b-128 of the joined parts.

    The same parts give the same id for ever, so a replayed decision names the same things.
    """
    digest = blake2b("|".join(str(part) for part in parts).encode(), digest_size=16).digest()
    bits = int.from_bytes(digest, "big") << _PADDING
    return "".join([_PAIRS[bits >> shift & 0x3FF] for shift in _SHIFTS])


def client_order_id(account_id: str, seq: int, n: int) -> str:
    """Id of the n-th command decided by event ``seq`` of an account (spec engine §9.1)."""
    return derived_id(account_id, seq, n)


def group_id(account_id: str, seq: int, n: int = 0) -> str:
    """Id of the n-th group that event ``seq`` of an account opened."""
    return derived_id("group", account_id, seq, n)
