"""The webhook view: secret, size, store, 200; the work comes later."""

from __future__ import annotations

import hmac
import json
from typing import Any

from aiohttp import web

from bot.inbox.store import Inbox
from bot.presses import Presses
from foundation import limits
from foundation.errors import InvalidInput, Unavailable
from foundation.log import get_logger

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
_log = get_logger("bot.webhook")


class Webhook:
    """Answers 200 only for an update that is in the inbox."""

    def __init__(self, inbox: Inbox, presses: Presses, secret: str) -> None:
        self._inbox = inbox
        self._presses = presses
        self._secret = secret.encode()

    async def __call__(self, request: web.Request) -> web.Response:
        """401 wrong secret · 413 too large · 400 not an update · 503 not stored · 200 stored."""
        # bytes: a header that is not ASCII must not become a server error
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return web.Response(status=401)
        body = await self._read(request)
        if body is None:
            return web.Response(status=413)
        try:
            update = _parse(body)
            # a press is answered even while the database is slow
            self._presses.arrived(update)
            await self._inbox.accept([update])
        except InvalidInput as error:
            return web.Response(status=400, text=error.text)
        except (Unavailable, OSError) as error:
            _log.error("update not stored; Telegram will send it again", reason=str(error))
            return web.Response(status=503)
        return web.Response()

    async def _read(self, request: web.Request) -> bytes | None:
        if (request.content_length or 0) > limits.BOT_UPDATE_BYTES_MAX:
            return None
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > limits.BOT_UPDATE_BYTES_MAX:
                return None
        return bytes(body)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        update = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("the body is not JSON") from error
    if not isinstance(update, dict):
        raise InvalidInput("an update is a JSON object")
    return update
