"""The body to paste into a TradingView alert, and the same body filled in by ourselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Everything is quoted: an undefined number then arrives as text we can name, not as broken JSON.
PLACEHOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "timestamp": "{{timenow}}",
        "exchange": "{{exchange}}",
        "symbol": "{{ticker}}",
        "timeframe": "{{interval}}",
        "action": "{{strategy.order.action}}",
        "market_position": "{{strategy.market_position}}",
        "market_position_size": "{{strategy.market_position_size}}",
        "prev_market_position": "{{strategy.prev_market_position}}",
        "prev_market_position_size": "{{strategy.prev_market_position_size}}",
        "entry_price": "{{strategy.order.price}}",
        "close_price": "{{close}}",
        "order_size": "{{strategy.order.contracts}}",
        "trade_id": "{{strategy.order.id}}",
        "alert_message": "{{strategy.order.alert_message}}",
    }
)


def body(values: Mapping[str, str], alert_name: str, secret: str | None) -> str:
    """The nested JSON with these values; its meaning is left to the positions."""
    tv = {key: values[key] for key in values if key not in _ELSEWHERE}
    document = {
        "secret": secret,
        "source": "tradingview",
        "timestamp": values["timestamp"],
        "tv": tv,
        "strategy_info": {
            "trade_id": values["trade_id"],
            "alert_name": alert_name,
            "alert_message": values["alert_message"],
        },
        "execution_intent": {
            "type": "signal",
            "side": values["action"],
            "position_size_type": "contracts",
            "precision_mode": "auto",
        },
        "risk": {"stop_loss": None, "take_profit": None, "max_slippage_percent": None},
    }
    if secret is None:
        del document["secret"]
    return json.dumps(document, indent=2, ensure_ascii=False)


_ELSEWHERE: Final = ("timestamp", "trade_id", "alert_message")
