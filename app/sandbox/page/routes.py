"""The page's HTTP interface under `/sandbox/api`; tests drive the chat through it too."""

from __future__ import annotations

import re
from typing import Final

from aiohttp import web

from app.sandbox.botapi import objects
from app.sandbox.page import views
from app.sandbox.page.answers import read_number, read_object, read_text
from app.sandbox.page.chat import Chat
from app.sandbox.page.launch import origin
from app.sandbox.payments import check_out
from app.sandbox.store import files, people, queries
from app.sandbox.switchboard import Switchboard
from foundation import limits
from foundation.errors import Conflict, InvalidInput, NotFound

_TEXT_MAX: Final = 100_000  # refused with a better sentence further on
_USERNAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


class PageRoutes:
    """People and chats over HTTP."""

    def __init__(self, board: Switchboard, web_app_url: str) -> None:
        self._board = board
        self._web_app_url = web_app_url
        self._chat = Chat(board, web_app_url)

    def add_routes(self, app: web.Application) -> None:
        chat = "/sandbox/api/chats/{chat:[0-9]+}"
        app.router.add_get("/sandbox/api/state", self._state)
        app.router.add_post("/sandbox/api/users", self._add_user)
        app.router.add_get(chat, self._one_chat)
        app.router.add_get(f"{chat}/messages", self._history)
        app.router.add_post(f"{chat}/messages", self._write)
        app.router.add_post(f"{chat}/press", self._press)
        app.router.add_post(f"{chat}/read", self._read)
        app.router.add_post(f"{chat}/block", self._block)
        app.router.add_post(f"{chat}/launch", self._launch)
        app.router.add_post(f"{chat}/write-access", self._write_access)
        app.router.add_post(f"{chat}/pay", self._pay)
        app.router.add_get("/sandbox/api/invoices/{slug}", self._invoice)
        app.router.add_get("/sandbox/files/{file_id}", self._file)

    async def _state(self, _request: web.Request) -> web.Response:
        state = await views.everyone(self._board)
        return web.json_response({**state, "web_app_origin": origin(self._web_app_url)})

    async def _add_user(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        first_name = read_text(body, "first_name", limits.SANDBOX_NAME_MAX)
        username = body.get("username") or None
        if username is not None and not (
            isinstance(username, str) and _USERNAME.fullmatch(username)
        ):
            raise InvalidInput("username: 4 to 32 letters, digits or _", field="username")
        language = body.get("language_code") or "en"
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            raise InvalidInput('language_code: two letters, like "en"', field="language_code")
        async with self._board.database.begin() as conn:
            if await people.count(conn) >= limits.SANDBOX_USERS_MAX:
                raise Conflict(f"the sandbox holds {limits.SANDBOX_USERS_MAX} people at most")
            if username is not None and await people.has_username(conn, username):
                raise Conflict("somebody has this username already", field="username")
            now = self._board.clock.now()
            row = await people.add(conn, now, first_name, username, language)
        self._board.page.tell("people")
        return web.json_response(objects.person(row), status=201)

    async def _one_chat(self, request: web.Request) -> web.Response:
        return web.json_response(await views.chat(self._board, _chat_id(request)))

    async def _history(self, request: web.Request) -> web.Response:
        before, limit = request.query.get("before"), request.query.get("limit")
        return web.json_response(
            await views.history(
                self._board,
                _chat_id(request),
                read_number(before, "before") if before else None,
                read_number(limit, "limit") if limit else limits.SANDBOX_PAGE_MESSAGES,
            )
        )

    async def _write(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        text = read_text(body, "text", _TEXT_MAX)
        answered = body.get("reply_to")
        reply_to = None if answered is None else read_number(answered, "reply_to")
        message = await self._chat.write(_chat_id(request), text, reply_to)
        return web.json_response(message, status=201)

    async def _press(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        message_id = read_number(body.get("message_id"), "message_id")
        data = read_text(body, "data", _TEXT_MAX)
        query_id = await self._chat.press(_chat_id(request), message_id, data)
        return web.json_response({"query_id": query_id}, status=201)

    async def _read(self, request: web.Request) -> web.Response:
        await self._chat.read(_chat_id(request))
        return web.json_response({})

    async def _block(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        if not isinstance(body.get("blocked"), bool):
            raise InvalidInput("blocked must be true or false", field="blocked")
        await self._chat.block(_chat_id(request), body["blocked"])
        return web.json_response({})

    async def _launch(self, request: web.Request) -> web.Response:
        body = await read_object(request)
        url = read_text(body, "url", _TEXT_MAX) if body.get("url") else None
        start = read_text(body, "start_param", 512) if body.get("start_param") else ""
        return web.json_response(await self._chat.launch(_chat_id(request), url, start))

    async def _write_access(self, request: web.Request) -> web.Response:
        await self._chat.allow_writing(_chat_id(request))
        return web.json_response({})

    async def _pay(self, request: web.Request) -> web.Response:
        slug = read_text(await read_object(request), "slug", limits.SANDBOX_NAME_MAX)
        query_id = await check_out(self._board, _chat_id(request), slug)
        return web.json_response({"query_id": query_id}, status=201)

    async def _invoice(self, request: web.Request) -> web.Response:
        async with self._board.database.connect() as conn:
            invoice = await queries.invoice(conn, request.match_info["slug"])
        if invoice is None:
            raise NotFound("there is no such invoice")
        return web.json_response(invoice)

    async def _file(self, request: web.Request) -> web.Response:
        async with self._board.database.connect() as conn:
            row = await files.by_id(conn, request.match_info["file_id"])
        if row is None:
            raise NotFound("there is no such file")
        # only a picture we measured ourselves may be shown; anything else is saved, never opened
        measured = row["width"] is not None and row["mime_type"] in _PICTURES
        headers = {"Cache-Control": "private, max-age=31536000, immutable"}
        if not measured:
            headers["Content-Disposition"] = "attachment"
        return web.Response(
            body=row["content"],
            content_type=row["mime_type"] if measured else "application/octet-stream",
            headers=headers,
        )


def _chat_id(request: web.Request) -> int:
    return read_number(request.match_info["chat"], "chat")
