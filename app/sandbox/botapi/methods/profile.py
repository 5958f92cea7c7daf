"""What the bot says of itself: who it is, its names, its commands, its menu button."""

from __future__ import annotations

import re
from typing import Any, Final

from app.sandbox.botapi.methods import Method
from app.sandbox.botapi.objects import Json
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.recipient import known_chat
from app.sandbox.botapi.refusal import bad_request
from app.sandbox.store import profile
from app.sandbox.switchboard import BOT_NAME, Switchboard
from foundation import limits

_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION_MAX: Final = 256
_TEXT_BOUNDS: Final = {"name": 64, "description": 512, "short_description": 120}
_SCOPES: Final = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
    | {"chat", "chat_administrators", "chat_member"}
)


async def get_me(board: Switchboard, _params: Params) -> Json:
    async with board.database.connect() as conn:
        user = await board.bot_user(conn)
    return {
        **user,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": True,
    }


async def set_my_commands(board: Switchboard, params: Params) -> bool:
    listed = [_command(given) for given in params.listing("commands") or ()]
    if len(listed) > limits.TELEGRAM_COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    async with board.database.begin() as conn:
        await profile.set_commands(conn, _scope(params), _language(params), listed)
    board.page.tell("profile")
    return True


def _command(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(given.get("command", "")), str(given.get("description", ""))
    name = name.removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _DESCRIPTION_MAX:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def _scope(params: Params) -> str:
    """A scope as one word: its type, with the chat and member it names."""
    given = params.json("scope") or {"type": "default"}
    if not isinstance(given, dict) or given.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    parts = [given["type"], given.get("chat_id"), given.get("user_id")]
    return ":".join(str(part) for part in parts if part is not None)


def _language(params: Params) -> str:
    language = params.text("language_code").lower()
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    return language


async def get_my_commands(board: Switchboard, params: Params) -> Any:
    async with board.database.connect() as conn:
        return await profile.get_commands(conn, _scope(params), _language(params)) or []


async def delete_my_commands(board: Switchboard, params: Params) -> bool:
    async with board.database.begin() as conn:
        await profile.set_commands(conn, _scope(params), _language(params), [])
    board.page.tell("profile")
    return True


def _setter(kind: str) -> Method:
    async def set_text(board: Switchboard, params: Params) -> bool:
        text = params.text(kind).strip()
        if len(text) > _TEXT_BOUNDS[kind]:
            raise bad_request(f"{kind.replace('_', ' ')} is too long")
        async with board.database.begin() as conn:
            await profile.set_text(conn, kind, _language(params), text)
        board.page.tell("profile")
        return True

    return set_text


def _getter(kind: str, default: str) -> Method:
    async def get_text(board: Switchboard, params: Params) -> Json:
        async with board.database.connect() as conn:
            found = await profile.get_text(conn, kind, _language(params))
        return {kind: found or default}

    return get_text


async def set_chat_menu_button(board: Switchboard, params: Params) -> bool:
    button = _menu_button(params.json("menu_button"))
    async with board.database.begin() as conn:
        chat_id = (await known_chat(conn, params))["id"] if params.has("chat_id") else None
        await profile.set_menu_button(conn, chat_id, button)
    board.page.tell("profile")
    return True


def _menu_button(given: Any) -> Json | None:
    """The button as kept; None for Telegram's default one."""
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: unsupported type specified")
    if given["type"] == "default":
        return None
    if given["type"] == "commands":
        return {"type": "commands"}
    app = given.get("web_app")
    text, url = given.get("text"), app.get("url") if isinstance(app, dict) else None
    if not isinstance(text, str) or not text or not isinstance(url, str) or not url:
        raise bad_request("can't parse menu button: a web_app button needs text and web_app.url")
    return {"type": "web_app", "text": text, "web_app": {"url": url}}


async def get_chat_menu_button(board: Switchboard, params: Params) -> Json:
    async with board.database.begin() as conn:
        chat_id = (await known_chat(conn, params))["id"] if params.has("chat_id") else None
        button = await profile.menu_button(conn, chat_id)
    return button or {"type": "default"}


METHODS: Final[dict[str, Method]] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name"),
    "getMyName": _getter("name", BOT_NAME),
    "setMyDescription": _setter("description"),
    "getMyDescription": _getter("description", ""),
    "setMyShortDescription": _setter("short_description"),
    "getMyShortDescription": _getter("short_description", ""),
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
