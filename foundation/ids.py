"""Sortable ids for rows: lower-case ULIDs from an injected time and the system's randomness."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from foundation.errors import ContractBroken

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RANDOM_BITS = 80
_LENGTH = 26


def new_id(now: datetime) -> str:
    """A 26-character ULID, lower-case: 48 bits of milliseconds, then 80 random bits.

    Ids made at different milliseconds sort by time; within one millisecond by chance.
    Raises ContractBroken for a naive time, which would sort by the machine's time zone.
    """
    if now.tzinfo is None:
        raise ContractBroken("an id needs an aware time")
    millis = (now - _EPOCH) // _MILLISECOND
    number = (millis << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    letters = []
    for _ in range(_LENGTH):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(letters))
