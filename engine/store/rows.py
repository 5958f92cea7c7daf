"""Domain objects as rows and back; columns are named like fields, in the order of the fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from asyncpg import Record

from engine.domain.account import Queued
from engine.domain.group import Group, Pyramid
from engine.domain.leg import Leg
from engine.domain.orders import Order
from engine.domain.signal import Signal
from engine.domain.words import (
    ExitReason,
    GroupStatus,
    Intent,
    OrderPurpose,
    OrderSide,
    OrderStatus,
    OrderType,
    PyramidStatus,
    Side,
    TakeProfitMode,
    TimeInForce,
)
from engine.store.bulk import Row
from engine.store.codec import decode_allocations, encode_allocations
from engine.store.keeping import (
    decode_marks,
    decode_rules,
    decode_stop,
    encode_marks,
    encode_rules,
    encode_stop,
)
from engine.store.projections import GroupSummary, summary


def _names(kind: type, *without: str) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.name not in without)


_GROUP_JSON: Final = ("rules", "stop", "risk")
_GROUP_FIELDS: Final = _names(Group, "pyramids", "orders", *_GROUP_JSON)
_GROUP_SUMMARY: Final = _names(GroupSummary)
_PYRAMID_FIELDS: Final = _names(Pyramid, "legs")
_LEG_FIELDS: Final = _names(Leg)
_ORDER_FIELDS: Final = _names(Order)
_SIGNAL_FIELDS: Final = _names(Signal)
_WAITING_FIELDS: Final = _names(Queued, "signal")

GROUP_COLUMNS: Final = ("account_id", "live", *_GROUP_FIELDS, *_GROUP_JSON, *_GROUP_SUMMARY)
PYRAMID_COLUMNS: Final = ("group_id", *_PYRAMID_FIELDS)
LEG_COLUMNS: Final = ("group_id", "pyramid", *_LEG_FIELDS)
ORDER_COLUMNS: Final = _ORDER_FIELDS
QUEUED_COLUMNS: Final = ("account_id", *_SIGNAL_FIELDS, *_WAITING_FIELDS, "status", "left_at")

_group = attrgetter(*_GROUP_FIELDS)
_group_summary = attrgetter(*_GROUP_SUMMARY)
_pyramid = attrgetter(*_PYRAMID_FIELDS)
_leg = attrgetter(*_LEG_FIELDS)
_order = attrgetter(*_ORDER_FIELDS)
_signal = attrgetter(*_SIGNAL_FIELDS)
_waiting = attrgetter(*_WAITING_FIELDS)
_ALLOCATIONS_AT: Final = _ORDER_FIELDS.index("allocations")
_VALIDITY_AT: Final = _ORDER_FIELDS.index("time_in_force")


def group_row(account_id: str, group: Group) -> Row:
    return (
        account_id,
        True,
        *_group(group),
        encode_rules(group.rules),
        encode_stop(group.stop),
        encode_marks(group.risk),
        *_group_summary(summary(group)),
    )


def pyramid_row(group_id: str, pyramid: Pyramid) -> Row:
    return (group_id, *_pyramid(pyramid))


def leg_row(group_id: str, pyramid: int, leg: Leg) -> Row:
    return (group_id, pyramid, *_leg(leg))


def order_row(order: Order) -> Row:
    values = list(_order(order))
    values[_ALLOCATIONS_AT] = encode_allocations(order.allocations)
    return tuple(values)


def queued_row(account_id: str, queued: Queued) -> Row:
    return (account_id, *_signal(queued.signal), *_waiting(queued), "queued", None)


# legs and orders are read by position, for there are very many of them
assert [LEG_COLUMNS[n] for n in (3, 10)] == ["order_type", "status"]
assert [ORDER_COLUMNS[n] for n in (2, 3, 4, 11)] == ["purpose", "side", "order_type", "status"]


class Reader:
    """Makes domain objects of records; equal values of one reading share one object.

    Ten thousand groups hold the same few percentages and the same zero a hundred thousand
    times over, and an order has the price of its leg.
    """

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[Any, Any] = {}

    def _shared(self, record: Sequence[Any]) -> list[Any]:
        seen = self._seen
        return [
            seen.setdefault(value, value) if value.__class__ in _SHAREABLE else value
            for value in record
        ]

    def leg(self, record: Record) -> tuple[str, int, Leg]:
        """(group id, pyramid index, leg) from a record of LEG_COLUMNS."""
        values = self._shared(tuple(record))
        values[3], values[10] = _ORDER_TYPES[values[3]], _ORDER_STATUSES[values[10]]
        return values[0], values[1], Leg(*values[2:])

    def order(self, record: Record) -> Order:
        """An order from a record of ORDER_COLUMNS."""
        values = self._shared(tuple(record))
        values[2], values[3] = _PURPOSES[values[2]], _ORDER_SIDES[values[3]]
        values[4], values[11] = _ORDER_TYPES[values[4]], _ORDER_STATUSES[values[11]]
        values[_ALLOCATIONS_AT] = decode_allocations(values[_ALLOCATIONS_AT])
        values[_VALIDITY_AT] = TimeInForce(values[_VALIDITY_AT])
        return Order(*values)

    def pyramid(self, record: Record, legs: tuple[Leg, ...]) -> Pyramid:
        """A pyramid from a record of PYRAMID_COLUMNS."""
        values = dict(zip(_PYRAMID_FIELDS, self._shared(tuple(record)[1:]), strict=True))
        values["status"] = PyramidStatus(values["status"])
        return Pyramid(**values, legs=legs)

    def group(
        self, record: Record, pyramids: tuple[Pyramid, ...], orders: Mapping[str, Order]
    ) -> Group:
        """A group from a record that begins with GROUP_COLUMNS."""
        shared = self._shared(tuple(record)[2 : 2 + len(_GROUP_FIELDS)])
        values = dict(zip(_GROUP_FIELDS, shared, strict=True))
        values["side"] = Side(values["side"])
        values["status"] = GroupStatus(values["status"])
        values["tp_mode"] = TakeProfitMode(values["tp_mode"])
        for name in ("exit_reason", "reduce_reason"):
            values[name] = ExitReason(values[name]) if values[name] else None
        rules, stop, marks = tuple(record)[2 + len(_GROUP_FIELDS) :][: len(_GROUP_JSON)]
        return Group(
            **values,
            pyramids=pyramids,
            orders=orders,
            rules=decode_rules(rules),
            stop=decode_stop(stop),
            risk=decode_marks(marks),
        )

    def queued(self, record: Record) -> Queued:
        """A waiting signal from a record of QUEUED_COLUMNS."""
        row = self._shared(tuple(record)[1:])
        values = dict(zip(_SIGNAL_FIELDS, row, strict=False))
        values["side"], values["intent"] = Side(values["side"]), Intent(values["intent"])
        waiting = dict(zip(_WAITING_FIELDS, row[len(_SIGNAL_FIELDS) :], strict=False))
        return Queued(signal=Signal(**values), **waiting)


_SHAREABLE: Final = frozenset({Decimal, str, datetime})
_ORDER_TYPES: Final[Mapping[str, OrderType]] = {word.value: word for word in OrderType}
_ORDER_STATUSES: Final[Mapping[str, OrderStatus]] = {word.value: word for word in OrderStatus}
_ORDER_SIDES: Final[Mapping[str, OrderSide]] = {word.value: word for word in OrderSide}
_PURPOSES: Final[Mapping[str, OrderPurpose]] = {word.value: word for word in OrderPurpose}
