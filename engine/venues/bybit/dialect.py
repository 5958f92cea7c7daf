"""Bybit v5, unified account: what we ask in its words, and what its answers mean.

One class for spot and linear perpetuals; the category is all that differs in most requests.
Traps it steps around, each told in docs/venues/bybit.md: creating and cancelling are only
announced by their answers, a spot market buy counts in dollars unless told otherwise, a stop on
spot is cancelled under another filter, finished orders are forgotten in three different ways.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from engine.domain.commands import PlaceOrder
from engine.domain.words import WORKING, MarketKind, OrderSide, OrderType, TimeInForce
from engine.venues.bybit import codes, executions, margin, rows
from engine.venues.bybit.executions import Category
from engine.venues.bybit.rows import DOLLARS, Row, number
from engine.venues.bybit.stream import BybitSpeaker
from engine.venues.exchange.budget import Urgency
from engine.venues.exchange.dialect import Limits, Listing, Page, Payment, Placed, Terms
from engine.venues.exchange.failure import (
    ErrorTable,
    Failure,
    Rejection,
    Silence,
    Verdict,
    Withheld,
)
from engine.venues.exchange.rules import readable
from engine.venues.exchange.wire import Request
from engine.venues.keys import KeyCheck, PositionMode
from engine.venues.port import Found, Held, OpenOrder, RefusalCode, Wallet
from foundation import limits
from foundation.money import plain

if TYPE_CHECKING:
    from engine.venues.exchange.stream import Speaker
    from engine.venues.exchange.wire import Wire

_PAGE: Final = 50
_POSITIONS_PAGE: Final = 200
_LISTINGS_PAGE: Final = 1000


class Bybit:
    """One market of Bybit. Stateless: everything kept is in the wire and its net."""

    #: An order that only reduces a contract may be under the smallest notional; on spot none may.
    by_symbol = False
    margin_of_account = True
    errors: ErrorTable = codes.ERRORS

    def __init__(self, market: MarketKind) -> None:
        self.market = market
        self.category: Category = "spot" if market is MarketKind.SPOT else "linear"
        self.exempt_reducers = market is MarketKind.LINEAR
        # 600 requests in 5 s per address, a third of which is left to the price feed and to other
        # processes behind it; orders per second and user
        orders = 200 if market is MarketKind.SPOT else 100
        self.limits = Limits(4800, orders, weight_window_s=5.0, orders_window_s=1.0)

    def configure(self, client: Any, test_net: bool, address: str | None) -> None:
        """Choose net and address; nothing is loaded that is not asked for here."""
        client.set_sandbox_mode(test_net)
        if address is not None:
            client.urls["api"] = {"public": address, "private": address}

    def read_error(self, status: int, body: Any, headers: Mapping[str, str]) -> Rejection | None:
        return codes.read_error(status, body, headers)

    def used_weight(self, _headers: Mapping[str, str]) -> float | None:
        """It counts per endpoint and user, which says nothing about the address."""
        return None

    async def server_time(self, wire: Wire) -> datetime:
        answer = await wire.call(Request("public", "GET", "v5/market/time"))
        return rows.moment(answer["time"])

    # --- the market --------------------------------------------------------------------------

    async def listings(self, wire: Wire) -> tuple[Listing, ...]:
        make = rows.spot_instrument if self.category == "spot" else rows.linear_instrument
        listed = []
        query = {"limit": str(_LISTINGS_PAGE)} if self.category == "linear" else {}
        async for row in self._all(wire, "public", "v5/market/instruments-info", query):
            instrument = readable(make, row)
            if instrument is not None:
                listed.append(Listing(instrument, row["symbol"]))
        return tuple(listed)

    async def rate(self, wire: Wire, asset: str) -> Decimal | None:
        return Decimal(1) if asset in DOLLARS else await self._last(wire, f"{asset}USDT")

    async def _last(self, wire: Wire, market_id: str) -> Decimal | None:
        """The last price on spot; None for what is not listed."""
        query = {"category": "spot", "symbol": market_id}
        request = Request("public", "GET", "v5/market/tickers", query, urgency=Urgency.EXIT)
        try:
            answer = await wire.call(request)
        except Rejection as rejection:
            verdict = self.errors.verdict(rejection)
            if verdict is not None and verdict.code is RefusalCode.SYMBOL_NOT_TRADABLE:
                return None
            raise
        listed = answer["result"]["list"]
        return number(listed[0], "lastPrice") or None if listed else None

    # --- the key -----------------------------------------------------------------------------

    async def check(self, wire: Wire) -> KeyCheck:
        answer = await wire.call(Request("private", "GET", "v5/user/query-api"))
        info = answer["result"]
        granted = {
            f"{group}:{right}"
            for group, rights in (info.get("permissions") or {}).items()
            for right in rights or ()
        }
        if info.get("uta") != 1:
            raise Rejection(200, codes.CLASSIC, "upgrade it to a unified account first")
        need = "Spot:SpotTrade" if self.category == "spot" else "ContractTrade:Order"
        return KeyCheck(
            may_trade=need in granted and info.get("readOnly") == 0,
            may_withdraw=any(right.lower().endswith(":withdraw") for right in granted),
            position_mode=await self._position_mode(wire),
            permissions=tuple(sorted(granted)),
        )

    async def _position_mode(self, wire: Wire) -> PositionMode:
        """A symbol's slots tell it: 0 alone, or 1 and 2."""
        if self.category == "spot":
            return PositionMode.ONE_WAY
        query = {"category": "linear", "symbol": "BTCUSDT"}
        answer = await wire.call(Request("private", "GET", "v5/position/list", query))
        slots = {int(row["positionIdx"]) for row in answer["result"]["list"]}
        return PositionMode.HEDGE if slots & {1, 2} else PositionMode.ONE_WAY

    # --- orders ------------------------------------------------------------------------------

    async def prepare(self, wire: Wire, listing: Listing, terms: Terms) -> str:
        if self.category == "spot":
            return ""
        kept = ""
        if terms.margin_mode is not None:
            kept = await margin.set_mode(wire, self.errors.title, terms.margin_mode)
        if terms.leverage is not None:
            await self._set_leverage(wire, listing, str(terms.leverage))
        return kept

    async def _set_leverage(self, wire: Wire, listing: Listing, leverage: str) -> None:
        query = {
            "category": "linear",
            "symbol": listing.market_id,
            "buyLeverage": leverage,
            "sellLeverage": leverage,
        }
        try:
            await wire.call(Request("private", "POST", "v5/position/set-leverage", query))
        except Rejection as rejection:
            if rejection.code != codes.NOT_MODIFIED:
                raise

    async def place(
        self, wire: Wire, listing: Listing, order: PlaceOrder, claimed_at: datetime
    ) -> Placed:
        """The answer only announces it: the order may be rejected a moment later."""
        if order.trigger_price is not None and self.category == "spot":
            await self._refuse_passed(wire, listing, order)
        urgency = Urgency.EXIT if order.priority == 0 else Urgency.ENTRY
        wish = self._wish(wire, listing, order)
        request = Request("private", "POST", "v5/order/create", wish, orders=1, urgency=urgency)
        try:
            answer = await wire.call(request, claimed_at)
        except Rejection as rejection:
            if rejection.code in codes.DUPLICATE:
                # we send once, so the one that is there is this one
                raise Silence(str(rejection)) from rejection
            raise
        waits = order.order_type is OrderType.STOP or (
            order.order_type is OrderType.LIMIT and order.time_in_force is TimeInForce.GTC
        )
        state = None if waits else await self._look(wire, listing, order.id)
        return Placed(answer["result"]["orderId"], state)

    async def _refuse_passed(self, wire: Wire, listing: Listing, order: PlaceOrder) -> None:
        """A stop on spot has no direction: one the price has passed would wait for its return."""
        last = await self._last(wire, listing.market_id)
        trigger = order.trigger_price
        if last is None or trigger is None:
            return
        if last <= trigger if order.side is OrderSide.SELL else last >= trigger:
            text = f"{order.symbol} is at {plain(last)}, past the stop at {plain(trigger)}"
            raise Withheld(Verdict(RefusalCode.INVALID_ORDER, text))

    async def _look(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """What became of an order that does not wait, if that can be had at once."""
        try:
            async with asyncio.timeout(limits.BYBIT_LOOK_S):
                return await self._listed(wire, listing, order_id, "v5/order/realtime")
        except (Failure, TimeoutError):
            return None

    def _wish(self, wire: Wire, listing: Listing, order: PlaceOrder) -> dict[str, Any]:
        spot = self.category == "spot"
        wish: dict[str, Any] = {
            "category": self.category,
            "symbol": listing.market_id,
            "side": order.side.value.capitalize(),
            "orderType": "Limit" if order.order_type is OrderType.LIMIT else "Market",
            "qty": plain(order.quantity),
            "orderLinkId": order.id,
        }
        if order.order_type is OrderType.LIMIT and order.price is not None:
            wish["price"] = plain(order.price)
            wish["timeInForce"] = "IOC" if order.time_in_force is TimeInForce.IOC else "GTC"
        elif spot:
            wish["marketUnit"] = "baseCoin"
        if order.trigger_price is not None:
            wish["triggerPrice"] = plain(order.trigger_price)
            if spot:
                wish["orderFilter"] = "StopOrder"
            else:
                wish["triggerDirection"] = 1 if order.side is OrderSide.BUY else 2
                wish["triggerBy"] = "LastPrice"
        if spot:
            wish["isLeverage"] = 0
            return wish
        if order.reduce_only:
            wish["reduceOnly"] = True
        if wire.mode is PositionMode.HEDGE:
            long = (order.side is OrderSide.BUY) != order.reduce_only
            wish["positionIdx"] = 1 if long else 2
        return wish

    async def cancel(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """The answer only announces it too, so the end is looked for."""
        order = None
        for stop in (False, True) if self.category == "spot" else (False,):
            announced = await self._announce_cancel(wire, listing, order_id, stop)
            order = await self._ended(wire, listing, order_id, announced)
            if announced or order is None or order.status not in WORKING:
                break
        return order

    async def _announce_cancel(
        self, wire: Wire, listing: Listing, order_id: str, stop: bool
    ) -> bool:
        """False when there is nothing (any more) to cancel under this filter."""
        query = {"category": self.category, "symbol": listing.market_id, "orderLinkId": order_id}
        if self.category == "spot":
            query["orderFilter"] = "StopOrder" if stop else "Order"
        request = Request(
            "private", "POST", "v5/order/cancel", query, orders=1, urgency=Urgency.EXIT
        )
        try:
            await wire.call(request)
        except Rejection as rejection:
            if rejection.code in codes.OVER:
                return False
            raise
        return True

    async def _ended(
        self, wire: Wire, listing: Listing, order_id: str, announced: bool
    ) -> Found | None:
        order = await self.find(wire, listing, order_id)
        for _ in range(limits.BYBIT_CANCEL_LOOKS - 1):
            if not announced or (order is not None and order.status not in WORKING):
                break
            await wire.net.clock.sleep(limits.BYBIT_CANCEL_LOOK_S)
            order = await self.find(wire, listing, order_id)
        if announced and order is None:
            raise Silence(f"the cancel of {order_id} was announced, the order is not to be seen")
        return order

    async def find(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """Realtime, then history, then executions: an order only ever moves that way."""
        for path in ("v5/order/realtime", "v5/order/history"):
            listed = await self._listed(wire, listing, order_id, path)
            if listed is not None:
                return listed
        return rows.executed(await executions.of_order(wire, self.category, order_id))

    async def _listed(self, wire: Wire, listing: Listing, order_id: str, path: str) -> Found | None:
        query = {
            "category": self.category,
            "symbol": listing.market_id,
            "orderLinkId": order_id,
        }
        answer = await wire.call(Request("private", "GET", path, query, urgency=Urgency.EXIT))
        row = next((r for r in answer["result"]["list"] if r.get("orderLinkId") == order_id), None)
        order = None if row is None else rows.found(row)
        if row is not None and order is None:
            raise Silence(f"an order in a state we do not know: {row['orderStatus']}")
        return order

    async def client_id(self, wire: Wire, _listing: Listing, venue_order_id: str) -> str | None:
        """Every execution carries it, so nobody need ask; told all the same."""
        query = {"category": self.category, "orderId": venue_order_id}
        for path in ("v5/order/realtime", "v5/order/history"):
            answer = await wire.call(Request("private", "GET", path, query))
            for row in answer["result"]["list"]:
                return row.get("orderLinkId") or None
        return None

    async def open_orders(self, wire: Wire) -> tuple[OpenOrder, ...]:
        found: list[OpenOrder] = []
        for query in self._settled(_PAGE):
            listed = self._all(wire, "private", "v5/order/realtime", query)
            found.extend(
                [
                    rows.open_order(row, wire.net.symbol(row["symbol"]))
                    async for row in listed
                    if rows.status(row) in WORKING
                ]
            )
        return tuple(found)

    # --- money -------------------------------------------------------------------------------

    async def positions(self, wire: Wire, symbols: tuple[str, ...]) -> tuple[Held, ...]:
        if self.category == "spot":
            return await self._balances(wire, symbols)
        held: dict[str, Decimal] = {}
        for query in self._settled(_POSITIONS_PAGE):
            async for row in self._all(wire, "private", "v5/position/list", query):
                symbol = wire.net.symbol(row["symbol"])
                held[symbol] = held.get(symbol, rows.ZERO) + rows.signed_size(row)
        return tuple(Held(symbol, size) for symbol, size in held.items() if size)

    async def _balances(self, wire: Wire, symbols: tuple[str, ...]) -> tuple[Held, ...]:
        coins = {row["coin"]: row for row in (await self._account(wire))["coin"]}
        held = []
        for symbol in symbols:
            listing = wire.net.listing(symbol)
            row = coins.get(listing.instrument.base) if listing else None
            if row is not None and (balance := number(row, "walletBalance")):
                held.append(Held(symbol, balance))
        return tuple(held)

    async def wallet(self, wire: Wire) -> Wallet:
        """Spot counts the dollars it can spend; contracts what the account lends on."""
        account = await self._account(wire)
        assets = {row["coin"]: number(row, "walletBalance") for row in account["coin"]}
        dollars = [row for row in account["coin"] if row["coin"] in DOLLARS]
        cash = sum((number(row, "walletBalance") for row in dollars), rows.ZERO)
        free_of = dict.fromkeys(DOLLARS, rows.ZERO)
        free_of.update((row["coin"], rows.free(row)) for row in dollars)
        free = sum(free_of.values(), rows.ZERO)
        # the totals are empty in isolated margin mode
        if self.category == "linear" and account.get("totalAvailableBalance"):
            free = number(account, "totalAvailableBalance")
            cash = number(account, "totalWalletBalance")
        alone = free_of if self.category == "spot" else {}
        return Wallet(max(free, rows.ZERO), cash, assets, wire.net.clock.now(), alone)

    async def _account(self, wire: Wire) -> Row:
        query = {"accountType": "UNIFIED"}
        answer = await wire.call(Request("private", "GET", "v5/account/wallet-balance", query))
        account: Row = answer["result"]["list"][0]
        return account

    # --- what happened -----------------------------------------------------------------------

    async def mark(self, wire: Wire, _listing: Listing | None) -> str:
        return str(executions.Mark(rows.millis(wire.net.venue_time(wire.net.clock.now()))))

    async def trades(self, wire: Wire, _listing: Listing | None, mark: str) -> Page:
        return await executions.trades(wire, self.category, mark)

    async def funding(self, wire: Wire, since: datetime) -> tuple[Payment, ...]:
        return () if self.category == "spot" else await executions.funding(wire, since)

    def speaker(self, wire: Wire) -> Speaker:
        return BybitSpeaker(wire, self.category)

    # --- pages -------------------------------------------------------------------------------

    def _settled(self, page: int) -> tuple[dict[str, str], ...]:
        """Contracts are listed by the coin they settle in; without one the venue refuses."""
        if self.category == "spot":
            return ({"limit": str(page)},)
        return tuple({"settleCoin": coin, "limit": str(page)} for coin in DOLLARS)

    async def _all(
        self, wire: Wire, api: str, path: str, query: Mapping[str, str]
    ) -> AsyncIterator[Row]:
        """Every row of a list, page after page."""
        cursor = ""
        while True:
            asked = {"category": self.category, **query, **({"cursor": cursor} if cursor else {})}
            answer = await wire.call(Request(api, "GET", path, asked))
            for row in answer["result"]["list"]:
                yield row
            cursor = answer["result"].get("nextPageCursor") or ""
            if not cursor or not answer["result"]["list"]:
                return
