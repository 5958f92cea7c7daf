"""The nested format: `tv`, `strategy_info`, `execution_intent` and `risk` side by side."""

from __future__ import annotations

from datetime import datetime

from engine.signals import fields
from engine.signals.draft import Draft, finish
from engine.signals.fields import Cell
from engine.signals.port import Document, Parsed, Reader

name = "nested"
_OWN_SECTIONS = ("tv", "execution_intent")


def recognises(document: Document) -> bool:
    """Nobody else has a `tv` or an `execution_intent`."""
    return any(key in document for key in _OWN_SECTIONS)


def secret(document: Document) -> tuple[str | None, str]:
    given = document.get("secret")
    return (given if isinstance(given, str) else None), "secret"


def parse(document: Document, received_at: datetime, reader: Reader) -> Parsed:
    """The signal. Raises Refused."""
    return finish(_draft(document), received_at, reader)


def _draft(document: Document) -> Draft:
    tv, info, intent, risk = (
        fields.section(document, key) for key in ("tv", "strategy_info", "execution_intent", "risk")
    )

    def of_tv(key: str) -> Cell:
        return Cell(f"tv.{key}", tv.get(key))

    return Draft(
        sent_at=Cell("timestamp", document.get("timestamp")),
        bar_at=of_tv("bar_time"),
        symbol=of_tv("symbol"),
        exchange=of_tv("exchange"),
        timeframe=of_tv("timeframe"),
        action=of_tv("action"),
        kind=Cell("execution_intent.type", intent.get("type")),
        order_side=Cell("execution_intent.side", intent.get("side")),
        now_side=of_tv("market_position"),
        now_size=of_tv("market_position_size"),
        before_side=of_tv("prev_market_position"),
        before_size=of_tv("prev_market_position_size"),
        entry_price=of_tv("entry_price"),
        close_price=of_tv("close_price"),
        order_size=of_tv("order_size"),
        size_unit=Cell("execution_intent.position_size_type", intent.get("position_size_type")),
        order_id=Cell("strategy_info.trade_id", info.get("trade_id")),
        alert_id=Cell("alert_id", document.get("alert_id")),
        strategy=Cell("strategy_info.alert_name", info.get("alert_name")),
        version=Cell("strategy_version", document.get("strategy_version")),
        reason=Cell("strategy_info.alert_message", info.get("alert_message")),
        stop_loss=Cell("risk.stop_loss", risk.get("stop_loss")),
        take_profit=Cell("risk.take_profit", risk.get("take_profit")),
        slippage=Cell("risk.max_slippage_percent", risk.get("max_slippage_percent")),
    )
