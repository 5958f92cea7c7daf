"""Deterministic ids: pure functions of what they name, short enough for every venue."""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2b

ID_LENGTH = 26


def derived_id(*parts: str | int) -> str:
    """26 characters of lower-case base32 over blake2b-128 of the joined parts.

    The same parts give the same id for ever, so a replayed decision names the same things.
    """
    digest = blake2b("|".join(str(part) for part in parts).encode(), digest_size=16).digest()
    return b32encode(digest).decode().rstrip("=").lower()


def client_order_id(account_id: str, seq: int, n: int) -> str:
    """Id of the n-th command decided by event ``seq`` of an account (spec engine §9.1)."""
    return derived_id(account_id, seq, n)


def group_id(account_id: str, seq: int, n: int = 0) -> str:
    """Id of the n-th group that event ``seq`` of an account opened."""
    return derived_id("group", account_id, seq, n)
