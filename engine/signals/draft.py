"""The part every format shares: once the fields are found, they are read and judged alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b

from engine.domain.ids import derived_id
from engine.domain.signal import Signal
from engine.domain.words import Side
from engine.signals import fields, meaning, times
from engine.signals.fields import Cell
from engine.signals.meaning import Meaning, Said
from engine.signals.port import Parsed, Reader, Refused
from foundation import limits
from foundation.money import MONEY, plain

SOURCE = "tradingview"
_UNITS = ("contracts", "base", "quote")


@dataclass(frozen=True, slots=True)
class Draft:
    """Where one alert has what: cells that are not given keep the path they would stand at."""

    sent_at: Cell
    bar_at: Cell
    symbol: Cell
    exchange: Cell
    timeframe: Cell
    action: Cell
    kind: Cell
    order_side: Cell
    now_side: Cell
    now_size: Cell
    before_side: Cell
    before_size: Cell
    entry_price: Cell
    close_price: Cell
    order_size: Cell
    size_unit: Cell
    order_id: Cell
    alert_id: Cell
    strategy: Cell
    version: Cell
    reason: Cell
    stop_loss: Cell
    take_profit: Cell
    slippage: Cell


def finish(draft: Draft, received_at: datetime, reader: Reader) -> Parsed:
    """Read the cells in the order a person would look for a mistake. Raises Refused."""
    sent_at = times.moment(draft.sent_at)
    times.refuse_future(draft.sent_at, sent_at, received_at)
    symbol, raw_symbol, exchange = fields.symbol(draft.symbol, reader)
    timeframe = fields.timeframe(draft.timeframe)
    size = fields.positive(draft.order_size)
    entry = fields.positive(draft.entry_price)
    close = fields.positive(draft.close_price)
    wish = _wish(draft)
    times.refuse_future(draft.bar_at, times.moment(draft.bar_at), received_at)
    explicit = _explicit_id(draft.alert_id)
    window = int(received_at.timestamp()) // limits.SIGNAL_DEDUPE_WINDOW_S
    when = sent_at.isoformat() if sent_at else f"window {window}"
    about = (symbol, str(timeframe), fields.text(draft.order_id), when)
    key = f"id:{explicit}" if explicit else _dedupe_key(draft, reader.hook_id, wish.order, about)
    signal = Signal(
        id=derived_id("signal", reader.hook_id, key),
        source=SOURCE,
        producer=reader.hook_id,
        received_at=received_at,
        signal_time=sent_at or received_at,
        symbol=symbol,
        raw_symbol=raw_symbol,
        timeframe=timeframe,
        side=wish.side,
        intent=wish.intent,
        venue_hint=(fields.text(draft.exchange) or exchange or "").lower() or None,
        reduce_fraction=wish.fraction,
        entry_price=entry or close,
        stop_loss=fields.positive(draft.stop_loss),
        take_profit=fields.positive(draft.take_profit),
        size_hint=_base_size(draft.size_unit, size, entry or close),
        max_slippage_percent=fields.percent(draft.slippage),
        strategy=fields.text(draft.strategy),
        strategy_version=fields.text(draft.version),
        reason=fields.text(draft.reason, limits.SIGNAL_TEXT_MAX),
    )
    return Parsed(signal, key, _content(signal), explicit, sent_at, draft.sent_at.path)


def _wish(draft: Draft) -> Meaning:
    """What is meant, after the three directions an alert may carry agree."""
    kind, kind_at = fields.word(draft.kind, meaning.TYPES) or "signal", draft.kind.path
    order: Side | None = None
    if fields.text(draft.action).lower() in meaning.CLOSERS:
        if kind not in ("signal", "exit"):
            raise Refused(
                "contradiction",
                f"{draft.action.path} says exit, but {kind_at} says {kind}: "
                "send what belongs together",
                draft.action.path,
            )
        kind, kind_at = "exit", draft.action.path
    else:
        order = meaning.order(draft.action)
    side = meaning.order(draft.order_side)
    if order is not None and side is not None and order is not side:
        raise Refused(
            "contradiction",
            f"{draft.action.path} says {draft.action.value}, but {draft.order_side.path} says "
            f"{draft.order_side.value}: send what belongs together",
            draft.order_side.path,
        )
    return meaning.understand(
        Said(
            kind=kind,
            kind_at=kind_at,
            order=order or side,
            order_at=draft.action.path if order or side is None else draft.order_side.path,
            now=meaning.position(draft.now_side, draft.now_size),
            before=meaning.position(draft.before_side, draft.before_size),
        )
    )


def _explicit_id(cell: Cell) -> str | None:
    given = fields.text(cell, limits.SIGNAL_ID_MAX + 1)
    if len(given) > limits.SIGNAL_ID_MAX:
        raise Refused(
            "out_of_range",
            f"{cell.path} is longer than {limits.SIGNAL_ID_MAX} characters",
            cell.path,
        )
    return given or None


def _base_size(unit: Cell, size: Decimal | None, price: Decimal | None) -> Decimal | None:
    """The order's size in base units, None when it cannot be told."""
    if fields.word(unit, _UNITS) != "quote" or size is None:
        return size
    return None if price is None else MONEY.divide(size, price)


def _dedupe_key(draft: Draft, hook_id: str, order: Side, about: tuple[str, ...]) -> str:
    """The same alert sent twice has the same key, two alerts have two."""
    positions = (draft.now_side, draft.now_size, draft.before_side, draft.before_size)
    return f"at:{_digest((hook_id, order.value, *(str(c.value) for c in positions), *about))}"


def _content(signal: Signal) -> str:
    """What the alert says, whenever it was sent."""
    numbers = (
        signal.reduce_fraction,
        signal.entry_price,
        signal.stop_loss,
        signal.take_profit,
        signal.size_hint,
    )
    words = (signal.symbol, str(signal.timeframe), signal.intent.value, signal.side.value)
    return _digest((*words, *("" if n is None else plain(n) for n in numbers)))


def _digest(parts: tuple[str, ...]) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "replace")
    return blake2b(joined, digest_size=16).hexdigest()
