"""Sortable ids for rows: lower-case ULIDs from an injected time and the system's randomness."""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import UTC, datetime, timedelta

from foundation.errors import ContractBroken

_LETTERS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"0123456789abcdefghjkmnpqrstvwxyz")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_RANDOM_BITS = 80
_LENGTH = 26
_BYTES = 20
"""Base 32 is written in groups of five bytes; four groups hold 26 letters."""


def new_id(now: datetime) -> str:
    """A 26-character ULID, lower-case: 48 bits of milliseconds, then 80 random bits.

    Ids made at different milliseconds sort by time; within one millisecond by chance.
    Raises ContractBroken for a naive time, which would sort by the machine's time zone.
    """
    if now.tzinfo is None:
        raise ContractBroken("an id needs an aware time")
    millis = (now - _EPOCH) // _MILLISECOND
    number = (millis << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    letters = b32encode(number.to_bytes(_BYTES, "big"))[-_LENGTH:]
    return letters.translate(_LETTERS).decode()
