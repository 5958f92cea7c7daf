"""A Bot API of the tests: real HTTP, records every call, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "7000000001:token-of-the-tests-0123456789abcdefg"
BOT_ID = 7000000001


@dataclass
class Call:
    """One request: method, its parameters with JSON read, and the files that came along."""

    method: str
    params: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Text or caption, wherever it is."""
        media = self.params.get("media")
        caption = media.get("caption") if isinstance(media, dict) else None
        return str(self.params.get("text") or self.params.get("caption") or caption or "")

    @property
    def buttons(self) -> list[dict[str, Any]]:
        markup = self.params.get("reply_markup") or {}
        return [b for row in markup.get("inline_keyboard", []) for b in row]


Answer = Callable[[Call], web.Response | None]


class FakeTelegram:
    """Start, script with `refuse`, feed with `update`, read `calls`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.base = ""
        self._script: dict[str, deque[Answer]] = defaultdict(deque)
        self._updates: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._number = 100
        self._update_id = 500
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=20 * 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    # --- what tests do ------------------------------------------------------------------------

    def of(self, *methods: str) -> list[Call]:
        return [call for call in self.calls if call.method in methods]

    def shown(self) -> list[Call]:
        """Everything a person saw, in order."""
        return self.of(
            "sendMessage", "sendPhoto", "editMessageText", "editMessageCaption", "editMessageMedia"
        )

    def refuse(self, method: str, code: int, description: str, **parameters: Any) -> None:
        """The next call of the method gets this error."""
        body = {"ok": False, "error_code": code, "description": description}
        if parameters:
            body["parameters"] = parameters
        self._script[method].append(lambda _: web.json_response(body, status=code))

    def break_off(self, method: str) -> None:
        """The next call of the method is carried out, but its reply is lost."""

        def lose(call: Call) -> web.Response | None:
            self._result(call)
            raise ConnectionResetError

        self._script[method].append(lose)

    def update(self, body: dict[str, Any], update_id: int | None = None) -> int:
        """Put an update up for getUpdates."""
        if update_id is None:
            self._update_id += 1
            update_id = self._update_id
        self._updates.append({"update_id": update_id, **body})
        self._news.set()
        return update_id

    @property
    def confirmed(self) -> bool:
        """Whether the bot confirmed all updates by its offset."""
        return not self._updates

    # --- the server ---------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params, files = await _read(request)
        if method == "getUpdates":
            return web.json_response({"ok": True, "result": await self._get_updates(params)})
        call = Call(method, params, files)
        self.calls.append(call)
        if self._script[method]:
            try:
                scripted = self._script[method].popleft()(call)
            except ConnectionResetError:
                assert request.transport is not None
                request.transport.close()
                return web.Response()
            if scripted is not None:
                return scripted
        return web.json_response({"ok": True, "result": self._result(call)})

    async def _get_updates(self, params: dict[str, Any]) -> list[dict[str, Any]]:
        offset = int(params.get("offset", 0))
        self._updates = [u for u in self._updates if u["update_id"] >= offset]
        if not self._updates:
            self._news.clear()
            try:
                async with asyncio.timeout(0.2):
                    await self._news.wait()
            except TimeoutError:
                return []
        return self._updates[:100]

    def _result(self, call: Call) -> Any:
        if call.method in ("sendMessage", "sendPhoto"):
            self._number += 1
            return self._message(call.params["chat_id"], self._number)
        if call.method.startswith("editMessage"):
            return self._message(call.params["chat_id"], call.params["message_id"])
        if call.method == "getMyCommands":
            return []
        if call.method in ("getMyDescription", "getMyShortDescription"):
            return {"description": "", "short_description": ""}
        if call.method == "getChatMenuButton":
            return {"type": "default"}
        if call.method == "getMe":
            return {"id": BOT_ID, "is_bot": True, "first_name": "C", "username": "cs_bot"}
        return True

    def _message(self, chat_id: Any, number: Any) -> dict[str, Any]:
        chat = {"id": int(chat_id), "type": "private"}
        return {"message_id": int(number), "date": 1, "chat": chat, "text": "x"}


async def _read(request: web.Request) -> tuple[dict[str, Any], dict[str, bytes]]:
    if request.content_type == "application/json":
        return await request.json(), {}
    params: dict[str, Any] = {}
    files: dict[str, bytes] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = value.file.read()
        else:
            params[name] = _value(str(value))
    return params, files


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


# --- updates -----------------------------------------------------------------------------------


def person(telegram_id: int, language: str = "en") -> dict[str, Any]:
    return {
        "id": telegram_id,
        "is_bot": False,
        "first_name": f"P{telegram_id}",
        "language_code": language,
    }


def text_message(telegram_id: int, text: str, **more: Any) -> dict[str, Any]:
    chat = {"id": telegram_id, "type": "private", "first_name": "P"}
    message = {"message_id": 7, "date": 1, "chat": chat, "from": person(telegram_id), "text": text}
    if text.startswith("/"):
        length = len(text.split(maxsplit=1)[0])
        message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
    return {"message": {**message, **more}}


def press(
    telegram_id: int, data: str, message_id: int = 101, chat_id: int | None = None
) -> dict[str, Any]:
    chat = {"id": chat_id or telegram_id, "type": "private", "first_name": "P"}
    message = {"message_id": message_id, "date": 1, "chat": chat, "text": "x"}
    return {
        "callback_query": {
            "id": f"q-{telegram_id}-{data}",
            "from": person(telegram_id),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
    }
