"""Binance's two markets on their stages, against the stand-in over HTTP on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final

from engine.api.keys import GivenKeys
from engine.domain.words import MarketKind
from foundation.db import Database
from tests.conformance.stage import Hall, Lost, Script, ShiftedClock, Stage, exchange_stage
from tests.support.exchanges.binance import FakeBinance, User

_HOW: Final[dict[Lost, dict[str, Any]]] = {
    "timeout": {"ending": "hang"},
    "reset": {"ending": "reset"},
    "5xx": {"ending": "http", "status": 502},
    "garbage": {"ending": "garbage"},
}
ID = "BTCUSDT"


class BinanceScript(Script):
    """One user's market at the stand-in."""

    def __init__(self, fake: FakeBinance, user: User, market: str) -> None:
        self.fake = fake
        self.user = user
        self.market = market
        self._orders = "/api/v3/order" if market == "spot" else "/fapi/v1/order"
        self._trades = "/myTrades" if market == "spot" else "/userTrades"

    @property
    def book(self) -> Any:
        return self.user.books[self.market]

    async def price(self, price: str) -> None:
        self.fake.price(self.market, ID, price)

    def depth(self, quantity: str) -> None:
        self.fake.markets[self.market].depth[ID] = Decimal(quantity)

    def lose_answer(self, how: Lost) -> None:
        self.fake.fail("POST", self._orders, **_HOW[how])

    def lose_request(self, how: Lost) -> None:
        self.fake.fail("POST", self._orders, carried_out=False, **_HOW[how])

    def unclear_code(self, *, taken: bool = True, known: bool = True) -> None:
        code, text = -1007, "Timeout waiting for response from backend server. Status unknown."
        if not known:
            code, text = -9999, "A code of tomorrow."
        if taken:
            self.fake.answer_after("POST", self._orders, code, text)
        else:
            self.fake.refuse("POST", self._orders, code, text)

    def delay(self, seconds: float) -> None:
        self.fake.fail("POST", self._orders, late_ms=int(seconds * 1000))

    def rate_limit(self) -> None:
        text = "Too many requests."
        headers = {"Retry-After": "3"}
        self.fake.refuse("POST", self._orders, -1003, text, status=429, headers=headers)

    def break_reads(self) -> None:
        self.fake.fail("GET", self._trades, ending="http", status=503)

    def skew(self, seconds: float) -> None:
        self.fake.skew_ms = int(seconds * 1000)

    def revoke_key(self) -> None:
        del self.fake.users[self.user.key]

    def new_key(self) -> GivenKeys:
        other = self.fake.user("n" * 16, "t" * 16)
        other.books = self.user.books
        self.user = other
        return GivenKeys(other.key, other.secret)

    def somebody_else(self) -> GivenKeys:
        other = self.fake.user("o" * 16, "t" * 16)
        return GivenKeys(other.key, other.secret)

    def withdrawing_key(self) -> GivenKeys:
        other = self.fake.user("w" * 16, "t" * 16)
        other.may_withdraw = True
        return GivenKeys(other.key, other.secret)

    def idle_key(self) -> GivenKeys:
        other = self.fake.user("i" * 16, "t" * 16)
        other.may_trade = False
        return GivenKeys(other.key, other.secret)

    def end(self, order_id: str) -> None:
        order = self.book.find({"origClientOrderId": order_id})
        self.book.cancel(order, "EXPIRED")

    def by_hand(self) -> None:
        plain = {"symbol": ID, "side": "BUY", "quantity": "0.002", "newClientOrderId": "web_1"}
        self.book.place({**plain, "type": "LIMIT", "price": "50000"})
        self.book.place({**plain, "type": "MARKET", "newClientOrderId": "web_2"})

    def close_symbol(self) -> None:
        status = "BREAK" if self.market == "spot" else "SETTLING"
        self.fake.markets[self.market].symbols[ID]["status"] = status

    def fee_in_third_asset(self, *, rate_known: bool) -> None:
        self.book.pays_in_bnb = True
        self.book.coins["BNB"] = Decimal(5)
        if not rate_known:
            self.fake.hidden.add("BNBUSDT")

    def tell_rate(self) -> None:
        self.fake.hidden.discard("BNBUSDT")

    def fund(self, amount: str) -> None:
        self.book.fund(ID, amount)

    def leverage(self) -> int | None:
        found: int | None = self.book.leverage.get(ID)
        return found

    def margin_mode(self) -> str:
        return {"ISOLATED": "isolated", "CROSSED": "cross"}[self.book.margin_type(ID)]

    def requests(self) -> int:
        return self.fake.asked[f"POST {self._orders}"]

    def streams(self) -> int:
        return self.fake.stream.open(self.user, self.market)

    async def cut_streams(self) -> None:
        await self.fake.stream.drop()

    def addresses(self) -> list[str]:
        return self.fake.urls


@asynccontextmanager
async def _stage(database: Database, market: MarketKind, symbol: str) -> AsyncIterator[Stage]:
    clock = ShiftedClock()
    async with FakeBinance() as fake:
        fake.clock = lambda: clock.now().timestamp()
        user = fake.user()
        hall = Hall(
            name=f"binance {market}",
            exchange="binance",
            market=market,
            symbol=symbol,
            addresses={"BINANCE_API_URL": fake.url, "BINANCE_FUTURES_API_URL": fake.url},
            script=BinanceScript(fake, user, market.value),
            given=GivenKeys(user.key, user.secret),
        )
        async with exchange_stage(database, hall, clock) as stage:
            yield stage


def binance_spot(database: Database) -> Any:
    return _stage(database, MarketKind.SPOT, "BTC/USDT")


def binance_linear(database: Database) -> Any:
    return _stage(database, MarketKind.LINEAR, "BTC/USDT:USDT")
