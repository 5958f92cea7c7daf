"""One reader of the engine's news per process, fanned out to many sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web
from pydantic import TypeAdapter

from engine.api.accounts import PAPER
from engine.api.front import Front
from engine.api.views import EventView, OfferView, QuoteView
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.errors import NotFound
from foundation.log import get_logger
from foundation.money import plain
from foundation.nursery import Nursery
from miniapp.server import metrics
from miniapp.server.faults import known_fault

CLOSE_STOPPING: Final = 1001
CLOSE_TRY_LATER: Final = 1013
CLOSE_UNAUTHORISED: Final = 4401
CLOSE_TOO_SLOW: Final = 4408
CLOSE_TOO_MANY: Final = 4429
_EVENT = TypeAdapter(EventView)
_log = get_logger("miniapp.stream")

Frame = dict[str, Any]


class Client:
    """One socket's outgoing frames, bounded: who falls behind is let go and comes back.

    A number among the frames is the code to close the socket with.
    """

    def __init__(self, user_id: str, session_id: str) -> None:
        self.user_id = user_id
        self.session_id = session_id
        self.frames: asyncio.Queue[Frame | int] = asyncio.Queue(limits.STREAM_BACKLOG)

    def push(self, frame: Frame) -> None:
        try:
            self.frames.put_nowait(frame)
        except asyncio.QueueFull:
            self.end(CLOSE_TOO_SLOW)

    def end(self, code: int) -> None:
        """Let the socket close next, whatever else was to be sent."""
        while not self.frames.empty():
            self.frames.get_nowait()
        self.frames.put_nowait(code)


class StreamHub:
    """Reads events, offer changes and prices once, and hands each to whom it concerns."""

    def __init__(self, front: Front, bus: Bus, clock: Clock) -> None:
        self._front = front
        self._bus = bus
        self._clock = clock
        self._clients: dict[str, list[Client]] = {}
        self._prices: dict[str, dict[str, tuple[str, bool]]] = {}
        self._nursery = Nursery(_log)
        # kept over breakdowns: a reader that starts over goes on where it was
        self._event_cursor: str | None = None
        self._offer_cursor: str | None = None

    async def start(self) -> None:
        self._nursery.start("stream-events", self._events)
        self._nursery.start("stream-offers", self._offers)
        self._nursery.start("stream-quotes", self._quotes)
        self._nursery.start("stream-heartbeat", self._heartbeats)

    async def stop(self) -> None:
        """Stop reading, and close every socket in good order."""
        await self._nursery.stop()
        for client in self._all():
            client.end(CLOSE_STOPPING)

    def join(self, user_id: str, session_id: str) -> Client:
        """A new socket's client; too many of one person end the oldest."""
        client = Client(user_id, session_id)
        mates = self._clients.setdefault(user_id, [])
        mates.append(client)
        if len(mates) > limits.STREAM_CLIENTS_PER_USER:
            mates.pop(0).end(CLOSE_TOO_MANY)
        metrics.SOCKETS.inc()
        return client

    def leave(self, client: Client) -> None:
        mates = self._clients.get(client.user_id, [])
        if client in mates:
            mates.remove(client)
        if not mates:
            self._clients.pop(client.user_id, None)
        metrics.SOCKETS.dec()

    def end_session(self, session_id: str) -> None:
        """Close the sockets of a session that was revoked."""
        for client in self._all():
            if client.session_id == session_id:
                client.end(CLOSE_UNAUTHORISED)

    async def snapshot(self, user_id: str) -> Frame:
        """Prices as they are: paper's, and those of the exchanges this user's accounts are at."""
        boards = await self._front.accounts.followers([user_id])
        shown = {board: await self._shown(board) for board in sorted({*boards, PAPER})}
        return {"type": "snapshot", "quotes": shown.pop(PAPER), "boards": shown}

    async def _events(self) -> None:
        while True:
            mark = self._bus.mark("events")
            if not await self._told(self._read_events):
                await self._rest("events", mark)

    async def _offers(self) -> None:
        while True:
            mark = self._bus.mark("offers")
            if not await self._told(self._read_offers):
                await self._rest("offers", mark)

    async def _rest(self, topic: str, mark: int) -> None:
        await self._bus.wait(topic, limits.STREAM_POLL_S, since=mark, gather=limits.BUS_GATHER_S)

    async def _told(self, read: Any) -> bool:
        """Whether there was something new; a database that is away has nothing new."""
        try:
            return bool(await read())
        except Exception as error:
            known = known_fault(error) or error
            if getattr(known, "status", None) != 503:
                raise
            _log.warning("the stream cannot read", reason=str(known))
            return False

    async def _read_events(self) -> bool:
        events = self._front.events
        if self._event_cursor is None or not self._clients:
            end = await events.end()
            if self._event_cursor is None or not self._clients:  # nobody came meanwhile
                self._event_cursor = end
                return False
        found, after = await events.read(self._event_cursor)
        for event in found:
            shown = _EVENT.dump_python(event, mode="json")
            await self._send_owner(event.account_id, {"type": "event", "event": shown})
        self._event_cursor = after
        return bool(found)

    async def _read_offers(self) -> bool:
        offers = self._front.offers
        if self._offer_cursor is None or not self._clients:
            end = await offers.changes_end()
            if self._offer_cursor is None or not self._clients:
                self._offer_cursor = end
                return False
        found, after = await offers.changes(self._offer_cursor)
        for offer in found:
            await self._send_owner(offer.account_id, _offer_frame(offer))
        self._offer_cursor = after
        return bool(found)

    async def _quotes(self) -> None:
        """Changed prices, at most twice a second; nothing is read while nobody listens."""
        while True:
            await self._clock.sleep(limits.STREAM_QUOTES_S)
            if self._clients:
                await self._told(self._read_quotes)

    async def _read_quotes(self) -> bool:
        """Paper's prices for everybody, an exchange's for those whose accounts are there."""
        followers = await self._front.accounts.followers(sorted(self._clients))
        told = await self._tell_prices(PAPER, self._all())
        for board in sorted(followers.keys() - {PAPER}):
            clients = [one for user in followers[board] for one in self._clients.get(user, ())]
            told = await self._tell_prices(board, clients) or told
        return told

    async def _tell_prices(self, board: str, clients: Sequence[Client]) -> bool:
        shown = await self._shown(board)
        marks = {symbol: (quote["at"], quote["stale"]) for symbol, quote in shown.items()}
        before, self._prices[board] = self._prices.get(board, {}), marks
        changed = {name: shown[name] for name in shown if before.get(name) != marks[name]}
        for client in clients if changed else ():
            client.push({"type": "quotes", "board": board, "quotes": changed})
        return bool(changed)

    async def _shown(self, board: str) -> Frame:
        return _shown(await self._front.markets.quotes(board))

    async def _heartbeats(self) -> None:
        while True:
            await self._clock.sleep(limits.STREAM_HEARTBEAT_S)
            for client in self._all():
                client.push({"type": "heartbeat"})

    def _all(self) -> list[Client]:
        return [client for clients in self._clients.values() for client in clients]

    async def _send_owner(self, account_id: str, frame: Frame) -> None:
        try:
            owner = await self._front.accounts.owner(account_id)
        except NotFound:
            return  # the account is gone, and whoever watched it too
        for client in list(self._clients.get(owner, ())):
            client.push(frame)


HUB: web.AppKey[StreamHub] = web.AppKey("stream_hub", StreamHub)


def _offer_frame(offer: OfferView) -> Frame:
    return {"type": "offer", "offer_id": offer.id, "status": offer.status}


def _shown(found: tuple[QuoteView, ...]) -> Frame:
    return {
        quote.symbol: {
            "price": plain(quote.price),
            "at": quote.at.isoformat(),
            "stale": quote.stale,
        }
        for quote in found
    }
