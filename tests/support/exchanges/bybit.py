"""A stateful fake of Bybit v5 over real HTTP and WebSocket on loopback, with scripted faults.

It enforces what the venue enforces: signatures, the receive window, steps and minima, balances,
unique order link ids, reduce-only, position modes, page sizes and time windows.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.support.exchanges import bybit_answers as answers
from tests.support.exchanges import bybit_stream
from tests.support.exchanges.bybit_book import Book, Execution, World
from tests.support.exchanges.bybit_rules import load

#: Requests per second and user, as the venue publishes them: (contracts, spot).
LIMITS = {
    "/v5/order/create": (10, 20),
    "/v5/order/cancel": (10, 20),
    "/v5/order/realtime": (50, 50),
    "/v5/order/history": (50, 50),
    "/v5/execution/list": (50, 50),
    "/v5/position/list": (50, 50),
    "/v5/account/wallet-balance": (50, 50),
    "/v5/position/set-leverage": (10, 10),
}
PRICES = {"BTCUSDT": "60000", "ETHUSDT": "3000", "XRPUSDT": "0.5", "DOGEUSDT": "0.1"}

Ending = Literal["answer", "hang", "reset", "http", "garbage"]


@dataclass(slots=True)
class Fault:
    """What goes wrong with one request: whether it is carried out, and how it then ends."""

    path: str
    carried_out: bool = True
    ending: Ending = "answer"
    code: int = 0
    text: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    late_ms: int = 0
    """The request lies around this long before the venue looks at it (its clock moves on)."""


@dataclass(slots=True)
class User:
    """One API key and the book behind it."""

    key: str
    secret: str
    book: Book
    permissions: dict[str, list[str]]
    read_only: int = 0
    ips: list[str] = field(default_factory=lambda: ["*"])
    uta: int = 1
    calls: dict[str, deque[float]] = field(default_factory=dict)


class FakeBybit:
    """Use it as ``async with``; ``url`` and ``stream_url`` are its addresses."""

    def __init__(self) -> None:
        self.skew_ms = 0
        """How far the venue's clock is ahead of ours."""
        self.clock: Callable[[], float] = time.time  # noqa: TID251 - it has a clock of its own
        self.history_delay_ms = 0
        """After this a finished order shows in the history."""
        self.remembers_closed = True
        """Whether realtime still knows finished orders (a restart of the venue forgets them)."""
        self.execution_delay_ms = 0
        self.open_delay_ms = 0
        """After this a new order shows in realtime."""
        self.enforces_limits = False
        self.page: int | None = None
        """Rows per page at most, whatever is asked for."""
        self.hidden: set[str] = set()
        """Symbols that have no ticker now."""
        self.asked: Counter[str] = Counter()
        self.urls: list[str] = []
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.faults: list[Fault] = []
        self.world = World({"spot": load("spot"), "linear": load("linear")}, self.now)
        for symbol, price in PRICES.items():
            for category in ("spot", "linear"):
                self.world.prices[category, symbol] = Decimal(price)
        self.users: dict[str, User] = {}
        self.stream = bybit_stream.Stream(self)
        self.closing = asyncio.Event()
        app = web.Application()
        for path, (method, needs_key, make) in answers.ROUTES.items():
            app.router.add_route(method, path, self._handler(needs_key, make))
        app.router.add_get("/v5/private", self.stream.serve)
        self._server = TestServer(app)

    async def __aenter__(self) -> FakeBybit:
        await self._server.start_server()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.closing.set()
        await self.stream.close()
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("")).rstrip("/")

    @property
    def stream_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/v5/private"

    def now(self) -> int:
        """The venue's clock in milliseconds."""
        return int(self.clock() * 1000) + self.skew_ms

    # --- the script --------------------------------------------------------------------------

    def user(self, key: str = "key", secret: str = "secret", **coins: str) -> User:
        """A new API key with trading rights and these coins (10 000 USDT when none are named)."""
        book = Book(self.world)
        for coin, amount in (coins or {"USDT": "10000"}).items():
            book.coins[coin] = Decimal(amount)
        rights = {"ContractTrade": ["Order", "Position"], "Spot": ["SpotTrade"], "Wallet": []}
        user = User(key, secret, book, rights)
        book.told = lambda topic, row: self.stream.told(user, topic, row)
        self.users[key] = user
        return user

    def fail(self, path: str, times: int = 1, **what: Any) -> None:
        """The next requests whose path ends so go wrong in this way."""
        self.faults.extend(Fault(path, **what) for _ in range(times))

    def refuse(self, path: str, code: int, words: str = "refused by the script") -> None:
        self.fail(path, carried_out=False, code=code, text=words)

    def rate_limit(self, path: str, reset_in_ms: int = 700) -> None:
        headers = {
            "X-Bapi-Limit": "10",
            "X-Bapi-Limit-Status": "0",
            "X-Bapi-Limit-Reset-Timestamp": str(self.now() + reset_in_ms),
        }
        self.fail(
            path,
            carried_out=False,
            code=10006,
            text="Too many visits. Exceeded the API Rate Limit.",
            headers=headers,
        )

    def price(self, category: str, symbol: str, price: str) -> None:
        """Move the market; stops trigger and resting orders execute."""
        self.world.prices[category, symbol] = Decimal(price)
        for user in self.users.values():
            user.book.tick(category, symbol, Decimal(price))

    def depth(self, category: str, symbol: str, quantity: str) -> None:
        """Only this much executes from now on."""
        self.world.depth[category, symbol] = Decimal(quantity)

    def seen(self, at: int, delay_ms: int) -> bool:
        return at + delay_ms <= self.now()

    def shown(self, done: Execution) -> bool:
        return self.seen(done.at, self.execution_delay_ms)

    # --- one request -------------------------------------------------------------------------

    def _handler(self, needs_key: bool, make: answers.Maker) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.asked[request.path] += 1
            self.urls.append(str(request.url))
            fault = self._fault(request.path)
            if fault.late_ms:
                self.skew_ms += fault.late_ms
            text = request.rel_url.raw_query_string
            if request.method == "POST":
                text = await request.text()
            headers: dict[str, str] = dict(fault.headers)
            answer: dict[str, Any] | None = self._refusal(fault)
            if fault.carried_out:
                answer = self._carry_out(request, text, needs_key, make, headers)
            if fault.late_ms:
                self.skew_ms -= fault.late_ms
            return await self._end(request, fault, answer, headers)

        return handle

    def _carry_out(
        self,
        request: web.Request,
        text: str,
        needs_key: bool,
        make: answers.Maker,
        headers: dict[str, str],
    ) -> dict[str, Any] | None:
        """The answer's body; None for an answer without one (HTTP 401)."""
        query = json.loads(text) if request.method == "POST" else dict(request.query)
        self.requests.append((request.path, query))
        user = User("", "", Book(self.world), {})
        if needs_key:
            checked = self._checked(request.headers, text)
            if checked is None:
                return None
            if not isinstance(checked, User):
                return answers.body(self, *checked)
            user = checked
            over = self._over_limit(request.path, user, query.get("category", ""), headers)
            if over:
                return answers.body(self, 10006, "Too many visits. Exceeded the API Rate Limit.")
        outcome = make(self, user, query)
        if isinstance(outcome, tuple):
            return answers.body(self, *outcome)
        return answers.body(self, 0, "OK", outcome)

    def _fault(self, path: str) -> Fault:
        for fault in self.faults:
            if path.endswith(fault.path):
                self.faults.remove(fault)
                return fault
        return Fault(path)

    def _refusal(self, fault: Fault) -> dict[str, Any]:
        return answers.body(self, fault.code, fault.text)

    async def _end(
        self,
        request: web.Request,
        fault: Fault,
        answer: dict[str, Any] | None,
        headers: Mapping[str, str],
    ) -> web.StreamResponse:
        if fault.ending == "hang":
            await self.closing.wait()
        if fault.ending in {"hang", "reset"}:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        if fault.ending == "http":
            return web.Response(status=fault.status, text="<html>upstream</html>", headers=headers)
        if fault.ending == "garbage":
            return web.Response(text='{"retCode":0,"ret', content_type="application/json")
        if answer is None:
            return web.Response(status=401)
        if fault.carried_out and fault.code:
            answer = self._refusal(fault)
        return web.json_response(answer, headers=headers)

    def _checked(self, headers: Mapping[str, str], payload: str) -> User | tuple[int, str] | None:
        """Whose request it is, or why it is not carried out."""
        names = ("API-KEY", "TIMESTAMP", "RECV-WINDOW", "SIGN")
        key, stamp, window, sign = (headers.get(f"X-BAPI-{name}", "") for name in names)
        if not (key and stamp and sign):
            return None
        user = self.users.get(key)
        if user is None:
            return 10003, "API key is invalid."
        now, span = self.now(), int(window or 5000)
        if not now - span <= int(stamp) < now + 1000:
            return 10002, (
                "invalid request, please check your server timestamp or recv_window param. "
                f"req_timestamp[{stamp}],server_timestamp[{now}],recv_window[{span}]"
            )
        signed = hmac.new(
            user.secret.encode(), f"{stamp}{key}{window}{payload}".encode(), hashlib.sha256
        ).hexdigest()
        if not hmac.compare_digest(signed, sign):
            return 10004, "error sign! please check your signature generation algorithm."
        if user.ips != ["*"] and "127.0.0.1" not in user.ips:
            return 10010, "Unmatched IP, please check your API key's bound IP addresses."
        return user

    def _over_limit(self, path: str, user: User, category: str, headers: dict[str, str]) -> bool:
        per_second = LIMITS.get(path, (50, 50))[category == "spot"]
        now = time.monotonic()
        calls = user.calls.setdefault(path, deque())
        while calls and calls[0] <= now - 1:
            calls.popleft()
        over = self.enforces_limits and len(calls) >= per_second
        if not over:
            calls.append(now)
        reset = self.now() + (int((calls[0] + 1 - now) * 1000) if over else 0)
        headers["X-Bapi-Limit"] = str(per_second)
        headers["X-Bapi-Limit-Status"] = str(max(per_second - len(calls), 0))
        headers["X-Bapi-Limit-Reset-Timestamp"] = str(reset)
        return over
