"""What each v5 endpoint of the fake Bybit does: one function per path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.support.exchanges.bybit_book import Order
from tests.support.exchanges.bybit_rules import Refusal, refused
from tests.support.exchanges.bybit_wire import (
    execution_row,
    order_row,
    position_rows,
    text,
    wallet_row,
)

if TYPE_CHECKING:
    from tests.support.exchanges.bybit import FakeBybit, User

DAY_MS = 24 * 3600 * 1000
WEEK_MS = 7 * DAY_MS
REALTIME_CLOSED = 500

Query = dict[str, Any]
Answer = dict[str, Any] | Refusal | tuple[int, str, Any]
Maker = Callable[["FakeBybit", "User", Query], Answer]


def body(venue: FakeBybit, code: int, words: str, result: Any = None) -> dict[str, Any]:
    return {
        "retCode": code,
        "retMsg": words,
        "result": {} if result is None else result,
        "retExtInfo": {},
        "time": venue.now(),
    }


def server_time(venue: FakeBybit, user: User, query: Query) -> Answer:
    now = venue.now()
    return {"timeSecond": str(now // 1000), "timeNano": str(now * 1_000_000)}


def instruments(venue: FakeBybit, user: User, query: Query) -> Answer:
    category = query["category"]
    status = query.get("status", "Trading")
    rows = [
        rules.row
        for rules in venue.world.rules[category].values()
        if rules.row["status"] == status and query.get("symbol", rules.symbol) == rules.symbol
    ]
    # spot has no pages; contracts come in pages of 500 when nothing else is asked for
    return {"category": category, "list": rows, "nextPageCursor": ""}


def tickers(venue: FakeBybit, user: User, query: Query) -> Answer:
    rows = []
    for (category, symbol), price in venue.world.prices.items():
        if category != query["category"] or query.get("symbol", symbol) != symbol:
            continue
        if symbol in venue.hidden:
            continue
        shown = text(price)
        rows.append(
            {
                "symbol": symbol,
                "lastPrice": shown,
                "bid1Price": shown,
                "ask1Price": shown,
                "markPrice": shown,
                "indexPrice": shown,
                "fundingRate": "0.0001",
                "nextFundingTime": "0",
            }
        )
    if "symbol" in query and not rows:
        return 10001, "Not supported symbols"
    return {"category": query["category"], "list": rows}


def create(venue: FakeBybit, user: User, query: Query) -> Answer:
    category = query["category"]
    if user.read_only or not _may_trade(user, category):
        return 10005, "Permission denied, please check your API key permissions."
    link = query.get("orderLinkId", "")
    if len(link) > 36:
        return 10001, "params error: orderLinkId too long"
    if category == "spot" and "triggerPrice" in query and query.get("orderFilter") != "StopOrder":
        return 170201, "Invalid orderFilter parameter"
    market_buy = query["orderType"] == "Market" and query["side"] == "Buy"
    default_unit = "quoteCoin" if category == "spot" and market_buy else ""
    default_tif = "IOC" if query["orderType"] == "Market" else "GTC"
    order = Order(
        category=category,
        symbol=query["symbol"],
        link_id=link,
        side=query["side"],
        kind=query["orderType"],
        qty=Decimal(query["qty"]),
        price=Decimal(query["price"]) if query["orderType"] == "Limit" else None,
        tif=query.get("timeInForce", default_tif),
        created=venue.now(),
        reduce_only=category == "linear" and bool(query.get("reduceOnly", False)),
        trigger=Decimal(query["triggerPrice"]) if "triggerPrice" in query else None,
        position_idx=int(query.get("positionIdx", 0)),
        unit=query.get("marketUnit", default_unit) if query["orderType"] == "Market" else "",
    )
    if order.trigger is not None:
        last = venue.world.prices.get((category, order.symbol), Decimal(0))
        order.rising = order.trigger > last
        if category == "linear":
            order.rising = query.get("triggerDirection") == 1
    refusal = user.book.place(order)
    if refusal is not None:
        return refusal
    return {"orderId": order.order_id, "orderLinkId": link}


def cancel(venue: FakeBybit, user: User, query: Query) -> Answer:
    category = query["category"]
    order = next((o for o in user.book.orders if _named(o, query)), None)
    if order is None or order.category != category:
        return refused(category, "unknown")
    wants_stop = query.get("orderFilter", "Order") == "StopOrder"
    if category == "spot" and (order.status == "Untriggered") != wants_stop:
        return refused(category, "unknown")
    if not order.open:
        done = order.status == "Filled"
        if category == "linear":
            return refused(category, "unknown")
        return (170139, "Order has been filled.") if done else (170142, "Order has been canceled.")
    user.book.cancel(order)
    return {"orderId": order.order_id, "orderLinkId": order.link_id}


def realtime(venue: FakeBybit, user: User, query: Query) -> Answer:
    category = query["category"]
    named = "orderId" in query or "orderLinkId" in query
    scoped = named or {"symbol", "baseCoin", "settleCoin"} & query.keys()
    if category == "linear" and not scoped:
        return 10001, "params error: symbol or settleCoin or baseCoin must be specified"
    mine = [o for o in reversed(user.book.orders) if o.category == category]
    shown = [o for o in mine if o.open and venue.seen(o.created, venue.open_delay_ms)]
    if (named or str(query.get("openOnly", 0)) == "1") and venue.remembers_closed:
        closed = [o for o in mine if not o.open][:REALTIME_CLOSED]
        # asked with openOnly=1 the venue lists finished orders alone; by name it finds either
        shown = [*shown, *closed] if named else closed
    if query.get("orderFilter") == "StopOrder":
        shown = [o for o in shown if o.trigger is not None]
    return _page(venue, query, [order_row(o) for o in _asked(venue, shown, query)], 50)


def history(venue: FakeBybit, user: User, query: Query) -> Answer:
    """Finished orders; those without an execution only for a day."""
    span = _span(venue, query, "createdTime")
    if isinstance(span, tuple) and isinstance(span[1], str):
        return span
    start, end = int(span[0]), int(span[1])
    found = []
    for order in reversed(user.book.orders):
        old = order.updated < venue.now() - DAY_MS and not order.filled
        if order.open or old or not venue.seen(order.updated, venue.history_delay_ms):
            continue
        if order.category == query["category"] and start <= order.created <= end:
            found.append(order)
    return _page(venue, query, [order_row(o) for o in _asked(venue, found, query)], 50)


def executions(venue: FakeBybit, user: User, query: Query) -> Answer:
    span = _span(venue, query, "execTime")
    if isinstance(span, tuple) and isinstance(span[1], str):
        return span
    start, end = int(span[0]), int(span[1])
    rows = [
        execution_row(done)
        for done in reversed(user.book.executions)
        if done.order.category == query["category"]
        and start <= done.at <= end
        and venue.shown(done)
        and (_named(done.order, query) if _names(query) else True)
        and query.get("symbol", done.order.symbol) == done.order.symbol
    ]
    return _page(venue, query, rows, 100)


def positions(venue: FakeBybit, user: User, query: Query) -> Answer:
    if not {"symbol", "settleCoin"} & query.keys():
        return 10001, "params error: symbol or settleCoin must be specified"
    settles = query.get("settleCoin", "")
    every = position_rows(user.book, query.get("symbol"))
    settled = venue.world.settles
    rows = [row for row in every if settles in ("", settled(row["symbol"]))]
    return _page(venue, query, rows, 200)


def wallet(venue: FakeBybit, user: User, query: Query) -> Answer:
    if query.get("accountType") != "UNIFIED":
        return 10001, "accountType only support UNIFIED."
    return {"list": [wallet_row(user.book)]}


def account_info(venue: FakeBybit, user: User, query: Query) -> Answer:
    return {
        "marginMode": user.book.margin_mode,
        "updatedTime": "1697078946000",
        "unifiedMarginStatus": 5,
        "dcpStatus": "OFF",
        "timeWindow": 10,
        "smpGroup": 0,
        "isMasterTrader": False,
        "spotHedgingStatus": "OFF",
    }


def query_api(venue: FakeBybit, user: User, query: Query) -> Answer:
    return {
        "id": "13770661",
        "note": "Countersign",
        "apiKey": user.key,
        "readOnly": user.read_only,
        "secret": "",
        "permissions": user.permissions,
        "ips": user.ips,
        "type": 1,
        "deadlineDay": 83,
        "expiredAt": "2027-05-15T03:21:05Z",
        "createdAt": "2026-10-16T02:24:40Z",
        "unified": 0,
        "uta": user.uta,
        "userID": 24617703,
        "isMaster": True,
    }


def set_leverage(venue: FakeBybit, user: User, query: Query) -> Answer:
    rules = venue.world.rules["linear"].get(query["symbol"])
    if query["category"] != "linear" or rules is None:
        return 10001, "params error: symbol invalid"
    wanted = Decimal(query["buyLeverage"])
    if wanted != Decimal(query["sellLeverage"]) and not user.book.hedged:
        return 10001, "buy leverage must equal sell leverage"
    if not 1 <= wanted <= Decimal(rules.row["leverageFilter"]["maxLeverage"]):
        return 110013, "Cannot set leverage due to risk limit level."
    if user.book.leverage[query["symbol"]] == wanted:
        return 110043, "leverage not modified"
    user.book.leverage[query["symbol"]] = wanted
    return {}


def set_margin_mode(venue: FakeBybit, user: User, query: Query) -> Answer:
    wanted, book = query.get("setMarginMode", ""), user.book
    if wanted not in {"ISOLATED_MARGIN", "REGULAR_MARGIN", "PORTFOLIO_MARGIN"}:
        return 10001, "params error: setMarginMode invalid"
    reasons = []
    if any(size for size, _ in book.positions.values()):
        reasons.append((3400101, "Please ensure that there are no positions"))
    if any(book.open_orders("linear")):
        reasons.append((3400102, "Please ensure that there are no active orders"))
    if reasons and wanted != book.margin_mode:
        told = [{"reasonCode": str(code), "reasonMsg": text} for code, text in reasons]
        return 3400045, "Set margin mode failed", {"reasons": told}
    book.margin_mode = wanted
    return {"reasons": []}


def switch_isolated(venue: FakeBybit, user: User, query: Query) -> Answer:
    return 100028, "unified account is forbidden"


ROUTES: dict[str, tuple[str, bool, Maker]] = {
    "/v5/market/time": ("GET", False, server_time),
    "/v5/market/instruments-info": ("GET", False, instruments),
    "/v5/market/tickers": ("GET", False, tickers),
    "/v5/order/create": ("POST", True, create),
    "/v5/order/cancel": ("POST", True, cancel),
    "/v5/order/realtime": ("GET", True, realtime),
    "/v5/order/history": ("GET", True, history),
    "/v5/execution/list": ("GET", True, executions),
    "/v5/position/list": ("GET", True, positions),
    "/v5/position/set-leverage": ("POST", True, set_leverage),
    "/v5/account/set-margin-mode": ("POST", True, set_margin_mode),
    "/v5/position/switch-isolated": ("POST", True, switch_isolated),
    "/v5/account/wallet-balance": ("GET", True, wallet),
    "/v5/account/info": ("GET", True, account_info),
    "/v5/user/query-api": ("GET", True, query_api),
}


def _may_trade(user: User, category: str) -> bool:
    need = ("Spot", "SpotTrade") if category == "spot" else ("ContractTrade", "Order")
    return need[1] in user.permissions.get(need[0], [])


def _names(query: Query) -> bool:
    return "orderId" in query or "orderLinkId" in query


def _named(order: Order, query: Query) -> bool:
    if "orderId" in query:
        return bool(order.order_id == query["orderId"])
    return bool(order.link_id == query.get("orderLinkId"))


def _asked(venue: FakeBybit, orders: Iterable[Order], query: Query) -> list[Order]:
    if _names(query):
        return [o for o in orders if _named(o, query)]
    return [
        o
        for o in orders
        if query.get("symbol", o.symbol) == o.symbol
        and ("settleCoin" not in query or venue.world.settles(o.symbol) == query["settleCoin"])
    ]


def _span(venue: FakeBybit, query: Query, what: str) -> tuple[int, int] | Refusal:
    """From and until; a week at most, and the last week when nothing is said."""
    now = venue.now()
    if "startTime" in query:
        start = int(query["startTime"])
        end = int(query.get("endTime", start + WEEK_MS))
    else:
        end = int(query.get("endTime", now))
        start = end - WEEK_MS
    if end - start > WEEK_MS or start > end:
        return 10001, f"The time range between startTime and endTime is wrong ({what})"
    return start, end


def _page(venue: FakeBybit, query: Query, rows: list[Any], most: int) -> dict[str, Any]:
    """Newest first; the cursor is a word of ours that names where to go on."""
    limit = min(int(query.get("limit", 20)), most, venue.page or most)
    start = int(query["cursor"].removeprefix("page:")) if query.get("cursor") else 0
    more = start + limit < len(rows)
    return {
        "category": query.get("category", ""),
        "list": rows[start : start + limit],
        "nextPageCursor": f"page%3A{start + limit}" if more else "",
    }
