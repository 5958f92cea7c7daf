"""Binance's account streams: spot over its WebSocket API, futures by a listen key."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Any, Final

import aiohttp

from engine.domain.words import OrderStatus
from engine.venues.binance import rows
from engine.venues.binance.common import signed
from engine.venues.exchange.budget import Urgency
from engine.venues.exchange.failure import Rejection, Silence
from engine.venues.exchange.stream import Hint
from engine.venues.exchange.wire import Request, Wire
from engine.venues.port import Ended
from foundation import limits

_SPOT: Final = "wss://ws-api.binance.com:443"
_SPOT_TEST: Final = "wss://ws-api.testnet.binance.vision"
_LINEAR: Final = "wss://fstream.binance.com"
_LINEAR_TEST: Final = "wss://fstream.binancefuture.com"
_KEY_LASTS_S: Final = 1_200.0
"""A listen key dies after an hour without being renewed."""
_DAY_S: Final = 86_400.0


def _host(wire: Wire, api: str, own: str) -> str:
    """The stream's host: the exchange's own, or the one all its addresses were moved to."""
    url = str(wire.client.urls["api"][api])
    if ".binance" in url:
        return own
    scheme, _, rest = url.partition("://")
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest.partition('/')[0]}"


class SpotSpeaker:
    """``userDataStream.subscribe.signature``: the listen keys of spot are no more."""

    refresh_s: Final = _DAY_S

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def address(self) -> str:
        own = _SPOT_TEST if self._wire.net.place.test_net else _SPOT
        return _host(self._wire, "private", own) + "/ws-api/v3"

    async def greet(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        net, client = self._wire.net, self._wire.client
        stamp = rows.millis(net.venue_time(net.clock.now()))
        params: dict[str, Any] = {"apiKey": client.apiKey, "timestamp": stamp}
        payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
        params["signature"] = signed(client, payload)
        method = "userDataStream.subscribe.signature"
        await socket.send_str(json.dumps({"id": "1", "method": method, "params": params}))
        async with asyncio.timeout(limits.VENUE_HTTP_TIMEOUT_S):
            answer = json.loads(await socket.receive_str())
        if answer.get("status") != 200:
            error = answer.get("error", {})
            raise Rejection(int(answer.get("status", 400)), str(error.get("code")), str(error))

    async def refresh(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """It lives as long as its connection."""

    def hints(self, message: Any) -> tuple[Hint, ...]:
        event = message.get("event", message)
        if event.get("e") == "eventStreamTerminated":
            raise Silence("Binance ended the stream")
        if event.get("e") != "executionReport":
            return ()
        client_id = event["C"] or event["c"]
        return (_hint(self._wire, event, client_id),)


class LinearSpeaker:
    """A listen key in the address, renewed every twenty minutes."""

    refresh_s: Final = _KEY_LASTS_S

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def address(self) -> str:
        own = _LINEAR_TEST if self._wire.net.place.test_net else _LINEAR
        request = Request("fapiPrivate", "POST", "listenKey", urgency=Urgency.ENTRY)
        answer = await self._wire.call(request)
        host = _host(self._wire, "fapiPrivate", own)
        return f"{host}/private/ws?listenKey={answer['listenKey']}"

    async def greet(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """The address was the greeting."""

    async def refresh(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        del socket
        request = Request("fapiPrivate", "PUT", "listenKey", urgency=Urgency.ENTRY)
        await self._wire.call(request)

    def hints(self, message: Any) -> tuple[Hint, ...]:
        kind = message.get("e")
        if kind == "listenKeyExpired":
            raise Silence("the listen key has expired")
        if kind == "ALGO_UPDATE":
            return (_conditional_hint(self._wire, message["o"]),)
        if kind != "ORDER_TRADE_UPDATE":
            return ()
        return (_hint(self._wire, message["o"], message["o"]["c"]),)


def _conditional_hint(wire: Wire, event: Any) -> Hint:
    symbol = wire.net.symbol(event["s"])
    if event["X"] in ("CANCELED", "EXPIRED", "REJECTED"):
        return Hint(symbol, Ended(event["caid"], Decimal(0)))
    return Hint(symbol)


def _hint(wire: Wire, event: Any, client_id: str) -> Hint:
    symbol = wire.net.symbol(event["s"])
    if rows.STATUS.get(event["X"]) is not OrderStatus.CANCELLED:
        return Hint(symbol)
    return Hint(symbol, Ended(client_id, Decimal(event["z"])))
