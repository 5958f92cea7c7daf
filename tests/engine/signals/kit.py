"""Alerts for tests: a good one, and the same with something changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from engine.signals.port import Parsed, Reader, Refusal
from engine.signals.registry import parse
from engine.signals.symbols import Symbols

NOW = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
SYMBOLS = Symbols(["BTC/USDT", "ETH/USDT", "SOL/USDT", "EUR/USD"])
READER = Reader("hook", None, SYMBOLS)


def nested(at: datetime | None = NOW, **tv: Any) -> dict[str, Any]:
    """A first long entry on BTC/USDT 15m; keyword arguments change `tv`, None removes."""
    fields: dict[str, Any] = {
        "exchange": "BINANCE",
        "symbol": "BTCUSDT",
        "timeframe": "15",
        "action": "buy",
        "market_position": "long",
        "market_position_size": "1",
        "prev_market_position": "flat",
        "prev_market_position_size": "0",
        "entry_price": "60000",
        "close_price": "60001.5",
        "order_size": "1",
    } | tv
    return {
        "timestamp": at.isoformat() if at else None,
        "tv": {key: value for key, value in fields.items() if value is not None},
        "strategy_info": {"trade_id": "Long", "alert_name": "Test", "alert_message": "words"},
    }


def moved(before: tuple[str, str], now: tuple[str, str], action: str, **tv: Any) -> dict[str, Any]:
    """An alert about a change of position: (side, size) before and now."""
    return nested(
        action=action,
        prev_market_position=before[0],
        prev_market_position_size=before[1],
        market_position=now[0],
        market_position_size=now[1],
        **tv,
    )


def raw(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()


def read(document: dict[str, Any] | bytes, reader: Reader = READER) -> Parsed | Refusal:
    body = document if isinstance(document, bytes) else raw(document)
    return parse(body, NOW, reader)


def accepted(document: dict[str, Any] | bytes, reader: Reader = READER) -> Parsed:
    found = read(document, reader)
    assert isinstance(found, Parsed), found
    return found


def refused(document: dict[str, Any] | bytes, reader: Reader = READER) -> Refusal:
    found = read(document, reader)
    assert isinstance(found, Refusal), found
    return found
