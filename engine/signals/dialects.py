"""Alert dialects of other products: known by sight, so that the refusal can name them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from engine.signals.body import BODY
from engine.signals.port import Document, Refusal

_FIX = "replace the alert's message with the JSON shown under Hooks"

_PINECONNECTOR = re.compile(
    r"\d{6,}\s*,\s*(buy|sell|close|cancel|newsltp|eaon|eaoff|exit)[a-z]*\s*,.*", re.I | re.S
)
_WUNDERTRADING = re.compile(r"(ENTER|EXIT)-(LONG|SHORT|ALL)[_-].*", re.I | re.S)
_TV_DEFAULT = re.compile(r"order (buy|sell) @ \S+ filled on ", re.I)
_CORNIX = re.compile(
    r"^\s*(entry|take[- ]?profit|stop([- ]?loss)?|leverage)\b[^:\n]*:", re.I | re.M
)
_KEY_VALUE = re.compile(r"\s*[A-Za-z][A-Za-z0-9_ ]{0,40}\s*=[^=\n]*")
_TRADERSPOST_ACTIONS = ("buy", "sell", "exit", "cancel", "add")
_TRADERSPOST_KEYS = frozenset(
    {
        "ticker",
        "action",
        "sentiment",
        "price",
        "quantity",
        "time",
        "orderType",
        "limitPrice",
        "stopPrice",
        "takeProfit",
        "stopLoss",
        "signalPrice",
        "extras",
    }
)


def _three_commas_signal(document: Document) -> bool:
    return "bot_uuid" in document or "tv_instrument" in document


def _three_commas_dca(document: Document) -> bool:
    return "email_token" in document or ("bot_id" in document and "pair" in document)


def _stub(document: Document) -> bool:
    return "stub" in document and "direction" in document


def _traderspost(document: Document) -> bool:
    if "sentiment" in document:
        return True
    action = document.get("action")
    return (
        document.keys() <= _TRADERSPOST_KEYS
        and "ticker" in document
        and isinstance(action, str)
        and action.lower() in _TRADERSPOST_ACTIONS
    )


def _wundertrading_json(document: Document) -> bool:
    code = document.get("code")
    return isinstance(code, str) and _WUNDERTRADING.fullmatch(code) is not None


def _cornix(text: str) -> bool:
    return len(_CORNIX.findall(text)) >= 2


def _key_value(text: str) -> bool:
    pairs = [part for part in re.split(r"[,\n;]", text) if part.strip()]
    return bool(pairs) and all(_KEY_VALUE.fullmatch(part) for part in pairs)


OBJECTS: Final[tuple[tuple[str, Callable[[Document], bool]], ...]] = (
    ("3Commas signal bot", _three_commas_signal),
    ("3Commas DCA bot", _three_commas_dca),
    ("Stub", _stub),
    ("WunderTrading", _wundertrading_json),
    ("TradersPost", _traderspost),
)
TEXTS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("PineConnector", lambda text: _PINECONNECTOR.fullmatch(text) is not None),
    ("WunderTrading", lambda text: _WUNDERTRADING.fullmatch(text) is not None),
    ("TradingView default text", lambda text: _TV_DEFAULT.search(text) is not None),
    ("Cornix text", _cornix),
    ("key=value lines", _key_value),
)


def of_object(document: Document) -> Refusal | None:
    """The refusal that names the dialect of an object, or None when it is none we know."""
    return _named(next((name for name, speaks in OBJECTS if speaks(document)), None))


def of_text(text: str) -> Refusal:
    """The refusal for a body that is plain text: by its dialect, or as free text."""
    known = _named(next((name for name, speaks in TEXTS if speaks(text)), None))
    return known or Refusal(
        "unrecognised_text", f"the body is free text, which nobody can act on safely: {_FIX}", BODY
    )


def _named(dialect: str | None) -> Refusal | None:
    if dialect is None:
        return None
    return Refusal(
        "unsupported_dialect",
        f"this is an alert in the {dialect} format, which is not supported yet: {_FIX}",
        BODY,
    )
