"""Bybit's private stream: log in, listen to orders and executions, ping."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from engine.domain.words import WORKING, OrderStatus
from engine.venues.bybit import rows
from engine.venues.exchange.failure import Silence
from engine.venues.exchange.stream import Hint
from engine.venues.port import Ended
from foundation import limits

if TYPE_CHECKING:
    from engine.venues.bybit.executions import Category
    from engine.venues.exchange.wire import Wire

_LOGIN_MS: Final = 10_000


class BybitSpeaker:
    """The manners of ``/v5/private``: everything of one category, one login per connection."""

    refresh_s = limits.BYBIT_PING_S

    def __init__(self, wire: Wire, category: Category) -> None:
        self._wire = wire
        self._topics = [f"order.{category}", f"execution.{category}"]

    async def address(self) -> str:
        """Beside the address of the requests: ``api`` becomes ``stream``, ``http`` ``ws``."""
        client = self._wire.client
        base: str = client.implode_hostname(client.urls["api"]["private"])
        scheme, _, host = base.partition("://")
        secure = "wss" if scheme == "https" else "ws"
        return f"{secure}://{_stream_host(host)}/v5/private"

    async def greet(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Log in with a signature over a moment that has not passed, then subscribe."""
        net, client = self._wire.net, self._wire.client
        expires = rows.millis(net.venue_time(net.clock.now())) + _LOGIN_MS
        signed = f"GET/realtime{expires}".encode()
        signature = hmac.new(client.secret.encode(), signed, hashlib.sha256).hexdigest()
        await self._ask(socket, "auth", [client.apiKey, expires, signature])
        await self._ask(socket, "subscribe", self._topics)

    async def refresh(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """It closes connections that have not said ping for a while."""
        await socket.send_json({"op": "ping"})

    def hints(self, message: Any) -> tuple[Hint, ...]:
        topic = str(message.get("topic", "")) if isinstance(message, dict) else ""
        of_orders = topic.startswith("order")
        if not of_orders and not topic.startswith("execution"):
            return ()
        return tuple(self._hint(row, of_orders) for row in message.get("data", ()))

    def _hint(self, row: rows.Row, of_order: bool) -> Hint:
        symbol = self._wire.net.symbol(str(row.get("symbol", "")))
        return Hint(symbol, _ended(row, symbol) if of_order else None)

    async def _ask(
        self, socket: aiohttp.ClientWebSocketResponse, what: str, args: list[Any]
    ) -> None:
        await socket.send_json({"op": what, "args": args})
        answer: Mapping[str, Any] = {}
        while answer.get("op") != what:
            try:
                answer = await socket.receive_json(timeout=limits.VENUE_HTTP_TIMEOUT_S)
            except (TypeError, ValueError) as error:
                raise Silence(f"the stream closed during {what}") from error
        if not answer.get("success"):
            raise Silence(f"the stream refuses {what}: {answer.get('ret_msg', '')}")


def _stream_host(host: str) -> str:
    """``api.bybit.com`` and ``api-testnet.bybit.com`` have a stream beside them; others are it."""
    name, dot, rest = host.partition(".")
    if name in {"api", "api-testnet", "api-demo"}:
        return f"stream{name.removeprefix('api')}{dot}{rest}"
    return host


def _ended(row: rows.Row, symbol: str) -> Ended | None:
    """An order of ours that works no more and was not filled whole."""
    now = rows.status(row)
    order = rows.open_order(row, symbol)
    if now is None or now in WORKING or now is OrderStatus.FILLED or order.order_id is None:
        return None
    return Ended(order.order_id, order.filled) if order.ours else None
