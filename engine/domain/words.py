"""The closed vocabularies: sides, intents, statuses and the life cycles they may follow."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

MarginMode = Literal["isolated", "cross"]
"""What stands behind a perpetual: its own margin alone, or all the money of the account."""


class Side(StrEnum):
    """Direction of a position."""

    LONG = "long"
    SHORT = "short"

    @property
    def opposite(self) -> Side:
        return Side.SHORT if self is Side.LONG else Side.LONG

    @property
    def sign(self) -> int:
        """+1 for long, -1 for short: profit is ``sign * (exit - entry) * quantity``."""
        return 1 if self is Side.LONG else -1


class OrderSide(StrEnum):
    """Direction of an order at a venue."""

    BUY = "buy"
    SELL = "sell"


class Intent(StrEnum):
    """What a signal wishes for."""

    ENTER = "enter"
    EXIT = "exit"
    REDUCE = "reduce"
    REVERSE = "reverse"


class OrderType(StrEnum):
    """``STOP`` becomes a market order when the price reaches its trigger."""

    LIMIT = "limit"
    MARKET = "market"
    STOP = "stop"


class TimeInForce(StrEnum):
    """How long a limit may wait: until cancelled, or not at all."""

    GTC = "gtc"
    IOC = "ioc"


class TakeProfitMode(StrEnum):
    """Which target closes what (spec engine §3)."""

    PER_LEG = "per_leg"
    AGGREGATE = "aggregate"
    HYBRID = "hybrid"
    PYRAMID_AGGREGATE = "pyramid_aggregate"


class TakeProfitExecution(StrEnum):
    """How a target is carried out: watched and closed at market, or resting at the venue."""

    MONITOR = "monitor"
    RESTING = "resting"


class TradingState(StrEnum):
    """Whether an account may take new entries (spec engine §7)."""

    RUNNING = "running"
    PAUSED = "paused"
    HALTED = "halted"


class MarketKind(StrEnum):
    """What an account trades: coins, or perpetual contracts settled in its quote currency."""

    SPOT = "spot"
    LINEAR = "linear"


class OrderPurpose(StrEnum):
    """Why an order exists; everything but an entry is a reducer."""

    ENTRY = "entry"
    TAKE_PROFIT = "take_profit"
    EXIT = "exit"
    REDUCE = "reduce"
    STOP = "stop"


class ExitReason(StrEnum):
    """Why a group was closed."""

    TARGET = "target"
    EXIT_SIGNAL = "exit_signal"
    MANUAL = "manual"
    RISK_OFFSET = "risk_offset"
    STOP = "stop"
    TIME = "time"
    GUARD = "guard"
    EMERGENCY = "emergency"
    EXTERNAL = "external"


class GroupStatus(StrEnum):
    WAITING = "waiting"
    LIVE = "live"
    PARTIALLY_FILLED = "partially_filled"
    ACTIVE = "active"
    CLOSING = "closing"
    CLOSED = "closed"
    FAILED = "failed"


class OrderStatus(StrEnum):
    PENDING = "pending"
    OPEN = "open"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    FAILED = "failed"


class PyramidStatus(StrEnum):
    PENDING = "pending"
    SUBMITTED = "submitted"
    FILLED = "filled"
    CANCELLED = "cancelled"


class QueuedStatus(StrEnum):
    QUEUED = "queued"
    PROMOTED = "promoted"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


G, Q, P = GroupStatus, OrderStatus, PyramidStatus

GROUP_LIFE: Final[Mapping[GroupStatus, frozenset[GroupStatus]]] = MappingProxyType(
    {
        G.WAITING: frozenset({G.LIVE, G.CLOSED, G.FAILED}),
        G.LIVE: frozenset({G.PARTIALLY_FILLED, G.ACTIVE, G.CLOSING, G.CLOSED, G.FAILED}),
        G.PARTIALLY_FILLED: frozenset({G.ACTIVE, G.CLOSING, G.CLOSED}),
        G.ACTIVE: frozenset({G.PARTIALLY_FILLED, G.CLOSING, G.CLOSED}),
        G.CLOSING: frozenset({G.CLOSED, G.ACTIVE, G.PARTIALLY_FILLED}),
        G.CLOSED: frozenset(),
        G.FAILED: frozenset({G.LIVE, G.CLOSED}),
    }
)

ORDER_LIFE: Final[Mapping[OrderStatus, frozenset[OrderStatus]]] = MappingProxyType(
    {
        Q.PENDING: frozenset({Q.OPEN, Q.PARTIALLY_FILLED, Q.FILLED, Q.CANCELLED, Q.FAILED}),
        Q.OPEN: frozenset({Q.PARTIALLY_FILLED, Q.FILLED, Q.CANCELLED}),
        Q.PARTIALLY_FILLED: frozenset({Q.FILLED, Q.CANCELLED}),
        Q.FILLED: frozenset(),
        # A late fill is a fact: it is booked and then covered or closed.
        Q.CANCELLED: frozenset({Q.PARTIALLY_FILLED, Q.FILLED}),
        # What we called lost or refused has executed after all: the venue's word stands.
        Q.FAILED: frozenset({Q.PARTIALLY_FILLED, Q.FILLED}),
    }
)

PYRAMID_LIFE: Final[Mapping[PyramidStatus, frozenset[PyramidStatus]]] = MappingProxyType(
    {
        P.PENDING: frozenset({P.SUBMITTED, P.FILLED, P.CANCELLED}),
        P.SUBMITTED: frozenset({P.FILLED, P.CANCELLED}),
        P.FILLED: frozenset(),
        # A late fill, as for orders; or a person has what failed tried again.
        P.CANCELLED: frozenset({P.PENDING, P.SUBMITTED, P.FILLED}),
    }
)

#: The group holds its pool slot in these states.
SLOT_HOLDERS: Final = frozenset({G.WAITING, G.LIVE, G.PARTIALLY_FILLED, G.ACTIVE, G.CLOSING})
#: Targets are watched in these states.
WATCHED: Final = frozenset({G.LIVE, G.PARTIALLY_FILLED, G.ACTIVE})
#: An order that may still execute at its venue.
WORKING: Final = frozenset({Q.PENDING, Q.OPEN, Q.PARTIALLY_FILLED})


class IllegalTransition(Exception):
    """A life-cycle table has no such move: our own arithmetic is wrong, never the venue's."""


def moved_group(current: GroupStatus, new: GroupStatus) -> GroupStatus:
    """``new`` when the table allows the move (staying is always allowed).

    Raises:
        IllegalTransition: the table has no such move.
    """
    if new is not current and new not in GROUP_LIFE[current]:
        raise IllegalTransition(f"group: {current} -> {new}")
    return new


def moved_order(current: OrderStatus, new: OrderStatus) -> OrderStatus:
    """``new`` when the table allows the move (staying is always allowed).

    Raises:
        IllegalTransition: the table has no such move.
    """
    if new is not current and new not in ORDER_LIFE[current]:
        raise IllegalTransition(f"order: {current} -> {new}")
    return new


def moved_pyramid(current: PyramidStatus, new: PyramidStatus) -> PyramidStatus:
    """``new`` when the table allows the move (staying is always allowed).

    Raises:
        IllegalTransition: the table has no such move.
    """
    if new is not current and new not in PYRAMID_LIFE[current]:
        raise IllegalTransition(f"pyramid: {current} -> {new}")
    return new
