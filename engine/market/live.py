"""Live public prices without keys, of one source or, when that does not answer, of the next.

A stream tells every change; while it is silent, lost or not to be had, one light request a second
asks for all symbols together. A symbol the stream has not told of for a while is asked after, so
that a quiet one is told apart from one that got lost: only who is named in an answer is fresh.
Plain HTTP, not ccxt: a price needs none of the markets it would load first, and a feed must start
at once.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from engine.market.candle import Candle
from engine.market.sources import Http, Price, Source, Still
from engine.market.ticks import Ear, Tick, line_of
from foundation import limits
from foundation.clock import Clock
from foundation.errors import CountersignError, Unavailable
from foundation.log import get_logger

_log = get_logger("engine.market.live")

_LOST = (Unavailable, aiohttp.ClientError, OSError, TimeoutError, ValueError)
"""How a stream ends."""
_NONSENSE = (KeyError, TypeError, AttributeError, CountersignError)
"""What reading an answer raises that is something else than prices."""


class LiveFeed:
    """One source at a time; after a few failures in a row the next one. Never invents a price.

    All ``symbols`` are of one ``line``: spot, or perpetuals settled in the same coin. Without any
    nobody is asked, until somebody wants one.
    """

    name = "live"
    live = True

    def __init__(
        self, symbols: Sequence[str], sources: Sequence[Source], clock: Clock, line: str = ""
    ) -> None:
        self._line = line
        self._sources = tuple(sources)
        self._spelt: dict[str, dict[str, str]] = {one.name: {} for one in sources}
        for symbol in symbols:
            self._spell(symbol)
        self._clock = clock
        self._http = Http()
        self._at = 0
        self._failures = 0
        self._listed: tuple[str, ...] = ()
        self._told: float | None = None
        self._named: dict[str, float] = {}
        self._count = 0
        self._told_as: dict[str, int] = {}
        self._turn = asyncio.Lock()
        self._grown = False
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._subscribed: frozenset[str] = frozenset()

    @property
    def symbols(self) -> tuple[str, ...]:
        return self._listed

    @property
    def lines(self) -> tuple[str, ...]:
        return (self._line,) if self._wanted else ()

    @property
    def _wanted(self) -> dict[str, str]:
        """What is asked for, by the spelling of the source that is asked now."""
        return self._spelt[self._sources[self._at].name]

    def want(self, symbol: str) -> None:
        """Serve one more symbol, as far as the exchange lists it; it stays until the end."""
        full = len(self._wanted) >= limits.LIVE_SYMBOLS_MAX
        if full or line_of(symbol) != self._line:
            return
        self._grown |= self._spell(symbol)

    def _spell(self, symbol: str) -> bool:
        """Note how each source writes it; False when that is taken, by itself or by another."""
        spelt = [(self._spelt[one.name], one.spelling(symbol)) for one in self._sources]
        if any(spelling in known for known, spelling in spelt):
            return False
        for known, spelling in spelt:
            known[spelling] = symbol
        return True

    @property
    def streaming(self) -> bool:
        """Whether the stream spoke a moment ago, so that nobody need ask."""
        told = self._told
        silence = limits.LIVE_STREAM_SILENT_S
        return told is not None and self._clock.monotonic() - told < silence

    @property
    def _quiet(self) -> bool:
        """Whether a symbol was not heard of for so long that it is better asked after."""
        since = self._clock.monotonic() - limits.LIVE_SYMBOL_QUIET_S
        return any(self._named.get(symbol, since) <= since for symbol in self._listed)

    async def probe(self) -> bool:
        """Whether any source answers now, within a few seconds."""
        for at, source in enumerate(self._sources):
            try:
                async with asyncio.timeout(limits.LIVE_PROBE_TIMEOUT_S):
                    await self._poll(source)
                self._at = at
                return True
            except (TimeoutError, Unavailable) as error:
                _log.info("no live prices", source=source.name, reason=str(error))
        await self.close()
        return False

    async def run(self, ear: Ear) -> None:
        """Tell prices until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_polling(ear))
                group.create_task(self._keep_streaming(ear))
        finally:
            self._told = None
            await self.close()

    async def close(self) -> None:
        """Let go of the connections; the feed may be used again afterwards."""
        await self._http.close()

    async def history(self, symbol: str, until: datetime) -> Sequence[Candle]:
        """Real bars as far as the source gives them; none when it does not answer."""
        source = self._sources[self._at]
        spelling = source.spelling(symbol)
        try:
            minutes = await source.bars(self._http, spelling, 1, until)
            first = minutes[0].at.replace(minute=0) + timedelta(hours=1) if minutes else until
            hours = await source.bars(self._http, spelling, 60, first)
        except (CountersignError, LookupError, TypeError, ValueError, AttributeError) as error:
            _log.warning("no history", symbol=symbol, source=source.name, reason=str(error))
            return ()
        return [*(bar for bar in hours if bar.at < first), *(m for m in minutes if m.at >= first)]

    # --- asking ------------------------------------------------------------------------------

    async def _keep_polling(self, ear: Ear) -> None:
        """Ask once a second unless the stream tells; more and more slowly while nobody answers."""
        while True:
            pause = limits.LIVE_POLL_S
            if self._wanted and (self._grown or not self.streaming or self._quiet):
                source, grown, self._grown = self._sources[self._at], self._grown, False
                try:
                    await self._ask(ear, source)
                    await self._subscribe(source)
                    self._failures = 0
                except Unavailable as error:
                    self._grown = self._grown or grown
                    pause = self._failed(error)
            await self._clock.sleep(pause)

    async def _ask(self, ear: Ear, source: Source) -> None:
        """Tell what the source answers, but nothing the stream has told since it was asked."""
        asked, told = self._count, self._told_as
        prices = await self._poll(source)
        await self._tell(ear, [one for one in prices if told.get(one.symbol, 0) <= asked])

    async def _poll(self, source: Source) -> list[Price]:
        try:
            prices = await source.prices(self._http, self._spelt[source.name])
        except _NONSENSE as error:
            if isinstance(error, Unavailable):
                raise
            raise Unavailable(f"{source.name} sent something else than prices: {error}") from error
        if not prices:
            raise Unavailable(f"{source.name} sent no price of anything we asked for")
        named = {one.symbol for one in prices}
        self._listed = tuple(s for s in self._wanted.values() if s in named)
        return prices

    async def _tell(self, ear: Ear, heard: Sequence[Price | Still]) -> None:
        """One teller at a time: the hub takes ticks in turn."""
        async with self._turn:
            now, moment = self._clock.now(), self._clock.monotonic()
            self._count += 1
            for one in heard:
                self._named[one.symbol] = moment
                self._told_as[one.symbol] = self._count
                if isinstance(one, Price):
                    await ear.tick(Tick(one.symbol, one.price, now, one.bid, one.ask))
                else:
                    ear.holds(one.symbol)

    def _failed(self, error: Unavailable) -> float:
        self._failures += 1
        source = self._sources[self._at]
        _log.warning("live prices lost", source=source.name, reason=str(error))
        if not self.streaming and self._failures % limits.LIVE_FAILURES_BEFORE_NEXT == 0:
            self._at = (self._at + 1) % len(self._sources)
        return min(limits.LIVE_POLL_S * 2.0 ** min(self._failures, 8), limits.LIVE_BACKOFF_MAX_S)

    # --- listening ---------------------------------------------------------------------------

    async def _keep_streaming(self, ear: Ear) -> None:
        """Listen to the source that answers; come back more and more slowly when it hangs up."""
        pause = limits.LIVE_POLL_S
        while True:
            reason = "no prices yet"
            if self._listed:
                source = self._sources[self._at]
                try:
                    await self._listen(ear, source)
                except* _LOST as lost:
                    reason = "; ".join(f"{type(e).__name__}: {e}" for e in lost.exceptions)
                _log.info("price stream lost", source=source.name, reason=reason)
                spoke, self._told = self._told is not None, None
                first = limits.LIVE_POLL_S
                pause = first if spoke else min(pause * 2, limits.LIVE_BACKOFF_MAX_S)
            await self._clock.sleep(pause)

    async def _listen(self, ear: Ear, source: Source) -> None:
        """Subscribe, ask once for what was missed meanwhile, then tell what comes."""
        async with self._http.session.ws_connect(
            source.stream,
            heartbeat=limits.LIVE_STREAM_PING_S,
            max_msg_size=limits.LIVE_STREAM_BYTES_MAX,
        ) as socket:
            self._socket, self._subscribed = socket, frozenset()
            try:
                await self._subscribe(source)
                await self._ask(ear, source)
                async with asyncio.TaskGroup() as group:
                    pinging = group.create_task(self._keep_pinging(socket, source))
                    try:
                        await self._hear(ear, source, socket)
                    finally:
                        pinging.cancel()
            finally:
                self._socket = None

    async def _subscribe(self, source: Source) -> None:
        """Ask the open stream for what is listed and was not asked for yet."""
        socket, listed = self._socket, frozenset(self._listed)
        if socket is None or listed <= self._subscribed:
            return
        new = [
            at for at, ours in self._spelt[source.name].items() if ours in listed - self._subscribed
        ]
        self._subscribed |= listed
        with suppress(ConnectionError):  # closed this moment; it will be made anew
            for wish in source.subscriptions(new):
                await socket.send_json(wish)

    async def _hear(
        self, ear: Ear, source: Source, socket: aiohttp.ClientWebSocketResponse
    ) -> None:
        while True:
            frame = await socket.receive(limits.LIVE_STREAM_DEAD_S)
            if frame.type is not aiohttp.WSMsgType.TEXT:
                raise Unavailable(f"{source.name}'s stream ended: {frame.type.name}")
            told = self._read(source, json.loads(frame.data, parse_float=str))
            if told:
                await self._tell(ear, told)
                self._told = self._clock.monotonic()

    def _read(self, source: Source, message: Any) -> list[Price | Still]:
        try:
            return source.heard(message, self._spelt[source.name])
        except _NONSENSE as error:
            raise Unavailable(f"{source.name}'s stream sent something else: {error}") from error

    async def _keep_pinging(self, socket: aiohttp.ClientWebSocketResponse, source: Source) -> None:
        while source.ping is not None:
            await self._clock.sleep(limits.LIVE_STREAM_PING_S)
            await socket.send_json(source.ping)
