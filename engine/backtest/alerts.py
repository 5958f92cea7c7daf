"""Alerts for a history: made by a simple rule on its candles, or a file's bodies stamped anew."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from engine.market.candle import Candle, aggregated
from foundation.errors import InvalidInput
from foundation.money import plain

SECRET: Final = "whk_demo"  # noqa: S105 - the made-up hook of a made-up history
_RSI_BARS: Final = 14
_OVERSOLD: Final = 30
_OVERBOUGHT: Final = 65
_PYRAMIDS_MAX: Final = 5
_TIMEFRAMES: Final = (15, 5, 1)
_BARS_MIN: Final = 200
_SPACING_MAX: Final = 180
_TIMES: Final = frozenset({"timestamp", "time", "timenow", "bar_time"})
_SYMBOLS: Final = frozenset({"symbol", "ticker", "tv_instrument"})
_PRICES: Final = frozenset({"open", "high", "low", "close", "stop_loss", "take_profit"})
_REFERENCES: Final = ("entry_price", "price", "order_price", "strategy-order-price", "close")


@dataclass(frozen=True, slots=True)
class Alert:
    """A webhook body and the market's moment it arrives at."""

    at: datetime
    body: bytes


def by_rule(candles: Sequence[Candle], symbol: str) -> tuple[Alert, ...]:
    """Nested alerts of a plain RSI rule: buy each dip below 30, leave above 65.

    A history too short or too calm for the rule gets one entry and one exit.
    """
    timeframe = _timeframe(candles)
    end = _closes(candles[-1])
    # a bar that is cut off would tell after the history has ended
    bars = [bar for bar in aggregated(candles, timeframe) if _closes(bar) <= end]
    alerts: list[Alert] = []
    held, before = 0, Decimal(50)
    for bar, rsi in zip(bars[_RSI_BARS:], _rsi(bars), strict=False):
        if rsi < _OVERSOLD <= before and held < _PYRAMIDS_MAX:
            held += 1
            alerts.append(_nested(bar, symbol, "buy", held, held - 1))
        elif rsi > _OVERBOUGHT and held:
            alerts.append(_nested(bar, symbol, "sell", 0, held))
            held = 0
        before = rsi
    if not alerts:
        alerts.append(_nested(bars[0], symbol, "buy", 1, 0))
    if held or len(alerts) == 1:
        alerts.append(_nested(bars[-1], symbol, "sell", 0, max(held, 1)))
    return tuple(alerts)


def from_file(file: Path, candles: Sequence[Candle], symbol: str) -> tuple[Alert, ...]:
    """The bodies of a JSON-lines file, over and over through the history.

    Bodies that are JSON get the moment, the symbol and prices in proportion; all else is sent as
    it stands. Raises InvalidInput naming file and line.
    """
    bodies = _bodies(file)
    spacing = max(1, min(len(candles) // len(bodies), _SPACING_MAX))
    alerts = []
    for n, candle in enumerate(candles[spacing - 1 :: spacing]):
        at = candle.at + timedelta(minutes=candle.minutes)
        alerts.append(Alert(at, _restamped(bodies[n % len(bodies)], at, symbol, candle.close)))
    return tuple(alerts)


def secret_of(alerts: Sequence[Alert]) -> str | None:
    """The secret most of the alerts carry: the one their hook has."""
    found: Counter[str] = Counter()
    for alert in alerts:
        document = _document(alert.body.decode("utf-8", "replace"))
        secret = document.get("secret") if document else None
        if isinstance(secret, str) and secret:
            found[secret] += 1
    return found.most_common(1)[0][0] if found else None


def _timeframe(candles: Sequence[Candle]) -> int:
    """The largest usual timeframe that leaves enough bars for the rule."""
    own = candles[0].minutes
    fitting = [t for t in _TIMEFRAMES if t % own == 0 and len(candles) * own // t >= _BARS_MIN]
    return fitting[0] if fitting else own


def _rsi(bars: Sequence[Candle]) -> Iterator[Decimal]:
    """Wilder's RSI, from the bar after the first 14 on."""
    gain = loss = Decimal(0)
    for n, (last, bar) in enumerate(pairwise(bars), start=1):
        change = bar.close - last.close
        weight = Decimal(min(n, _RSI_BARS))
        gain += (max(change, Decimal(0)) - gain) / weight
        loss += (max(-change, Decimal(0)) - loss) / weight
        if n >= _RSI_BARS:
            total = gain + loss
            yield 100 * gain / total if total else Decimal(50)


def _closes(bar: Candle) -> datetime:
    return bar.at + timedelta(minutes=bar.minutes)


def _nested(bar: Candle, symbol: str, action: str, size: int, before: int) -> Alert:
    at = _closes(bar)
    body = {
        "secret": SECRET,
        "source": "tradingview",
        "timestamp": _stamp(at),
        "tv": {
            "exchange": "BINANCE",
            "symbol": symbol.replace("/", ""),
            "timeframe": bar.minutes,
            "action": action,
            "market_position": "long" if size else "flat",
            "market_position_size": size,
            "prev_market_position": "long" if before else "flat",
            "prev_market_position_size": before,
            "entry_price": plain(bar.close),
            "close_price": plain(bar.close),
            "order_size": abs(size - before),
        },
        "strategy_info": {
            "trade_id": f"Long-{size}" if size else "Close",
            "alert_name": "RSI dip",
            "alert_message": f"entry {size}" if size else "exit",
        },
        "execution_intent": {
            "type": "signal" if size else "exit",
            "side": action,
            "position_size_type": "contracts",
            "precision_mode": "auto",
        },
        "risk": {"stop_loss": None, "take_profit": None, "max_slippage_percent": 0.2},
    }
    return Alert(at, json.dumps(body).encode())


def _bodies(file: Path) -> list[str]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file}: cannot be read as an alert file: {error}") from error
    bodies = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = _document(line)
        if row is None or not isinstance(row.get("body"), str):
            raise InvalidInput(
                f'{file.name}, line {number}: expected a JSON object with the alert under "body"'
            )
        bodies.append(row["body"])
    if not bodies:
        raise InvalidInput(f"{file.name}: there are no alerts in it")
    return bodies


def _document(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text, parse_float=Decimal)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _restamped(body: str, at: datetime, symbol: str, price: Decimal) -> bytes:
    document = _document(body)
    if document is None:
        return body.encode()
    reference = _reference(document)
    factor = price / reference if reference else None
    changed = _walk(document, _stamp(at), symbol.replace("/", ""), factor)
    return json.dumps(changed, default=str, ensure_ascii=False).encode()


def _reference(document: dict[str, Any]) -> Decimal | None:
    """The price the alert speaks of, wherever its format keeps it."""
    levels: list[dict[str, Any]] = [document]
    while levels:
        level = levels.pop(0)
        for key in _REFERENCES:
            value = _number(level.get(key))
            if value is not None and value > 0:
                return value
        levels.extend(value for value in level.values() if isinstance(value, dict))
    return None


def _walk(level: dict[str, Any], stamp: str, name: str, factor: Decimal | None) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    for key, value in level.items():
        number = _number(value)
        if isinstance(value, dict):
            changed[key] = _walk(value, stamp, name, factor)
        elif key in _TIMES:
            changed[key] = stamp
        elif key in _SYMBOLS and value:
            changed[key] = name
        elif factor and number is not None and ("price" in key or key in _PRICES):
            changed[key] = plain((number * factor).quantize(Decimal("0.00000001")))
        else:
            changed[key] = value
    return changed


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
