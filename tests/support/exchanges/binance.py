"""A stateful fake of Binance over real HTTP and WebSocket on loopback, with scripted faults.

Spot (``/api/v3``, ``/sapi/v1``) and USD-M futures (``/fapi``) at one address. It enforces what the
exchange enforces: keys, signatures, the receive window, filters, balances, unique client ids,
reduce-only, position modes, conditional orders at endpoints of their own.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.exchanges import binance_answers as answers
from tests.support.exchanges.binance_book import Book, Order, Refusal, load
from tests.support.exchanges.binance_stream import Streams

Ending = Literal["answer", "instead", "hang", "reset", "http", "garbage"]


@dataclass(slots=True)
class Fault:
    """What goes wrong with one request: whether it is carried out, and how it then ends."""

    method: str
    path: str
    carried_out: bool = True
    ending: Ending = "answer"
    code: int = 0
    text: str = ""
    status: int = 400
    headers: dict[str, str] = field(default_factory=dict)
    late_ms: int = 0
    """The request lies around this long before the exchange looks at it (its clock moves on)."""


@dataclass(slots=True)
class User:
    """One API key and the books behind it."""

    key: str
    secret: str
    books: dict[str, Book]
    may_trade: bool = True
    may_withdraw: bool = False
    forgotten: set[int] = field(default_factory=set)

    def forgets(self, order: Order) -> bool:
        """The single-order query does not find it, though the lists do."""
        return order.id in self.forgotten

    @property
    def spot(self) -> Book:
        return self.books["spot"]

    @property
    def linear(self) -> Book:
        return self.books["linear"]


class FakeBinance:
    """Use it as ``async with``; ``url`` is its address."""

    def __init__(self) -> None:
        self.skew_ms = 0
        """How far the exchange's clock is ahead of ours."""
        self.clock: Callable[[], float] = time.time  # noqa: TID251 - it has a clock of its own
        self.asked: Counter[str] = Counter()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.urls: list[str] = []
        self.faults: list[Fault] = []
        self.hidden: set[str] = set()
        """Symbols whose price nobody is told."""
        self.weight_limit = 6_000
        self.markets = {name: load(name, self.now) for name in ("spot", "linear")}
        self.users: dict[str, User] = {}
        self.stream = Streams(self)
        self.closing = asyncio.Event()
        self._weights: deque[tuple[float, int]] = deque()
        self._tasks: set[asyncio.Task[Any]] = set()
        app = web.Application()
        app.router.add_get("/ws-api/v3", self.stream.spot)
        app.router.add_get("/private/ws", self.stream.linear)
        app.router.add_route("*", "/{path:.*}", self._serve)
        self._server = TestServer(app)

    async def __aenter__(self) -> FakeBinance:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closing.set()
        await self.stream.drop()
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    def now(self) -> int:
        """The exchange's clock in milliseconds."""
        return int(self.clock() * 1000) + self.skew_ms

    # --- the script --------------------------------------------------------------------------

    def user(self, key: str = "k" * 16, secret: str = "s" * 16, **coins: str) -> User:
        """A new API key with trading rights and these coins (10 000 USDT when none are named)."""
        user = User(key, secret, {name: Book(market) for name, market in self.markets.items()})
        for name, book in user.books.items():
            for coin, amount in (coins or {"USDT": "10000"}).items():
                book.coins[coin] = Decimal(amount)
            book.told = lambda what, order, name=name: self.stream.told(user, name, what, order)
        self.users[key] = user
        return user

    def fail(self, method: str, path: str, times: int = 1, **what: Any) -> None:
        """The next requests whose path ends so go wrong in this way."""
        self.faults.extend(Fault(method, path, **what) for _ in range(times))

    def refuse(
        self, method: str, path: str, code: int, text: str = "scripted", **what: Any
    ) -> None:
        self.fail(method, path, carried_out=False, code=code, text=text, **what)

    def answer_after(self, method: str, path: str, code: int, text: str) -> None:
        """The next such request is carried out, and answered with an error all the same."""
        self.fail(method, path, ending="instead", code=code, text=text)

    def price(self, market: str, symbol: str, price: str) -> None:
        """Move the market; stops trigger and resting orders execute."""
        self.markets[market].prices[symbol] = Decimal(price)
        for user in self.users.values():
            user.books[market].tick(symbol, Decimal(price))

    def soon(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work of the exchange's own once the present request is through."""
        task = asyncio.get_running_loop().create_task(_run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- one request -------------------------------------------------------------------------

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        self.asked[f"{request.method} {request.path}"] += 1
        self.urls.append(request.path_qs)
        raw = request.rel_url.raw_query_string
        body = await request.text()
        fault = self._fault(request)
        self.skew_ms += fault.late_ms
        headers: dict[str, str] = {}
        try:
            status, answer = self._refusal(fault)
            if fault.carried_out:
                status, answer = self._carry_out(
                    request, "&".join(filter(None, (raw, body))), headers
                )
        finally:
            self.skew_ms -= fault.late_ms
        return await self._end(request, fault, (status, answer), headers)

    def _carry_out(
        self, request: web.Request, given: str, headers: dict[str, str]
    ) -> tuple[int, Any]:
        found = answers.ROUTES.get((request.method, request.path))
        if found is None:
            return 404, {"code": -5000, "msg": f"Path {request.path}, Method is invalid"}
        guard, weight, make = found
        query = dict(parse_qsl(given, keep_blank_values=True))
        self.requests.append((f"{request.method} {request.path}", query))
        try:
            self._weigh(weight, headers)
            user = self._allowed(guard, request.headers.get("X-MBX-APIKEY", ""), given, query)
            return 200, make(self, user, query)
        except Refusal as refusal:
            return refusal.status, {"code": refusal.code, "msg": refusal.text}

    def _allowed(self, guard: int, key: str, given: str, query: dict[str, str]) -> User:
        if guard == answers.PUBLIC:
            return User("", "", {})
        user = self.users.get(key)
        if user is None:
            raise Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)
        if guard == answers.KEYED:
            return user
        signed, _, signature = given.rpartition("&signature=")
        wanted = hmac.new(user.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted, signature):
            raise Refusal(-1022, "Signature for this request is not valid.")
        stamp, window = int(query["timestamp"]), int(query.get("recvWindow", "5000"))
        if stamp > self.now() + 1_000:
            text = "Timestamp for this request was 1000ms ahead of the server's time."
            raise Refusal(-1021, text)
        if self.now() - stamp > window:
            raise Refusal(-1021, "Timestamp for this request is outside of the recvWindow.")
        return user

    def _weigh(self, weight: int, headers: dict[str, str]) -> None:
        now = self.clock()
        self._weights.append((now, weight))
        while now - self._weights[0][0] > 60:
            self._weights.popleft()
        used = sum(one for _, one in self._weights)
        headers["X-MBX-USED-WEIGHT-1M"] = str(used)
        if used > self.weight_limit:
            headers["Retry-After"] = "7"
            text = "Too much request weight used; please use WebSocket Streams for live updates."
            raise Refusal(-1003, text, 429)

    def _fault(self, request: web.Request) -> Fault:
        for fault in self.faults:
            if request.method == fault.method and request.path.endswith(fault.path):
                self.faults.remove(fault)
                return fault
        return Fault(request.method, request.path)

    def _refusal(self, fault: Fault) -> tuple[int, Any]:
        return fault.status, {"code": fault.code, "msg": fault.text}

    async def _end(
        self,
        request: web.Request,
        fault: Fault,
        answer: tuple[int, Any],
        headers: dict[str, str],
    ) -> web.StreamResponse:
        headers = {**headers, **fault.headers}
        if fault.ending == "hang":
            await self.closing.wait()
        if fault.ending in {"hang", "reset"}:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.ending == "http":
            return web.Response(status=fault.status, text="<html>upstream</html>", headers=headers)
        if fault.ending == "instead":
            answer = self._refusal(fault)
        if fault.ending == "garbage":
            return web.Response(status=200, text="{not json", content_type="application/json")
        return web.json_response(answer[1], status=answer[0], headers=headers)


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()
