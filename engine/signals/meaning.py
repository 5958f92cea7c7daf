"""What an alert wishes for: its declared type, then the positions, then the order's direction.

The three must not contradict one another; where they do, the refusal names both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from types import MappingProxyType
from typing import Final, Literal, TypeVar

from engine.domain.words import Intent, Side
from engine.signals import fields
from engine.signals.fields import Cell
from engine.signals.port import Refused
from foundation.money import MONEY, plain

#: ``signal`` leaves the meaning to the positions: templates cannot fill in anything better.
TYPES = ("signal", "exit", "reduce", "reverse")
CLOSERS: Final = ("exit", "close", "flat")
_FRACTION: Final = Decimal("0.00000001")

Held = Side | Literal["flat"]
Word = TypeVar("Word")

_ORDERS: Final[Mapping[str, Side]] = MappingProxyType(
    {"buy": Side.LONG, "sell": Side.SHORT, "long": Side.LONG, "short": Side.SHORT}
)
_POSITIONS: Final[Mapping[str, Held]] = MappingProxyType(
    {"long": Side.LONG, "short": Side.SHORT, "flat": "flat"}
)


@dataclass(frozen=True, slots=True)
class Position:
    """A position as the alert tells it; ``size`` is absolute. None is what it does not say."""

    side: Held | None
    size: Decimal | None
    side_at: str
    size_at: str


@dataclass(frozen=True, slots=True)
class Said:
    """All an alert says about its meaning. ``order`` is the direction of the strategy's order."""

    kind: str
    kind_at: str
    order: Side | None
    order_at: str
    now: Position
    before: Position


@dataclass(frozen=True, slots=True)
class Meaning:
    """``side`` is the position's side for exits and reduces, else the side wanted."""

    intent: Intent
    side: Side
    fraction: Decimal | None = None

    @property
    def order(self) -> Side:
        """The direction of the order that would bring this about."""
        closing = self.intent in (Intent.EXIT, Intent.REDUCE)
        return self.side.opposite if closing else self.side


def order(cell: Cell) -> Side | None:
    """The direction of an order field, or None when not given. Raises Refused."""
    return _look_up(cell, _ORDERS, "unknown_action")


def position(side: Cell, size: Cell) -> Position:
    """A position of its two fields. Raises Refused when they contradict each other."""
    held = _look_up(side, _POSITIONS, "unknown_value")
    count = fields.number(size)
    if count is not None:
        held = _agreed(held, count, side, size)
    return Position(held, None if count is None else abs(count), side.path, size.path)


def understand(said: Said) -> Meaning:
    """The meaning. Raises Refused for contradictions and for what cannot be told."""
    moved = _moved(said)
    if moved is not None and said.order is not None and moved.order is not said.order:
        raise _contradiction(
            said.order_at,
            _verb(said.order),
            said.now.side_at,
            f"a move from {_named(said.before)} to {_named(said.now)}",
        )
    if said.kind == "signal":
        return moved or _entered(said)
    if moved is not None:
        if moved.intent.value != said.kind:
            raise _contradiction(
                said.kind_at,
                said.kind,
                said.now.side_at,
                f"a move from {_named(said.before)} to {_named(said.now)}",
            )
        return moved
    return _declared(said)


def _look_up(cell: Cell, words: Mapping[str, Word], code: str) -> Word | None:
    value = fields.text(cell).lower()
    if not value:
        return None
    if value not in words:
        raise Refused(
            code, f"{cell.path} is {value!r}, it must be one of {', '.join(words)}", cell.path
        )
    return words[value]


def _agreed(held: Held | None, count: Decimal, side: Cell, size: Cell) -> Held | None:
    """The held side, as far as side and signed size agree on one."""
    if held is None:
        # above zero it may be a long position or the absolute size of any
        return "flat" if count == 0 else (Side.SHORT if count < 0 else None)
    if (held == "flat") != (count == 0) or (held is Side.LONG and count < 0):
        raise _contradiction(side.path, str(held), size.path, plain(count))
    return held


def _moved(said: Said) -> Meaning | None:
    """What the change of position means, or None when the alert does not tell both ends."""
    now, before = said.now.side, said.before.side
    if now is None:
        return None
    if before is None:
        return _moved_from_unknown(said, now)
    if not isinstance(now, Side):
        if not isinstance(before, Side):
            raise _no_change(said)
        return Meaning(Intent.EXIT, before)
    if not isinstance(before, Side):
        return Meaning(Intent.ENTER, now)
    return Meaning(Intent.REVERSE, now) if now is not before else _resized(said, now)


def _moved_from_unknown(said: Said, now: Held) -> Meaning:
    if not isinstance(now, Side):
        if said.order is None:
            raise _missing(said.before.side_at, "{{strategy.prev_market_position}}")
        return Meaning(Intent.EXIT, said.order.opposite)
    if said.order is None or said.order is now:
        return Meaning(Intent.ENTER, now)
    return _resized(said, now)


def _resized(said: Said, side: Side) -> Meaning:
    """Same side before and after: more of it is an entry, less of it a reduce."""
    now, before = said.now.size, said.before.size
    if now is None or before is None:
        if said.order is side:
            return Meaning(Intent.ENTER, side)
        lacking = said.now if now is None else said.before
        name = "market_position_size" if now is None else "prev_market_position_size"
        raise _missing(lacking.size_at, f"{{{{strategy.{name}}}}}")
    if now > before:
        return Meaning(Intent.ENTER, side)
    share = MONEY.subtract(Decimal(1), MONEY.divide(now, before)) if before else Decimal(0)
    fraction = share.quantize(_FRACTION, rounding=ROUND_FLOOR, context=MONEY)
    if fraction <= 0:
        raise _no_change(said)
    return Meaning(Intent.REDUCE, side, fraction)


def _entered(said: Said) -> Meaning:
    """Without both positions the order's direction is all there is."""
    if said.order is None:
        raise _missing(said.order_at, "{{strategy.order.action}}")
    if said.before.side in (None, "flat", said.order):
        return Meaning(Intent.ENTER, said.order)
    raise _missing(said.now.side_at, "{{strategy.market_position}}")


def _declared(said: Said) -> Meaning:
    """An explicit exit, reduce or reverse without the position it leads to."""
    if said.kind == "reduce":
        raise _missing(said.now.side_at, "{{strategy.market_position}}")
    before = said.before.side
    if said.kind == "exit":
        if before == "flat":
            raise _contradiction(said.kind_at, said.kind, said.before.side_at, "flat")
        side = before if isinstance(before, Side) else None
        side = side or (said.order.opposite if said.order else None)
        meaning = Meaning(Intent.EXIT, side) if side else None
    else:
        side = said.order or (before.opposite if isinstance(before, Side) else None)
        meaning = Meaning(Intent.REVERSE, side) if side else None
    if meaning is None:
        raise _missing(said.before.side_at, "{{strategy.prev_market_position}}")
    if said.order is not None and meaning.order is not said.order:
        raise _contradiction(
            said.order_at, _verb(said.order), said.before.side_at, f"{said.kind} of {before}"
        )
    return meaning


def _contradiction(one_at: str, one: str, other_at: str, other: str) -> Refused:
    return Refused(
        "contradiction",
        f"{one_at} says {one}, but {other_at} says {other}: send what belongs together",
        one_at,
    )


def _no_change(said: Said) -> Refused:
    now, before = said.now, said.before
    return Refused(
        "no_change",
        f"{before.side_at} and {now.side_at} tell the same position ({_named(now)}), so there is "
        "nothing to do",
        now.side_at if now.size is None else now.size_at,
    )


def _missing(path: str, placeholder: str) -> Refused:
    return Refused(
        "missing_field",
        f'{path} is missing, so it is unclear what the alert means: add "{placeholder}" there',
        path,
    )


def _verb(side: Side) -> str:
    return "buy" if side is Side.LONG else "sell"


def _named(position: Position) -> str:
    if position.side is None:
        return "an unknown position"
    return (
        str(position.side) if position.size is None else f"{position.side} {plain(position.size)}"
    )
