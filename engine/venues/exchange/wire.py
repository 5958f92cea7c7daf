"""One ccxt client: it signs and carries, and does nothing else.

ccxt's throttle, retries, error classes and number parsing are all switched off: the throttle
waits before it signs, so a late order would escape its window; a retry would send twice; its
error classes depend on the address, so behind a base address of one's own they change; its
numbers are floats.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import aiohttp
import certifi

from engine.venues.exchange.budget import Budget, Urgency
from engine.venues.exchange.failure import TOO_MANY, Rejection, Silence, Verdict, Withheld
from engine.venues.exchange.net import Net
from engine.venues.keys import PositionMode
from engine.venues.port import RefusalCode
from foundation import limits

_STAMP: Final[ContextVar[int | None]] = ContextVar("exchange_stamp", default=None)
"""Milliseconds the request under way is to be signed with."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call. ``api`` is ccxt's word for the group of endpoints, ``path`` its path there.

    ``orders`` counts against the limit of orders, ``weight`` against that of requests.
    """

    api: str
    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    weight: float = 1
    orders: int = 0
    urgency: Urgency = Urgency.READ


@dataclass(frozen=True, slots=True)
class Secret:
    """A key as the exchange gave it; never shown by repr."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


class Carrier:
    """The connections of one venue: one pool for all its accounts."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._ssl: ssl.SSLContext | None = None
        self._classes: dict[str, type] = {}

    async def client(self, name: str, net: Net, secret: Secret | None, address: str | None) -> Any:
        """A ccxt client of the exchange ``name`` for a net; the first one takes a second."""
        if name not in self._classes:
            module = await asyncio.to_thread(importlib.import_module, f"ccxt.async_support.{name}")
            self._classes[name] = type(f"Signing{name}", (_Plain, getattr(module, name)), {})
        made = self._classes[name](
            {
                "enableRateLimit": False,
                "timeout": int(limits.VENUE_HTTP_TIMEOUT_S * 1000),
                "session": self.session,
                "asyncio_loop": asyncio.get_running_loop(),
                "apiKey": secret.key if secret else "",
                "secret": secret.secret if secret else "",
                "options": {
                    "maxRetriesOnFailure": 0,
                    "recvWindow": int(limits.ORDER_VALIDITY_S * 1000),
                    "adjustForTimeDifference": False,
                },
            }
        )
        # its debug lines carry keys and signatures
        made.logger.setLevel(logging.WARNING)
        made.ssl_context = self._ssl
        made.net = net
        net.dialect.configure(made, net.place.test_net, address)
        return made

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._ssl = ssl.create_default_context(cafile=certifi.where())
            connector = aiohttp.TCPConnector(ssl=self._ssl, limit=limits.VENUE_CONNECTIONS)
            self._session = aiohttp.ClientSession(connector=connector, trust_env=True)
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


class Wire:
    """The way to one exchange's net with one key (or with none)."""

    def __init__(
        self,
        client: Any,
        net: Net,
        session: aiohttp.ClientSession,
        mode: PositionMode | None = None,
    ) -> None:
        self.client = client
        self.net = net
        self.session = session
        self.mode = mode or PositionMode.ONE_WAY
        limit = net.dialect.limits
        self.orders = Budget(net.clock, limit.orders, limit.orders_window_s)

    async def call(self, request: Request, claimed_at: datetime | None = None) -> Any:
        """The answer as JSON (numbers with a point stay text).

        Signed with the time of the claim if given. Raises Failure: `Withheld` when a limit of
        ours forbids it, `Rejection` when the exchange said no, `Silence` when nobody knows.
        """
        self._take(request)
        net = self.net
        began = net.clock.monotonic()
        moment = net.venue_time(claimed_at or net.clock.now())
        try:
            with _stamped(moment):
                answer = await self.client.request(
                    request.path, [request.api], request.method, dict(request.params)
                )
        except Rejection as rejection:
            net.heard(net.clock.monotonic() - began)
            self._mind(request, rejection)
            raise
        except Silence as silence:
            net.silent(str(silence))
            raise
        except asyncio.CancelledError:
            raise
        except Exception as error:
            reason = f"{type(error).__name__}: {request.method} {request.path}"
            net.silent(reason)
            raise Silence(reason) from error
        net.heard(net.clock.monotonic() - began)
        return answer

    async def settle_clock(self) -> None:
        """Have a measured offset. Raises Failure when it cannot be had and none is known."""
        await self.net.measure(lambda: self.net.dialect.server_time(self))

    def drop(self) -> None:
        """Forget the shared connections, which stay open for the others."""
        self.client.session = None

    def _take(self, request: Request) -> None:
        if not self.net.weight.take(request.weight, request.urgency):
            raise self._too_fast(self.net.weight.opens_in)
        if request.orders and not self.orders.take(request.orders, request.urgency):
            raise self._too_fast(self.orders.opens_in)

    def _too_fast(self, seconds: int) -> Withheld:
        title = self.net.dialect.errors.title
        text = f"The rate limit of {title} is used up; held back to avoid a ban."
        return Withheld(Verdict(RefusalCode.RATE_LIMITED, text, False, seconds))

    def _mind(self, request: Request, rejection: Rejection) -> None:
        """A limit of the whole address closes the net, one of the account's orders only those."""
        verdict = self.net.dialect.errors.verdict(rejection)
        if rejection.status in TOO_MANY:
            self.net.weight.close(rejection.retry_after or limits.VENUE_RATE_RETRY_S)
        elif verdict is not None and verdict.code is RefusalCode.RATE_LIMITED and request.orders:
            self.orders.close(verdict.retry_after)
        if verdict is not None and verdict.code is RefusalCode.CLOCK_SKEW:
            self.net.doubt_clock()


@contextmanager
def _stamped(moment: datetime) -> Iterator[None]:
    token = _STAMP.set(int(moment.timestamp() * 1000))
    try:
        yield
    finally:
        _STAMP.reset(token)


class _Plain:
    """Mixed into a ccxt class: our time, our numbers, our errors."""

    net: Net

    def nonce(self) -> int:
        stamp = _STAMP.get()
        if stamp is None:
            raise Silence("a request was to be signed outside a call")
        return stamp

    def milliseconds(self) -> int:
        """ccxt signs with this where it does not use the nonce."""
        stamp = _STAMP.get()
        return stamp if stamp is not None else int(self.net.clock.now().timestamp() * 1000)

    def on_json_response(self, body: str) -> Any:
        return json.loads(body, parse_float=str)

    def handle_errors(self, status: int, *rest: Any) -> None:
        """ccxt asks this about every answer; it wants an exception or nothing."""
        headers, text, body = rest[3], rest[4], rest[5]
        dialect = self.net.dialect
        used = dialect.used_weight(headers)
        if used is not None:
            self.net.weight.counted(used)
        if body is None:
            if 400 <= status < 500:
                raise Rejection(status, str(status), str(text)[:200], _retry_after(headers))
            raise Silence(f"HTTP {status} with an answer that cannot be read")
        found = dialect.read_error(status, body, headers)
        if found is not None:
            found.retry_after = found.retry_after or _retry_after(headers)
            raise found
        if status >= 400:
            raise Rejection(status, str(status), str(text)[:200], _retry_after(headers))

    def handle_http_status_code(self, *_: Any) -> None:
        """Everything was said above."""


def _retry_after(headers: Mapping[str, str]) -> int:
    lowered = {name.lower(): value for name, value in headers.items()}
    given = lowered.get("retry-after", "")
    return int(given) if given.isascii() and given.isdigit() else 0
