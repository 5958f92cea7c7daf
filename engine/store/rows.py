"""Domain objects as rows and back; columns are named like fields, in the order of the fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, Final

from engine.domain.account import Queued
from engine.domain.group import Group, Pyramid
from engine.domain.leg import Leg
from engine.domain.orders import Order
from engine.domain.signal import Signal
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
from engine.store.reading import Columns, Seen


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


LEGS: Final = Columns(Leg, keys=("group_id", "pyramid"))
ORDERS: Final = Columns(Order, decoded={"allocations": decode_allocations})
PYRAMIDS: Final = Columns(Pyramid, keys=("group_id",), without=("legs",))
GROUPS: Final = Columns(
    Group,
    decoded={"rules": decode_rules, "stop": decode_stop, "risk": decode_marks},
    without=("pyramids", "orders"),
)
_SIGNALS: Final = Columns(Signal)
_WAITING: Final = Columns(Queued, without=("signal",))
QUEUED_SELECT: Final = f"{_SIGNALS.select}, {_WAITING.select}"


def read_queued(rows: Sequence[tuple[Any, ...]], seen: Seen) -> list[Queued]:
    """Waiting signals from rows of QUEUED_SELECT."""
    split = _SIGNALS.width
    signals = _SIGNALS.read([row[:split] for row in rows], seen)
    return _WAITING.read([row[split:] for row in rows], seen, signal=signals)
