"""Keyboards under messages: checked button by button, kept as the Bot API returns them."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from app.sandbox.botapi.params import Params
from app.sandbox.botapi.refusal import bad_request
from app.sandbox.botapi.units import units
from foundation import limits

Markup = dict[str, Any]

_ACTIONS: Final = ("url", "callback_data", "web_app", "copy_text", "pay", "disabled")
_STYLES: Final = frozenset({"danger", "success", "primary"})
_SCHEMES: Final = frozenset({"http", "https", "tg", "ton"})
_REPLY_KINDS: Final = ("keyboard", "remove_keyboard", "force_reply")


def reply_markup(params: Params) -> Markup | None:
    """Any kind of markup a new message may carry, checked; None when absent.

    Raises Refusal 400 with Telegram's words for a button that it would not take.
    """
    given = params.json("reply_markup")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in given:
        return _inline(given["inline_keyboard"])
    for kind in _REPLY_KINDS:
        if given.get(kind):
            return _reply(kind, given)
    return None


def inline_markup(params: Params) -> Markup | None:
    """The inline keyboard of an edit; an empty one counts as none."""
    markup = reply_markup(params)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return markup


def _inline(rows: Any) -> Markup | None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse inline keyboard: field inline_keyboard must be an Array")
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(len(row) for row in checked) > limits.TELEGRAM_BUTTONS_MAX:
        raise bad_request("reply markup is too long")
    if any(len(row) > limits.TELEGRAM_BUTTONS_PER_ROW_MAX for row in checked):
        raise bad_request("too many buttons in a row of the inline keyboard")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed to be "
            "empty in the inline keyboard"
        )
    actions = [name for name in _ACTIONS if button.get(name) not in (None, False)]
    if len(actions) != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    action = actions[0]
    checked = {"text": text, action: _ACTION_CHECKS[action](button[action])}
    style = button.get("style")
    if style is not None:
        if style not in _STYLES:
            raise bad_request("BUTTON_STYLE_INVALID")
        checked["style"] = style
    if isinstance(button.get("icon_custom_emoji_id"), str):
        checked["icon_custom_emoji_id"] = button["icon_custom_emoji_id"]
    return checked


def _callback_data(data: Any) -> str:
    if not isinstance(data, str) or not data:
        raise bad_request("BUTTON_DATA_INVALID")
    if len(data.encode()) > limits.TELEGRAM_CALLBACK_BYTES_MAX:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _url(url: Any) -> str:
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or parts.scheme not in _SCHEMES or not parts.netloc:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return str(url)


def _web_app(info: Any) -> dict[str, str]:
    url = info.get("url") if isinstance(info, dict) else None
    if not isinstance(url, str) or not _is_app_address(url):
        raise bad_request(
            f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
        )
    return {"url": url}


def _is_app_address(url: str) -> bool:
    """https anywhere; http only on this machine, which is where the stand-in lives."""
    parts = urlsplit(url)
    if parts.scheme == "http":
        return parts.hostname in ("127.0.0.1", "localhost", "::1")
    return parts.scheme == "https" and bool(parts.netloc)


def _copy_text(info: Any) -> dict[str, str]:
    text = info.get("text") if isinstance(info, dict) else None
    if not isinstance(text, str) or not 1 <= units(text) <= limits.TELEGRAM_COPY_UNITS_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return {"text": text}


def _pay(_flag: Any) -> bool:
    return True


def _disabled(info: Any) -> dict[str, Any]:
    if not isinstance(info, dict):
        raise bad_request("can't parse inline keyboard button: field disabled must be an Object")
    return info


_ACTION_CHECKS: Final = {
    "url": _url,
    "callback_data": _callback_data,
    "web_app": _web_app,
    "copy_text": _copy_text,
    "pay": _pay,
    "disabled": _disabled,
}


def _reply(kind: str, given: dict[str, Any]) -> Markup:
    if kind != "keyboard":
        return {kind: True}
    rows = given["keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request("can't parse reply keyboard markup JSON object")
    keyboard = [[{"text": _keyboard_text(button)} for button in row] for row in rows if row]
    return {"keyboard": keyboard}


def _keyboard_text(button: Any) -> str:
    text = button if isinstance(button, str) else None
    if isinstance(button, dict) and isinstance(button.get("text"), str):
        text = button["text"]
    if not text:
        raise bad_request('can\'t parse keyboard button: field "text" must be a String')
    return text
