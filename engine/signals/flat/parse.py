"""The flat format: one level of keys, perhaps inside `strategy`, `bar` or `data`.

Keys are read in any case and with `-`, `_` or `.` between their words.
"""

from __future__ import annotations

from datetime import datetime

from engine.signals.draft import Draft, finish
from engine.signals.fields import Cell
from engine.signals.port import Document, Parsed, Reader

name = "flat"
_SECRETS = ("secret", "passphrase", "key")
_INNER = ("strategy", "data")
_MARKS = frozenset(
    {
        "ticker",
        "symbol",
        "action",
        "order_action",
        "market_position",
        "interval",
        "timeframe",
        "strategy",
        *_SECRETS,
    }
)
_SPELLINGS = str.maketrans("-. ", "___")


def recognises(document: Document) -> bool:
    """Anything with one of the usual keys: the last format to be asked."""
    return any(key in _MARKS for key in _cells(document)) or "strategy" in document


def secret(document: Document) -> tuple[str | None, str]:
    cells = _cells(document)
    for key in _SECRETS:
        if key in cells and isinstance(value := cells[key].value, str):
            return value, cells[key].path
    return None, _SECRETS[0]


def parse(document: Document, received_at: datetime, reader: Reader) -> Parsed:
    """The signal. Raises Refused."""
    return finish(_draft(_cells(document)), received_at, reader)


def _cells(document: Document) -> dict[str, Cell]:
    """All values by normalised key; the top level wins over what is inside."""
    found: dict[str, Cell] = {}
    for key, value in document.items():
        if isinstance(value, dict):
            continue
        found.setdefault(_plain(key), Cell(key, value))
    for outer in (*_INNER, "bar"):
        inner = document.get(outer)
        if not isinstance(inner, dict):
            continue
        for key, value in inner.items():
            known = f"bar_{_plain(key)}" if outer == "bar" else _plain(key)
            found.setdefault(known, Cell(f"{outer}.{key}", value))
    return found


def _plain(key: str) -> str:
    return key.lower().translate(_SPELLINGS).removeprefix("strategy_")


def _draft(cells: dict[str, Cell]) -> Draft:
    def first(*keys: str) -> Cell:
        given = (cells[key] for key in keys if key in cells and cells[key].given)
        return next(given, None) or next((cells[k] for k in keys if k in cells), Cell(keys[0]))

    return Draft(
        sent_at=first("timestamp", "timenow", "alert_time", "time"),
        bar_at=first("bar_time"),
        symbol=first("ticker", "symbol"),
        exchange=first("exchange"),
        timeframe=first("interval", "timeframe"),
        action=first("action", "order_action", "side"),
        # `type` and `order_side` are left alone: people put order types there
        kind=Cell("type"),
        order_side=Cell("order_side"),
        now_side=first("market_position"),
        now_size=first("market_position_size", "position_size"),
        before_side=first("prev_market_position"),
        before_size=first("prev_market_position_size", "prev_position_size"),
        entry_price=first("price", "order_price", "entry_price"),
        close_price=first("close", "close_price", "bar_close"),
        order_size=first("contracts", "order_contracts", "quantity", "qty", "order_size"),
        size_unit=first("position_size_type"),
        order_id=first("order_id", "trade_id"),
        alert_id=first("alert_id", "signal_id"),
        strategy=first("name", "id", "alert_name", "strategy"),
        version=first("version"),
        reason=first("alert_message", "order_alert_message", "comment", "order_comment", "message"),
        stop_loss=first("stop_loss", "sl", "sl_price"),
        take_profit=first("take_profit", "tp", "tp_price"),
        slippage=first("max_slippage_percent"),
    )
