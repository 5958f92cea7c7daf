"""Bybit's two markets on their stages, against the stand-in over HTTP on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

from engine.api.keys import GivenKeys
from engine.domain.words import MarketKind
from foundation.db import Database
from tests.conformance.stage import Hall, Lost, Script, ShiftedClock, Stage, exchange_stage
from tests.support.exchanges.bybit import FakeBybit, User
from tests.support.exchanges.bybit_book import Book, Order

_HOW: Final[dict[Lost, dict[str, Any]]] = {
    "timeout": {"ending": "hang"},
    "reset": {"ending": "reset"},
    "5xx": {"ending": "http", "status": 502},
    "garbage": {"ending": "garbage"},
}
ID = "BTCUSDT"
CREATE = "order/create"


class BybitScript(Script):
    """One user's market at the stand-in."""

    def __init__(self, fake: FakeBybit, user: User, category: str) -> None:
        self.fake = fake
        self.user = user
        self.category = category

    @property
    def book(self) -> Book:
        return self.user.book

    async def price(self, price: str) -> None:
        self.fake.price(self.category, ID, price)

    def depth(self, quantity: str) -> None:
        self.fake.depth(self.category, ID, quantity)

    def lose_answer(self, how: Lost) -> None:
        self.fake.fail(CREATE, **_HOW[how])

    def lose_request(self, how: Lost) -> None:
        self.fake.fail(CREATE, carried_out=False, **_HOW[how])

    def unclear_code(self, *, taken: bool = True, known: bool = True) -> None:
        code, text = (10016, "Server error.") if known else (110_998, "A code of tomorrow.")
        self.fake.fail(CREATE, code=code, text=text, carried_out=taken)

    def delay(self, seconds: float) -> None:
        self.fake.fail(CREATE, late_ms=int(seconds * 1000))

    def rate_limit(self) -> None:
        self.fake.rate_limit(CREATE, reset_in_ms=2600)

    def break_reads(self) -> None:
        self.fake.fail("execution/list", ending="http", status=503)

    def skew(self, seconds: float) -> None:
        self.fake.skew_ms = int(seconds * 1000)

    def revoke_key(self) -> None:
        del self.fake.users[self.user.key]

    def new_key(self) -> GivenKeys:
        other, old = self.fake.user("n" * 16, "t" * 16), self.user
        other.book = old.book
        other.book.told = lambda topic, row: self.fake.stream.told(other, topic, row)
        self.user = other
        return GivenKeys(other.key, other.secret)

    def somebody_else(self) -> GivenKeys:
        other = self.fake.user("o" * 16, "t" * 16)
        return GivenKeys(other.key, other.secret)

    def withdrawing_key(self) -> GivenKeys:
        other = self.fake.user("w" * 16, "t" * 16)
        other.permissions["Wallet"] = ["AccountTransfer", "Withdraw"]
        return GivenKeys(other.key, other.secret)

    def idle_key(self) -> GivenKeys:
        other = self.fake.user("i" * 16, "t" * 16)
        other.read_only = 1
        return GivenKeys(other.key, other.secret)

    def end(self, order_id: str) -> None:
        order = next(one for one in self.book.orders if one.link_id == order_id)
        self.book.cancel(order, "CancelBySmp")

    def by_hand(self) -> None:
        for kind, price in (("Limit", Decimal(50000)), ("Market", None)):
            quantity, now = Decimal("0.002"), self.fake.now()
            order = Order(self.category, ID, "", "Buy", kind, quantity, price, "GTC", now)
            assert self.book.place(order) is None

    def close_symbol(self) -> None:
        self.fake.world.rules[self.category][ID].row["status"] = "Closed"

    def fee_in_third_asset(self, *, rate_known: bool) -> None:
        self.fake.world.fee_coin = "XRP"
        self.book.coins["XRP"] = Decimal(100)
        if not rate_known:
            self.fake.hidden.add("XRPUSDT")

    def tell_rate(self) -> None:
        self.fake.hidden.discard("XRPUSDT")

    def fund(self, amount: str) -> None:
        size, _ = self.book.positions[ID, 0]
        worth = size * self.fake.world.last("linear", ID)
        self.book.fund(ID, -Decimal(amount) / worth)

    def leverage(self) -> int | None:
        return int(self.book.leverage[ID])

    def margin_mode(self) -> str:
        names = {"ISOLATED_MARGIN": "isolated", "REGULAR_MARGIN": "cross"}
        return names.get(self.book.margin_mode, "portfolio")

    def requests(self) -> int:
        return self.fake.asked[f"/v5/{CREATE}"]

    def streams(self) -> int:
        links = self.fake.stream.links.values()
        return sum(1 for one in links if one.user is self.user and one.topics)

    async def cut_streams(self) -> None:
        await self.fake.stream.close()

    def addresses(self) -> list[str]:
        return self.fake.urls


@asynccontextmanager
async def _stage(database: Database, market: MarketKind, symbol: str) -> AsyncIterator[Stage]:
    clock = ShiftedClock()
    async with FakeBybit() as fake:
        fake.clock = lambda: clock.now().timestamp()
        user = fake.user("k" * 16, "s" * 16)
        hall = Hall(
            name=f"bybit {market}",
            exchange="bybit",
            market=market,
            symbol=symbol,
            addresses={"BYBIT_API_URL": fake.url},
            script=BybitScript(fake, user, "spot" if market is MarketKind.SPOT else "linear"),
            given=GivenKeys(user.key, user.secret),
        )
        async with exchange_stage(database, hall, clock) as stage:
            yield stage


def bybit_spot(database: Database) -> Any:
    return _stage(database, MarketKind.SPOT, "BTC/USDT")


def bybit_linear(database: Database) -> Any:
    return _stage(database, MarketKind.LINEAR, "BTC/USDT:USDT")
