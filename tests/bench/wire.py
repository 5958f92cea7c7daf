"""HTTP load from this process: raw sockets, prepared requests, latency from the intended moment.

Open loop: a request leaves when its time has come, whether or not earlier ones were answered, so
a server that stalls is charged for everybody who waited.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit


@dataclass(slots=True)
class Outcome:
    """Latencies in seconds, in order of answers; ``sent`` holds each request's intended moment."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def ms(self) -> list[float]:
        return [latency * 1000 for latency in self.latencies]

    @property
    def good(self) -> int:
        return sum(n for status, n in self.statuses.items() if status < 300)

    @property
    def bad(self) -> str:
        """Words about answers that were no success; empty without any."""
        wrong = {status: n for status, n in self.statuses.items() if status >= 300}
        return ", ".join(f"{n} times {status}" for status, n in sorted(wrong.items()))


def request(url: str, body: bytes = b"", method: str = "POST", token: str = "") -> bytes:
    """A whole HTTP/1.1 request as bytes."""
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


class _Connection(asyncio.Protocol):
    def __init__(self, pool: _Pool) -> None:
        self._pool = pool
        self._buffer = b""
        self._due = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop has transports of its own family
        self._transport = cast(asyncio.WriteTransport, transport)
        self._pool.free.append(self)

    def send(self, due: float, data: bytes) -> None:
        assert self._transport is not None
        self._due = due
        self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.lower().find(b"content-length:", 0, head)
        length = int(self._buffer[at + 15 : self._buffer.find(b"\r\n", at)]) if at >= 0 else 0
        if len(self._buffer) < head + 4 + length:
            return
        status = int(self._buffer[9:12])
        self._buffer = b""
        self._pool.answered(self, status, time.perf_counter() - self._due)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class _Pool:
    def __init__(self) -> None:
        self.free: list[_Connection] = []
        self.outcome = Outcome()
        self.waiting: deque[tuple[float, bytes]] = deque()
        self.closed_loop: deque[bytes] | None = None
        self.news = asyncio.Event()

    def answered(self, connection: _Connection, status: int, seconds: float) -> None:
        self.outcome.latencies.append(seconds)
        statuses = self.outcome.statuses
        statuses[status] = statuses.get(status, 0) + 1
        if self.closed_loop:
            connection.send(time.perf_counter(), self.closed_loop.popleft())
        elif self.waiting:
            connection.send(*self.waiting.popleft())
        else:
            self.free.append(connection)
        self.news.set()


async def _connect(url: str, connections: int) -> tuple[_Pool, list[_Connection]]:
    parts = urlsplit(url)
    loop, pool = asyncio.get_running_loop(), _Pool()
    made = []
    for _ in range(connections):
        _, connection = await loop.create_connection(
            lambda: _Connection(pool), parts.hostname, parts.port
        )
        made.append(connection)
    return pool, made


async def open_loop(
    url: str, requests: Sequence[bytes], rate: float, connections: int = 64
) -> Outcome:
    """Send the requests at ``rate`` a second over kept connections."""
    pool, made = await _connect(url, connections)
    start = time.perf_counter() + 0.05
    sent = 0
    while sent < len(requests):
        now = time.perf_counter()
        while sent < len(requests) and start + sent / rate <= now:
            due, data = start + sent / rate, requests[sent]
            sent += 1
            if pool.free:
                pool.free.pop().send(due, data)
            else:
                pool.waiting.append((due, data))
        await asyncio.sleep(max(0.0, min(0.001, start + sent / rate - time.perf_counter())))
    await _all_answered(pool, len(requests))
    pool.outcome.seconds = time.perf_counter() - start
    for connection in made:
        connection.close()
    return pool.outcome


async def closed_loop(url: str, requests: Sequence[bytes], connections: int = 64) -> Outcome:
    """Each connection sends its next request when its last one was answered."""
    pool, made = await _connect(url, connections)
    pool.closed_loop = deque(requests)
    start = time.perf_counter()
    ready, pool.free = pool.free, []
    for connection in ready:
        if pool.closed_loop:
            connection.send(time.perf_counter(), pool.closed_loop.popleft())
    await _all_answered(pool, len(requests))
    pool.outcome.seconds = time.perf_counter() - start
    for connection in made:
        connection.close()
    return pool.outcome


async def _all_answered(pool: _Pool, count: int) -> None:
    async with asyncio.timeout(60):
        while len(pool.outcome.latencies) < count:
            pool.news.clear()
            await pool.news.wait()
