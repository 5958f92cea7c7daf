"""What spot and futures share at Binance: addresses, errors, orders by client id, trades."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from engine.domain.commands import PlaceOrder
from engine.domain.words import OrderType
from engine.venues.binance import codes, rows
from engine.venues.exchange.budget import Urgency
from engine.venues.exchange.dialect import Listing, Page
from engine.venues.exchange.failure import Rejection
from engine.venues.exchange.wire import Request, Wire
from engine.venues.port import Found
from foundation import limits
from foundation.money import plain


class BinanceBase:
    """Half of a dialect; ``public`` and ``private`` are ccxt's words for the endpoint groups."""

    public: str
    private: str
    trades_path: str
    trades_weight: float
    order_weight: float
    all_orders_weight: float
    archived: str = ""
    """The code of an order that ended without a fill long ago, where there is one."""
    by_symbol: Final = True
    margin_of_account: Final = False

    def read_error(self, status: int, body: Any, headers: Mapping[str, str]) -> Rejection | None:
        return codes.read_error(status, body, headers)

    def used_weight(self, headers: Mapping[str, str]) -> float | None:
        return codes.used_weight(headers)

    async def server_time(self, wire: Wire) -> datetime:
        answer = await wire.call(Request(self.public, "GET", "time", urgency=Urgency.EXIT))
        return rows.moment(answer["serverTime"])

    async def rate(self, wire: Wire, asset: str) -> Decimal | None:
        """The last price of an asset in USDT."""
        query = {"symbol": f"{asset}USDT"}
        answer = await wire.call(Request(self.public, "GET", "ticker/price", query, 2))
        return Decimal(answer["price"])

    async def find(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """By client id; when that finds nothing, open and all orders must agree."""
        known = await self.ask(wire, listing, {"origClientOrderId": order_id})
        if known is not None:
            return rows.found(known)
        query = {"symbol": listing.market_id}
        requests = (
            Request(self.private, "GET", "openOrders", query, 6, urgency=Urgency.EXIT),
            Request(
                self.private,
                "GET",
                "allOrders",
                {**query, "limit": limits.VENUE_TRADES_PAGE},
                self.all_orders_weight,
                urgency=Urgency.EXIT,
            ),
        )
        for request in requests:
            for row in await wire.call(request):
                if row["clientOrderId"] == order_id:
                    return rows.found(row)
        return None

    async def ask(self, wire: Wire, listing: Listing, by: Mapping[str, str]) -> Any:
        """An order's row, None when Binance says that there is none."""
        query = {"symbol": listing.market_id, **by}
        request = Request(
            self.private, "GET", "order", query, self.order_weight, urgency=Urgency.EXIT
        )
        try:
            return await wire.call(request)
        except Rejection as rejection:
            if rejection.code == self.archived:
                return {"status": "CANCELED", "orderId": "archived", "executedQty": "0"}
            if rejection.code != codes.NO_SUCH_ORDER:
                raise
        return None

    async def take_off(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """Cancel by client id; None when there was nothing to cancel (any more)."""
        query = {"symbol": listing.market_id, "origClientOrderId": order_id}
        request = Request(self.private, "DELETE", "order", query, urgency=Urgency.EXIT)
        try:
            return rows.found(await wire.call(request))
        except Rejection as rejection:
            if rejection.code != codes.UNKNOWN_ORDER:
                raise
        return None

    async def client_id(self, wire: Wire, listing: Listing, venue_order_id: str) -> str | None:
        row = await self.ask(wire, listing, {"orderId": venue_order_id})
        return None if row is None else row.get("clientOrderId")

    async def mark(self, wire: Wire, listing: Listing | None) -> str:
        """The number of the next trade."""
        last = await self._trades(wire, listing, {"limit": "1"})
        return str(int(last[-1]["id"]) + 1) if last else "0"

    async def trades(self, wire: Wire, listing: Listing | None, mark: str) -> Page:
        size = limits.VENUE_TRADES_PAGE
        found = await self._trades(wire, listing, {"fromId": mark, "limit": str(size)})
        if not found or listing is None:
            return Page((), mark)
        symbol = listing.instrument.symbol
        trades = tuple(rows.trade(row, symbol) for row in found)
        return Page(trades, str(int(found[-1]["id"]) + 1), len(found) >= size)

    async def _trades(self, wire: Wire, listing: Listing | None, query: Mapping[str, str]) -> Any:
        assert listing is not None, "Binance tells trades by symbol"
        full = {"symbol": listing.market_id, **query}
        request = Request(self.private, "GET", self.trades_path, full, self.trades_weight)
        found = await wire.call(request)
        return sorted(found, key=lambda row: int(row["id"]))


def order_params(listing: Listing, order: PlaceOrder) -> dict[str, str]:
    """What limit and market orders say in both markets."""
    params = {
        "symbol": listing.market_id,
        "side": order.side.value.upper(),
        "type": order.order_type.value.upper(),
        "quantity": plain(order.quantity),
        "newClientOrderId": order.id,
    }
    if order.order_type is OrderType.LIMIT and order.price is not None:
        params |= {"price": plain(order.price), "timeInForce": order.time_in_force.value.upper()}
    return params


def readdress(client: Any, address: str | None) -> None:
    """Put another host in place of the exchange's; paths stay as they are."""
    if address is None:
        return
    for name, url in client.urls["api"].items():
        if isinstance(url, str):
            client.urls["api"][name] = address + urlsplit(url).path


def signed(client: Any, payload: str) -> str:
    """A signature for messages outside of REST, with whatever kind of key it is."""
    secret = client.secret
    if "PRIVATE KEY" not in secret:
        return str(client.hmac(payload.encode(), secret.encode(), hashlib.sha256))
    if len(secret) > 120:
        return str(client.rsa(payload, secret, "sha256"))
    return str(client.eddsa(payload.encode(), secret, "ed25519"))
