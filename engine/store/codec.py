"""JSON for events, facts, commands and settings: deterministic bytes, and back without loss.

Decimals and times are text; keys are sorted (those of a command stand in the order of its fields),
so equal values always give equal bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

import orjson
from pydantic import Field, TypeAdapter, ValidationError

from engine.domain.changed import replace
from engine.domain.commands import Command
from engine.domain.events import Event, Fact
from engine.domain.group import Group
from engine.domain.instrument import Market
from engine.domain.orders import Allocation, Order
from foundation.errors import ContractBroken

Value = TypeVar("Value")

_Fact = Annotated[Fact, Field(discriminator="kind")]
_Command = Annotated[Command, Field(discriminator="kind")]


@dataclass(frozen=True, slots=True)
class _Recalled:
    """A group with its orders apart: keys are sorted, and orders have an order of their own."""

    group: Group
    orders: tuple[Order, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    """An event with its fact told apart by ``kind``, which makes reading it quick and certain."""

    key: str
    at: datetime
    market: Market
    fact: _Fact
    recalled: tuple[_Recalled, ...] = ()


_EVENT: TypeAdapter[_Event] = TypeAdapter(_Event)
_FACT: TypeAdapter[Fact] = TypeAdapter(_Fact)
_COMMAND: TypeAdapter[Command] = TypeAdapter(_Command)
_ALLOCATIONS: TypeAdapter[tuple[Allocation, ...]] = TypeAdapter(tuple[Allocation, ...])


def encode_event(event: Event) -> bytes:
    """The event as it is journaled."""
    recalled = tuple(_set_apart(group) for group in event.recalled)
    written = _Event(event.key, event.at, event.market, event.fact, recalled)
    dumped: dict[str, Any] = _EVENT.dump_python(written, warnings="error")
    if not recalled:
        del dumped["recalled"]
    return _compact(dumped)


def decode_event(data: bytes | str) -> Event:
    """The event that `encode_event` wrote. Raises ContractBroken for anything else."""
    read = _read(_EVENT, data)
    recalled = tuple(_put_together(one) for one in read.recalled)
    return Event(read.key, read.at, read.market, read.fact, recalled)


def _set_apart(group: Group) -> _Recalled:
    return _Recalled(replace(group, orders={}), tuple(group.orders.values()))


def _put_together(read: _Recalled) -> Group:
    return replace(read.group, orders={order.id: order for order in read.orders})


def encode_fact(fact: Fact) -> bytes:
    return _bytes(_FACT, fact)


def decode_fact(data: bytes | str) -> Fact:
    """Raises ContractBroken when the bytes are no fact."""
    return _read(_FACT, data)


def encode_command(command: Command) -> bytes:
    """Its fields in their order: read by orjson itself, because every order is a command."""
    return _compact(command)


def decode_command(data: bytes | str) -> Command:
    """Raises ContractBroken when the bytes are no command."""
    return _read(_COMMAND, data)


def encode_allocations(allocations: tuple[Allocation, ...]) -> str:
    return _text(_ALLOCATIONS, allocations) if allocations else "[]"


def decode_allocations(data: str) -> tuple[Allocation, ...]:
    """Raises ContractBroken when the text is no list of allocations."""
    return () if data == "[]" else _read(_ALLOCATIONS, data)


def encode_ids(ids: Sequence[str]) -> str:
    """A list of ids as a JSON array."""
    return _compact(list(ids)).decode()


def decode_ids(data: str) -> tuple[str, ...]:
    """The ids that `encode_ids` wrote."""
    return tuple(str(one) for one in orjson.loads(data))


def encode_strings(data: Mapping[str, str]) -> str:
    """A mapping of strings as a JSON object with sorted keys."""
    return _compact(dict(data)).decode() if data else "{}"


def decode_strings(data: str | None) -> dict[str, str]:
    """The mapping that `encode_strings` wrote; nothing is an empty one."""
    if not data or data == "{}":
        return {}
    return {str(key): str(value) for key, value in orjson.loads(data).items()}


def encode_sparse(adapter: TypeAdapter[Value], value: Value) -> str:
    """The value as JSON without what stands at its default."""
    dumped = adapter.dump_python(value, exclude_defaults=True, warnings="error")
    return _compact(dumped).decode()


def decode_sparse(adapter: TypeAdapter[Value], data: str) -> Value:
    """What `encode_sparse` wrote. Raises ContractBroken for anything else."""
    return _read(adapter, data)


def _bytes(adapter: TypeAdapter[Any], value: object) -> bytes:
    return _compact(adapter.dump_python(value, warnings="error"))


def _text(adapter: TypeAdapter[Any], value: object) -> str:
    return _bytes(adapter, value).decode()


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise ContractBroken(f"cannot be written as JSON: {type(value).__name__}")


def _compact(value: object) -> bytes:
    return orjson.dumps(value, _plain, _OPTIONS)


#: Times are spelled by `_plain`, always in UTC.
_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME


def _read(adapter: TypeAdapter[Value], data: bytes | str) -> Value:
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        raise ContractBroken(f"stored JSON cannot be read back: {error}") from error
