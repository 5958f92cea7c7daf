"""The digest of a decision: a chain that two runs of the same journal must share.

It does not depend on how a number is spelled (1.50 or 1.5) or on whether an object was just
made or loaded, only on what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final

from pydantic import BaseModel

from engine.domain.account import Account
from engine.domain.commands import Command
from engine.domain.events import Event
from engine.domain.group import Group, Pyramid
from engine.store.changes import Changes, between
from engine.store.codec import encode_event
from engine.store.keeping import kept
from foundation.errors import ContractBroken
from foundation.money import plain

DIGEST_BYTES: Final = 16
#: Where every account's chain begins.
GENESIS: Final = bytes(DIGEST_BYTES)
_FIELD, _OPEN, _CLOSE = "\x1f", "\x02", "\x03"
#: The same few prices, percentages and moments come again and again.
_REMEMBERED: Final = 1 << 13


def digest(
    previous: bytes, event: Event, before: Account, after: Account, commands: Sequence[Command]
) -> bytes:
    """blake2b-128 over the previous digest, the event, what its step changed, and its commands.

    ``before`` and ``after`` are the account around the one step; what changed are the objects
    that are not the same ones any more.
    """
    return seal(previous, encode_event(event), before, after, commands)


def seal(
    previous: bytes, encoded: bytes, before: Account, after: Account, commands: Sequence[Command]
) -> bytes:
    """`digest` of an event that is encoded already."""
    chain = blake2b(previous, digest_size=DIGEST_BYTES)
    chain.update(encoded)
    for value in _objects(between(before, after), after):
        chain.update(text(value).encode())
    for command in commands:
        chain.update(text(command).encode())
    return chain.digest()


def _names(kind: type[Any], *without: str) -> list[str]:
    return [field.name for field in fields(kind) if field.name not in without]


_group = attrgetter(*_names(Group, "pyramids", "orders"))
_pyramid = attrgetter(*_names(Pyramid, "legs"))
_standing = attrgetter("id", "rank", "loss_percent")


def _objects(changes: Changes, after: Account) -> Iterator[object]:
    yield (after.id, after.seq, after.state, after.halt_reason, after.last_at)
    if changes.settings:
        yield (after.settings_version, after.settings)
    if changes.kept:
        yield kept(after)
    for change in changes.groups:
        group = change.group
        yield _group(group)
        yield tuple((group.id, _pyramid(pyramid)) for pyramid in change.pyramids)
        yield change.legs
        yield change.orders
    if changes.order_of_queue:
        yield tuple(queued.id for queued in after.queue)
    yield changes.queued
    if changes.reranked:
        yield tuple(_standing(queued) for queued in changes.reranked)


def text(value: object) -> str:
    """One spelling for each value; containers are bracketed, so their borders count too.

    Raises ContractBroken for what has none.
    """
    return _WRITERS[value.__class__](value)


_Writer = Callable[[Any], str]


class _Writers(dict[type[Any], _Writer]):
    """How values of each class are spelled, found out once per class."""

    def __missing__(self, kind: type[Any]) -> _Writer:
        self[kind] = writer = _writer(kind)
        return writer


_WRITERS: Final = _Writers()
_number = lru_cache(_REMEMBERED)(plain)


@lru_cache(_REMEMBERED)
def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _writer(kind: type[Any]) -> _Writer:
    for known, writer in _SPELLINGS:
        if issubclass(kind, known):
            return writer
    if issubclass(kind, BaseModel):
        return _of_fields(list(kind.model_fields))
    if not is_dataclass(kind):
        raise ContractBroken(f"cannot be digested: {kind.__name__}")
    return _of_fields([*_names(kind), "__class__.__name__"])


def _of_fields(names: Sequence[str]) -> _Writer:
    if len(names) == 1:  # an attrgetter of one name gives no tuple
        return lambda value: _parts([getattr(value, names[0])])
    values = attrgetter(*names)
    return lambda value: _parts(values(value))


def _parts(values: Iterable[Any]) -> str:
    return _OPEN + _FIELD.join([_WRITERS[one.__class__](one) for one in values]) + _CLOSE


def _pairs(value: Mapping[Any, Any]) -> str:
    return _parts([part for pair in sorted(value.items()) for part in pair])


_SPELLINGS: Final[Sequence[tuple[type[Any] | tuple[type[Any], ...], _Writer]]] = (
    (type(None), lambda _: "~"),
    (str, str.__str__),
    (Decimal, _number),
    (int, lambda value: str(int(value))),
    (datetime, _moment),
    (date, date.isoformat),
    ((tuple, list), _parts),
    (Mapping, _pairs),
)
