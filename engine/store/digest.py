"""The digest of a decision: a chain that two runs of the same journal must share.

It does not depend on how a number is spelled (1.50 or 1.5) or on whether an object was just
made or loaded, only on what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final

from pydantic import BaseModel

from engine.domain.account import Account
from engine.domain.commands import Command
from engine.domain.events import Event
from engine.store.changes import Changes, between
from engine.store.codec import encode_event
from engine.store.keeping import kept
from foundation.errors import ContractBroken
from foundation.money import plain

DIGEST_BYTES: Final = 16
#: Where every account's chain begins.
GENESIS: Final = bytes(DIGEST_BYTES)
_FIELD, _OPEN, _CLOSE = "\x1f", "\x02", "\x03"


def digest(
    previous: bytes, event: Event, before: Account, after: Account, commands: Sequence[Command]
) -> bytes:
    """blake2b-128 over the previous digest, the event, what its step changed, and its commands.

    ``before`` and ``after`` are the account around the one step; what changed are the objects
    that are not the same ones any more.
    """
    chain = blake2b(previous, digest_size=DIGEST_BYTES)
    chain.update(encode_event(event))
    for value in _objects(between(before, after), after):
        chain.update(_text(value).encode())
    for command in commands:
        chain.update(_text(command).encode())
    return chain.digest()


def _objects(changes: Changes, after: Account) -> Iterator[object]:
    yield (after.id, after.seq, after.state, after.halt_reason, after.last_at)
    if changes.settings:
        yield (after.settings_version, after.settings)
    if changes.kept:
        yield kept(after)
    for change in changes.groups:
        group = change.group
        yield _shallow(group, ("pyramids", "orders"))
        yield tuple((group.id, _shallow(pyramid, ("legs",))) for pyramid in change.pyramids)
        yield change.legs
        yield change.orders
    if changes.order_of_queue:
        yield tuple(queued.id for queued in after.queue)
    yield changes.queued


def _shallow(value: Any, without: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(value, field.name) for field in fields(value) if field.name not in without)


def _text(value: object) -> str:
    """One spelling for each value; containers are bracketed, so their borders count too."""
    if value is None:
        return "~"
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _OPEN + _FIELD.join(_text(part) for part in _parts(value)) + _CLOSE


def _parts(value: Any) -> Iterable[object]:
    if isinstance(value, tuple | list):
        return value
    if isinstance(value, Mapping):
        return [part for pair in sorted(value.items()) for part in pair]
    if isinstance(value, BaseModel):
        return [getattr(value, name) for name in type(value).model_fields]
    parts: tuple[object, ...] = _getter(type(value))(value)  # type: ignore[arg-type]  # a class is hashable
    return parts


@cache
def _getter(kind: type[Any]) -> attrgetter[Any]:
    """All fields of a dataclass at once; raises ContractBroken for what is none."""
    if not is_dataclass(kind):
        raise ContractBroken(f"cannot be digested: {kind.__name__}")
    names = [field.name for field in fields(kind)]
    # two names at least, so that the getter always gives a tuple
    return attrgetter(*names, "__class__.__name__")
