"""The live stream over a real socket: order, gaps, expiry, and a database that comes back."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from engine.api.views import QuoteView
from engine.domain.notices import Notice, NoticeKind
from engine.store.faults import transaction
from engine.store.telling import Told, tell
from foundation import limits
from foundation.errors import NotFound
from miniapp.server.hub import HUB, Client
from tests.miniapp.kit import Person, Site
from tests.support.events import EVENTS
from tests.support.until import until


async def frame(socket: ClientWebSocketResponse) -> Any:
    return await socket.receive_json(timeout=5)


async def opened(site: Site, who: Person) -> ClientWebSocketResponse:
    """A socket that has had its first two frames."""
    socket = await site.stream(who.token)
    hello, snapshot = await frame(socket), await frame(socket)
    assert (hello["type"], hello["seq"]) == ("hello", 1)
    assert hello["heartbeat_seconds"] == limits.STREAM_HEARTBEAT_S
    assert (snapshot["type"], snapshot["seq"]) == ("snapshot", 2)
    return socket


async def closing(socket: ClientWebSocketResponse) -> int | None:
    """The code this socket is closed with, whatever comes before."""
    while True:
        message = await socket.receive(timeout=5)
        if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING):
            return socket.close_code


async def quiet(site: Site, socket: ClientWebSocketResponse) -> bool:
    """Whether nothing but prices came before the next heartbeat."""
    site.clock.advance(limits.STREAM_HEARTBEAT_S)
    while (got := (await frame(socket))["type"]) == "quotes":
        pass
    return bool(got == "heartbeat")


async def settled(site: Site) -> None:
    """Until the hub has found the end of the news, so that only what follows is new."""
    hub = site.server.app[HUB]
    await until(lambda: hub._event_cursor and hub._offer_cursor)


async def test_prices_at_first_and_when_they_change(site: Site, ada: Person) -> None:
    await site.town.prices({"BTC/USDT": "60000"})
    socket = await site.stream(ada.token)
    await frame(socket)
    snapshot = await frame(socket)
    assert snapshot["quotes"]["BTC/USDT"]["price"] == "60000"
    assert snapshot["quotes"]["BTC/USDT"]["stale"] is False
    site.clock.advance(limits.STREAM_QUOTES_S)
    first = await frame(socket)
    assert first["type"] == "quotes"
    site.clock.advance(1)
    await site.town.prices({"BTC/USDT": "61234.50"})
    site.clock.advance(limits.STREAM_QUOTES_S)
    changed = await frame(socket)
    assert (changed["type"], changed["seq"]) == ("quotes", 4)
    assert changed["quotes"]["BTC/USDT"]["price"] == "61234.5"


async def test_news_come_in_order_and_to_their_owner_only(
    site: Site, ada: Person, bob: Person
) -> None:
    mine, theirs = await opened(site, ada), await opened(site, bob)
    await settled(site)
    offer = await site.town.offer()
    made = await frame(mine)
    assert (made["type"], made["offer_id"], made["status"]) == ("offer", offer.id, "pending")
    await site.taken(offer)
    site.town.bus.wake("events")
    seen: list[dict[str, Any]] = []
    # offers and events are read side by side: which come first is open
    while not {"approved", "event"} <= {one.get("status", one["type"]) for one in seen}:
        seen.append(await frame(mine))
    assert [one["seq"] for one in seen] == list(range(4, 4 + len(seen)))
    events = [one["event"] for one in seen if one["type"] == "event"]
    assert all(one["account_id"] == ada.account and one["reason"] for one in events)
    assert [one["id"] for one in events] == sorted(one["id"] for one in events)
    assert await quiet(site, theirs)


async def test_heartbeats_in_quiet_times(site: Site, ada: Person) -> None:
    socket = await opened(site, ada)
    site.clock.advance(limits.STREAM_HEARTBEAT_S)
    assert "heartbeat" in {(await frame(socket))["type"] for _ in range(2)}


NO_NAMES = [
    "",
    "{}",
    "[]",
    '{"token": 5}',
    '{"token": "x.y.z"}',
    '{"token": null}',
    "[" * 3000,
    "\x00",
]


async def test_who_does_not_say_who_it_is(site: Site) -> None:
    for first in NO_NAMES:
        site.clock.advance(1)
        socket = await site.http.ws_connect(site.url("/api/v1/stream"))
        await socket.send_str(first)
        refused = await frame(socket)
        assert (refused["type"], refused["code"]) == ("error", "token_invalid")
        assert await closing(socket) == 4401


async def test_too_much_as_a_first_frame(site: Site) -> None:
    socket = await site.http.ws_connect(site.url("/api/v1/stream"))
    await socket.send_str("x" * 100_000)
    assert await closing(socket) in (1009, 4401)


async def test_an_ended_session(site: Site, ada: Person) -> None:
    await site.ask("DELETE", "/api/v1/session", as_=ada)
    socket = await site.stream(ada.token)
    assert (await frame(socket))["code"] == "session_ended"
    assert await closing(socket) == 4401


async def test_signing_out_closes_the_persons_sockets(site: Site, ada: Person, bob: Person) -> None:
    mine, theirs = await opened(site, ada), await opened(site, bob)
    await site.ask("DELETE", "/api/v1/session", as_=ada)
    assert await closing(mine) == 4401
    assert await quiet(site, theirs)


async def test_the_stream_ends_with_its_token(site: Site, ada: Person) -> None:
    socket = await opened(site, ada)
    site.clock.advance(limits.SESSION_TOKEN_S + 1)
    assert await closing(socket) == 4401


async def test_pages_of_other_sites_are_refused(site: Site, ada: Person) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await site.stream(ada.token, origin="https://evil.example")
    assert refused.value.status == 403
    socket = await site.stream(ada.token, origin=site.url(""))
    assert (await frame(socket))["type"] == "hello"


async def test_a_plain_request_is_told_so(site: Site) -> None:
    assert (await site.get("/api/v1/stream")).status == 400


async def test_too_many_sockets_end_the_oldest(site: Site, ada: Person) -> None:
    sockets = [await opened(site, ada) for _ in range(limits.STREAM_CLIENTS_PER_USER + 1)]
    assert await closing(sockets[0]) == 4429
    assert not sockets[1].closed


async def test_who_falls_behind_is_let_go(site: Site, ada: Person) -> None:
    hub = site.server.app[HUB]
    socket = await opened(site, ada)
    [client] = hub._clients[ada.id]
    for _ in range(limits.STREAM_BACKLOG + 1):
        client.push({"type": "heartbeat"})
    assert await closing(socket) == 4408
    await until(lambda: ada.id not in hub._clients)


def test_the_frames_of_a_client_are_bounded() -> None:
    client = Client("user", "session")
    for n in range(limits.STREAM_BACKLOG * 3):
        client.push({"type": "event", "n": n})
        assert client.frames.qsize() <= limits.STREAM_BACKLOG
    assert 4408 in [client.frames.get_nowait() for _ in range(client.frames.qsize())]


async def test_a_lost_database_costs_no_news(site: Site, ada: Person, postgres_dsn: str) -> None:
    socket = await opened(site, ada)
    await settled(site)
    connection = await asyncpg.connect(postgres_dsn)
    name = urlsplit(site.database.dsn).path.lstrip("/")
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1", name
    )
    await connection.close()
    await until(site.town.bus.connected.is_set)

    async def offer() -> str | None:
        try:
            return (await site.town.offer()).id
        except Exception:
            return None  # a connection of the pool that was cut

    made = await until(offer)
    got = await frame(socket)
    while got["type"] != "offer":
        got = await frame(socket)
    assert got["offer_id"] == made


async def test_an_account_that_is_gone_stops_nobody(site: Site, ada: Person) -> None:
    hub = site.server.app[HUB]
    socket = await opened(site, ada)
    with pytest.raises(NotFound):
        await hub._front.accounts.owner("nosuchaccount")
    await hub._send_owner("nosuchaccount", {"type": "event"})
    assert not socket.closed


async def test_stopping_says_goodbye(site: Site, ada: Person) -> None:
    socket = await opened(site, ada)
    stopping = asyncio.get_running_loop().create_task(site.server.app.shutdown())
    assert await closing(socket) == 1001
    await stopping


async def test_no_snapshot_no_stream(
    site: Site, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_self: object, _board: str) -> tuple[QuoteView, ...]:
        raise ConnectionRefusedError

    monkeypatch.setattr(type(site.front.markets), "quotes", away)
    socket = await site.stream(ada.token)
    assert (await frame(socket))["code"] == "database_away"
    assert await closing(socket) == 1013


async def test_events_for_every_state_change_to_websocket(site: Site, ada: Person) -> None:
    socket = await opened(site, ada)
    await settled(site)
    told = [Told(ada.account, Notice(NoticeKind(name), f"{name}.")) for name in EVENTS]
    async with transaction(site.town.database) as pooled:
        await tell(pooled, told, site.clock.now())
    site.town.bus.wake("events")
    seen = [await frame(socket) for _ in EVENTS]
    assert [one["event"]["kind"] for one in seen] == list(EVENTS)
