"""Telegram init data: who opened the Mini App, proved by the bot token.

HMAC-SHA256 over the sorted ``key=value`` lines of every field but ``hash``, with the key
HMAC-SHA256("WebAppData", bot token) (core.telegram.org/bots/webapps). Telegram checks nothing of
freshness for us: an old string stays validly signed for ever, so its age is judged here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from foundation import limits
from foundation.errors import Unauthorised

_STALE = (
    "This sign-in is too old. Close the app and open it from the chat again; Telegram Desktop "
    "keeps old sign-ins for hours, there restart Telegram too."
)


@dataclass(frozen=True, slots=True)
class TelegramUser:
    """The person as Telegram names them."""

    id: int
    first_name: str
    username: str | None
    language: str | None


def verify(raw: str, bot_token: str, now: datetime) -> TelegramUser:
    """The person behind valid, fresh init data.

    Raises Unauthorised when it is malformed, forged, doubled, stale or from the future.
    """
    if not raw or len(raw) > limits.INIT_DATA_BYTES_MAX or not raw.isascii():
        text = "The init data is missing, too long or not encoded."
        raise Unauthorised(text, code="init_data_malformed")
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise Unauthorised("The init data is malformed.", code="init_data_malformed") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Unauthorised("The init data repeats a field.", code="init_data_malformed")
    _check_signature(fields, bot_token)
    _check_age(fields, now)
    return _user(fields)


def sign(fields: dict[str, str], bot_token: str) -> str:
    """The ``hash`` that Telegram would put beside these fields."""
    lines = "\n".join(f"{key}={fields[key]}" for key in sorted(fields) if key != "hash")
    secret = hmac.new(b"WebAppData", bot_token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, lines.encode(), hashlib.sha256).hexdigest()


def _check_signature(fields: dict[str, str], bot_token: str) -> None:
    given = fields.get("hash", "").encode()
    if not hmac.compare_digest(given, sign(fields, bot_token).encode()):
        raise Unauthorised("The init data is not signed by this bot.", code="init_data_forged")


def _check_age(fields: dict[str, str], now: datetime) -> None:
    text = fields.get("auth_date", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise Unauthorised("The init data has no auth_date.", code="init_data_malformed")
    age = now.timestamp() - int(text)
    if age > limits.INIT_DATA_AGE_S or age < -limits.INIT_DATA_FUTURE_S:
        raise Unauthorised(_STALE, code="init_data_stale")


def _user(fields: dict[str, str]) -> TelegramUser:
    try:
        user = json.loads(fields.get("user", ""))
        return TelegramUser(
            id=_id(user["id"]),
            first_name=str(user.get("first_name") or ""),
            username=user.get("username") if isinstance(user.get("username"), str) else None,
            language=_text(user.get("language_code")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unauthorised("The init data names no user.", code="init_data_malformed") from None


def _id(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**52:
        raise ValueError("not a Telegram id")
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
