"""An account's own stream: it only says that there is something to read, polling finds out what.

So nothing depends on it: while it is away everything is polled, and after each reconnect
everything is read once, which closes the gap.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp

from engine.venues.exchange.failure import Failure, Silence
from engine.venues.port import Ended
from foundation import limits
from foundation.clock import Clock
from foundation.log import get_logger

_log = get_logger("engine.venues.stream")


@dataclass(frozen=True, slots=True)
class Hint:
    """Something happened with a symbol (None: perhaps with any); ``ended`` if an order ended."""

    symbol: str | None
    ended: Ended | None = None


class Speaker(Protocol):
    """One exchange's manners on its stream."""

    @property
    def refresh_s(self) -> float:
        """How often ``refresh`` wants to be called."""
        ...

    async def address(self) -> str:
        """Where to connect; may ask for a key first. Raises Failure."""
        ...

    async def greet(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Log in and subscribe. Raises Failure when the exchange refuses."""
        ...

    async def refresh(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Keep the stream open. Raises Failure."""
        ...

    def hints(self, message: Any) -> tuple[Hint, ...]:
        """What a message means. Raises Silence when it says that the stream is over."""
        ...


class Stream:
    """Keeps one account's stream open, for ever. ``told`` must be quick and never raises."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        speaker: Speaker,
        clock: Clock,
        told: Callable[[Hint], None],
    ) -> None:
        self._session = session
        self._speaker = speaker
        self._clock = clock
        self._told = told
        self._lost_at: float | None = clock.monotonic()

    @property
    def alive(self) -> bool:
        return self._lost_at is None

    @property
    def age_s(self) -> float:
        """Seconds since it was last alive."""
        return 0.0 if self._lost_at is None else self._clock.monotonic() - self._lost_at

    async def run(self) -> None:
        """Connect, listen, reconnect with back-off."""
        pause = limits.VENUE_STREAM_RETRY_FIRST_S
        while True:
            reason = "closed"
            try:
                await self._listen()
            except (Failure, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                reason = f"{type(error).__name__}: {error}"
            finally:
                was_alive, self._lost_at = self.alive, self._lost_at or self._clock.monotonic()
            _log.info("stream lost", reason=reason, again_in_s=pause)
            if was_alive:
                pause = limits.VENUE_STREAM_RETRY_FIRST_S
            await self._clock.sleep(pause)
            pause = min(pause * 2, limits.VENUE_STREAM_RETRY_MAX_S)

    async def _listen(self) -> None:
        address = await self._speaker.address()
        beat = limits.VENUE_STREAM_SILENT_S / 2
        async with self._session.ws_connect(address, heartbeat=beat) as socket:
            await self._speaker.greet(socket)
            self._lost_at = None
            self._told(Hint(None))
            refreshing = self._refresh_for_ever(socket)
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(refreshing)
                await self._hear(socket)
                keeper.cancel()

    async def _hear(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            for hint in self._speaker.hints(json.loads(frame.data, parse_float=str)):
                self._told(hint)

    async def _refresh_for_ever(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        with suppress(ConnectionError):
            while not socket.closed:
                await asyncio.sleep(self._speaker.refresh_s)
                try:
                    await self._speaker.refresh(socket)
                except Silence as error:
                    _log.warning("stream not refreshed", reason=str(error))
