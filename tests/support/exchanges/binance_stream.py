"""The fake Binance's account streams: spot over the WebSocket API, futures by listen key."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.support.exchanges.binance_book import Order

if TYPE_CHECKING:
    from tests.support.exchanges.binance import FakeBinance, User


class Streams:
    """Open sockets by user and market."""

    def __init__(self, fake: FakeBinance) -> None:
        self._fake = fake
        self._keys: dict[str, User] = {}
        self._sockets: dict[tuple[str, str], list[web.WebSocketResponse]] = {}
        self._sends: list[Any] = []

    def key_of(self, user: User) -> str:
        key = f"listen{user.key}"
        self._keys[key] = user
        return key

    def open(self, user: User, market: str) -> int:
        return len([one for one in self._sockets.get((user.key, market), []) if not one.closed])

    async def drop(self) -> None:
        """Cut every stream."""
        for sockets in self._sockets.values():
            for socket in list(sockets):
                await socket.close()

    async def spot(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        asked = json.loads(await socket.receive_str())
        params = dict(asked["params"])
        user = self._fake.users.get(params.get("apiKey", ""))
        signature = params.pop("signature", "")
        payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
        if user is None or not _signed(user.secret, payload, signature):
            error = {"code": -1022, "msg": "Signature for this request is not valid."}
            await socket.send_json({"id": asked["id"], "status": 400, "error": error})
            return socket
        result = {"subscriptionId": 0}
        await socket.send_json({"id": asked["id"], "status": 200, "result": result})
        return await self._keep(user, "spot", socket)

    async def linear(self, request: web.Request) -> web.StreamResponse:
        user = self._keys.get(request.query.get("listenKey", ""))
        if user is None:
            return web.Response(status=401)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        return await self._keep(user, "linear", socket)

    async def _keep(
        self, user: User, market: str, socket: web.WebSocketResponse
    ) -> web.StreamResponse:
        self._sockets.setdefault((user.key, market), []).append(socket)
        async for _ in socket:
            pass
        return socket

    def told(self, user: User, market: str, what: str, order: Order) -> None:
        """An order changed: say so on the user's streams."""
        message = _algo(order) if order.algo else _report(what, order, market)
        for socket in self._sockets.get((user.key, market), []):
            if not socket.closed:
                self._sends.append((socket, message))
        self._fake.soon(self._flush)

    async def _flush(self) -> None:
        while self._sends:
            socket, message = self._sends.pop(0)
            if not socket.closed:
                await socket.send_json(message)


def _signed(secret: str, payload: str, signature: str) -> bool:
    wanted = hmac.new(secret.encode(), payload.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, signature)


def _report(what: str, order: Order, market: str) -> dict[str, Any]:
    said = {
        "s": order.symbol,
        "c": order.client_id,
        "S": order.side,
        "o": order.kind,
        "f": order.tif,
        "q": str(order.quantity),
        "x": what,
        "X": order.status,
        "i": order.id,
        "z": str(order.done),
    }
    if market == "linear":
        return {"e": "ORDER_TRADE_UPDATE", "T": order.at, "E": order.at, "o": said}
    cancel = {"c": f"cancel{order.id}", "C": order.client_id} if what == "CANCELED" else {"C": ""}
    return {"subscriptionId": 0, "event": {"e": "executionReport", **said, **cancel}}


def _algo(order: Order) -> dict[str, Any]:
    said = {"caid": order.client_id, "aid": order.id, "s": order.symbol, "X": order.status}
    return {"e": "ALGO_UPDATE", "T": order.at, "E": order.at, "o": said}
