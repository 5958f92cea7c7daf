"""The fake Binance's endpoints: what each takes and answers, in the shapes Binance documents."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.support.exchanges.binance_book import OPEN, Book, Done, Order, Refusal

if TYPE_CHECKING:
    from tests.support.exchanges.binance import FakeBinance, User

Maker = Callable[["FakeBinance", "User", dict[str, str]], Any]


def text(value: Decimal) -> str:
    return format(value, "f")


def order_row(order: Order, linear: bool) -> dict[str, Any]:
    row = {
        "symbol": order.symbol,
        "orderId": order.id,
        "clientOrderId": order.client_id,
        "price": text(order.price),
        "origQty": text(order.quantity),
        "executedQty": text(order.done),
        "status": order.status,
        "timeInForce": order.tif,
        "type": order.kind,
        "side": order.side,
        "stopPrice": text(order.trigger),
        "time": order.at,
        "updateTime": order.at,
    }
    if linear:
        more = {"cumQuote": text(order.cost), "reduceOnly": order.reduce_only}
        return {**row, **more, "positionSide": order.position_side}
    return {**row, "orderListId": -1, "cummulativeQuoteQty": text(order.cost)}


def algo_row(order: Order) -> dict[str, Any]:
    return {
        "algoId": order.id,
        "clientAlgoId": order.client_id,
        "algoType": "CONDITIONAL",
        "orderType": order.kind,
        "symbol": order.symbol,
        "side": order.side,
        "positionSide": order.position_side,
        "timeInForce": order.tif,
        "quantity": text(order.quantity),
        "algoStatus": order.status,
        "actualOrderId": "" if order.actual is None else str(order.actual),
        "triggerPrice": text(order.trigger),
        "price": text(order.price),
        "reduceOnly": order.reduce_only,
        "createTime": order.at,
    }


def trade_row(done: Done, linear: bool) -> dict[str, Any]:
    order = done.order
    row = {
        "symbol": order.symbol,
        "id": done.id,
        "orderId": order.id,
        "price": text(done.price),
        "qty": text(done.quantity),
        "quoteQty": text(done.quantity * done.price),
        "commission": text(done.fee),
        "commissionAsset": done.fee_asset,
        "time": done.at,
    }
    if linear:
        return {**row, "side": order.side, "positionSide": order.position_side, "buyer": False}
    return {**row, "isBuyer": order.side == "BUY", "isMaker": False, "orderListId": -1}


class Endpoints:
    """Both markets' endpoints, bound to one of them."""

    def __init__(self, market: str) -> None:
        self.market = market
        self.linear = market == "linear"

    def book(self, user: User) -> Book:
        return user.books[self.market]

    def time(self, fake: FakeBinance, _user: User, _query: dict[str, str]) -> Any:
        return {"serverTime": fake.now()}

    def info(self, fake: FakeBinance, _user: User, _query: dict[str, str]) -> Any:
        return {"timezone": "UTC", "symbols": list(fake.markets[self.market].symbols.values())}

    def ticker(self, fake: FakeBinance, _user: User, query: dict[str, str]) -> Any:
        prices = fake.markets[self.market].prices
        if "symbol" not in query:
            wanted = json.loads(query.get("symbols", "null")) or list(prices)
            if any(one not in prices for one in wanted):
                raise Refusal(-1121, "Invalid symbol.")
            return [{"symbol": one, "price": text(prices[one])} for one in wanted]
        if query["symbol"] not in prices or query["symbol"] in fake.hidden:
            raise Refusal(-1121, "Invalid symbol.")
        return {"symbol": query["symbol"], "price": text(prices[query["symbol"]])}

    def place(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        if not user.may_trade:
            raise Refusal(-2015, "Invalid API-key, IP, or permissions for action.", 401)
        return order_row(self.book(user).place(query), self.linear)

    def get(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        found = self.book(user).find(query)
        if found is None or user.forgets(found):
            raise Refusal(-2013, "Order does not exist.")
        return order_row(found, self.linear)

    def delete(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        found = self.book(user).find(query)
        if found is None or found.status not in OPEN:
            raise Refusal(-2011, "Unknown order sent.")
        self.book(user).cancel(found)
        return {
            **order_row(found, self.linear),
            "origClientOrderId": found.client_id,
            **({} if self.linear else {"clientOrderId": f"cancel{found.id}"}),
        }

    def open(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        return [order_row(one, self.linear) for one in self._open(user, query, algo=False)]

    def all(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        rows = [one for one in self.book(user).orders if not one.algo]
        found = [one for one in rows if one.symbol == query["symbol"]]
        return [order_row(one, self.linear) for one in found[-int(query.get("limit", 500)) :]]

    def trades(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        limit = int(query.get("limit", 500))
        done = [one for one in self.book(user).executions if one.order.symbol == query["symbol"]]
        if "fromId" in query:
            done = [one for one in done if one.id >= int(query["fromId"])][:limit]
        return [trade_row(one, self.linear) for one in done[-limit:]]

    def _open(self, user: User, query: dict[str, str], algo: bool) -> list[Order]:
        return [
            one
            for one in self.book(user).orders
            if one.status in OPEN
            and one.algo is algo
            and query.get("symbol", one.symbol) == one.symbol
        ]


class SpotEndpoints(Endpoints):
    def __init__(self) -> None:
        super().__init__("spot")

    def account(self, _fake: FakeBinance, user: User, _query: dict[str, str]) -> Any:
        book = self.book(user)
        rows = [
            {"asset": one, "free": text(book.free(one)), "locked": text(book.locked(one))}
            for one in book.coins
        ]
        return {"canTrade": True, "canWithdraw": True, "balances": rows}

    def restrictions(self, _fake: FakeBinance, user: User, _query: dict[str, str]) -> Any:
        return {
            "ipRestrict": False,
            "enableReading": True,
            "enableSpotAndMarginTrading": user.may_trade,
            "enableFutures": user.may_trade,
            "enableWithdrawals": user.may_withdraw,
        }


class LinearEndpoints(Endpoints):
    def __init__(self) -> None:
        super().__init__("linear")

    def account(self, _fake: FakeBinance, user: User, _query: dict[str, str]) -> Any:
        book = self.book(user)
        rows = [
            {
                "asset": one,
                "walletBalance": text(amount),
                "availableBalance": text(book.free(one)),
            }
            for one, amount in book.coins.items()
        ]
        return {"totalWalletBalance": text(book.coins.get("USDT", Decimal(0))), "assets": rows}

    def positions(self, _fake: FakeBinance, user: User, _query: dict[str, str]) -> Any:
        return [
            {"symbol": symbol, "positionSide": side, "positionAmt": text(amount)}
            for (symbol, side), amount in self.book(user).positions.items()
            if amount
        ]

    def mode(self, _fake: FakeBinance, user: User, _query: dict[str, str]) -> Any:
        return {"dualSidePosition": self.book(user).hedge}

    def leverage(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        if not 1 <= int(query["leverage"]) <= 125:
            raise Refusal(-4028, f"Leverage {query['leverage']} is not valid")
        self.book(user).leverage[query["symbol"]] = int(query["leverage"])
        return {"leverage": int(query["leverage"]), "symbol": query["symbol"]}

    def margin(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        book, symbol, wanted = self.book(user), query["symbol"], query["marginType"]
        if wanted not in {"ISOLATED", "CROSSED"}:
            raise Refusal(-4021, "Invalid margin type.")
        if book.margin_type(symbol) == wanted:
            raise Refusal(-4046, "No need to change margin type.")
        if any(one.symbol == symbol and one.status in OPEN for one in book.orders):
            text = "Margin type cannot be changed if there exists open orders."
            raise Refusal(-4047, text)
        if any(held for (name, _), held in book.positions.items() if name == symbol):
            raise Refusal(-4048, "Margin type cannot be changed if there exists position.")
        if wanted == "ISOLATED" and book.multi_assets:
            text = "Unable to adjust to isolated-margin mode under the Multi-Assets mode."
            raise Refusal(-4168, text)
        book.isolated ^= {symbol}
        return {"code": 200, "msg": "success"}

    def symbol_config(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        book, symbol = self.book(user), query["symbol"]
        more = {"isAutoAddMargin": False, "maxNotionalValue": "1000000"}
        leverage = book.leverage.get(symbol, 20)
        row = {"symbol": symbol, "marginType": book.margin_type(symbol), "leverage": leverage}
        return [row | more]

    def income(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        since = int(query.get("startTime", 0))
        return [row for row in self.book(user).income if row["time"] >= since]

    def listen_key(self, fake: FakeBinance, user: User, _query: dict[str, str]) -> Any:
        return {"listenKey": fake.stream.key_of(user)}

    def place_algo(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        return algo_row(self.book(user).place(query, algo=True))

    def get_algo(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        found = self.book(user).find(query, algo=True)
        if found is None:
            raise Refusal(-2013, "Order does not exist.")
        return algo_row(found)

    def delete_algo(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        found = self.book(user).find(query, algo=True)
        if found is None or found.status not in OPEN:
            raise Refusal(-2011, "Unknown order sent.")
        self.book(user).cancel(found)
        more = {"code": "200", "msg": "success"}
        return {"algoId": found.id, "clientAlgoId": found.client_id, **more}

    def open_algo(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        return [algo_row(one) for one in self._open(user, query, algo=True)]

    def all_algo(self, _fake: FakeBinance, user: User, query: dict[str, str]) -> Any:
        rows = [one for one in self.book(user).orders if one.algo]
        return [algo_row(one) for one in rows if one.symbol == query["symbol"]]


PUBLIC, KEYED, SIGNED = range(3)
_S, _L = SpotEndpoints(), LinearEndpoints()

#: (method, path) -> (who may ask, weight, what answers)
ROUTES: dict[tuple[str, str], tuple[int, int, Maker]] = {
    ("GET", "/api/v3/time"): (PUBLIC, 1, _S.time),
    ("GET", "/api/v3/exchangeInfo"): (PUBLIC, 20, _S.info),
    ("GET", "/api/v3/ticker/price"): (PUBLIC, 2, _S.ticker),
    ("GET", "/api/v3/account"): (SIGNED, 20, _S.account),
    ("POST", "/api/v3/order"): (SIGNED, 1, _S.place),
    ("GET", "/api/v3/order"): (SIGNED, 4, _S.get),
    ("DELETE", "/api/v3/order"): (SIGNED, 1, _S.delete),
    ("GET", "/api/v3/openOrders"): (SIGNED, 6, _S.open),
    ("GET", "/api/v3/allOrders"): (SIGNED, 20, _S.all),
    ("GET", "/api/v3/myTrades"): (SIGNED, 20, _S.trades),
    ("GET", "/sapi/v1/account/apiRestrictions"): (SIGNED, 1, _S.restrictions),
    ("GET", "/fapi/v1/time"): (PUBLIC, 1, _L.time),
    ("GET", "/fapi/v1/exchangeInfo"): (PUBLIC, 1, _L.info),
    ("GET", "/fapi/v1/ticker/price"): (PUBLIC, 1, _L.ticker),
    ("POST", "/fapi/v1/order"): (SIGNED, 1, _L.place),
    ("GET", "/fapi/v1/order"): (SIGNED, 1, _L.get),
    ("DELETE", "/fapi/v1/order"): (SIGNED, 1, _L.delete),
    ("GET", "/fapi/v1/openOrders"): (SIGNED, 1, _L.open),
    ("GET", "/fapi/v1/allOrders"): (SIGNED, 5, _L.all),
    ("GET", "/fapi/v1/userTrades"): (SIGNED, 5, _L.trades),
    ("GET", "/fapi/v1/income"): (SIGNED, 30, _L.income),
    ("GET", "/fapi/v1/positionSide/dual"): (SIGNED, 30, _L.mode),
    ("POST", "/fapi/v1/leverage"): (SIGNED, 1, _L.leverage),
    ("POST", "/fapi/v1/marginType"): (SIGNED, 1, _L.margin),
    ("GET", "/fapi/v1/symbolConfig"): (SIGNED, 5, _L.symbol_config),
    ("POST", "/fapi/v1/listenKey"): (KEYED, 1, _L.listen_key),
    ("PUT", "/fapi/v1/listenKey"): (KEYED, 1, _L.listen_key),
    ("POST", "/fapi/v1/algoOrder"): (SIGNED, 1, _L.place_algo),
    ("GET", "/fapi/v1/algoOrder"): (SIGNED, 1, _L.get_algo),
    ("DELETE", "/fapi/v1/algoOrder"): (SIGNED, 1, _L.delete_algo),
    ("GET", "/fapi/v1/openAlgoOrders"): (SIGNED, 1, _L.open_algo),
    ("GET", "/fapi/v1/allAlgoOrders"): (SIGNED, 5, _L.all_algo),
    ("GET", "/fapi/v3/account"): (SIGNED, 5, _L.account),
    ("GET", "/fapi/v3/positionRisk"): (SIGNED, 5, _L.positions),
}
