"""Binance USD-M futures. Stops are conditional orders with endpoints of their own.

https://developers.binance.com/docs/derivatives/usds-margined-futures
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from engine.domain.commands import PlaceOrder
from engine.domain.words import MarginMode, MarketKind, OrderSide, OrderStatus, OrderType
from engine.venues.binance import codes, rows
from engine.venues.binance.common import BinanceBase, order_params, readdress
from engine.venues.binance.stream import LinearSpeaker
from engine.venues.exchange.budget import Urgency, urgency
from engine.venues.exchange.dialect import Limits, Listing, Payment, Placed, Terms
from engine.venues.exchange.failure import Rejection, Silence, margin_kept
from engine.venues.exchange.fees import QUOTED_IN
from engine.venues.exchange.rules import readable
from engine.venues.exchange.wire import Request, Wire
from engine.venues.keys import KeyCheck, PositionMode
from engine.venues.port import Found, Held, OpenOrder, Wallet
from foundation import limits
from foundation.money import plain

_API: Final = "fapiPrivate"
_RESTING: Final = frozenset({"NEW", "TRIGGERING"})
_OFF: Final = frozenset({"CANCELED", "EXPIRED", "REJECTED"})
_MARGIN: Final[Mapping[MarginMode, str]] = {"isolated": "ISOLATED", "cross": "CROSSED"}
ZERO: Final = Decimal(0)


class BinanceLinear(BinanceBase):
    """One-way and hedge mode; margin isolated or cross, symbol by symbol."""

    market: Final = MarketKind.LINEAR
    errors: Final = codes.LINEAR
    limits: Final = Limits(weight_per_minute=2_400, orders_per_10_s=300)
    exempt_reducers: Final = True
    public = "fapiPublic"
    private = _API
    trades_path = "userTrades"
    trades_weight = 5
    order_weight = 1
    all_orders_weight = 5

    def configure(self, client: Any, test_net: bool, address: str | None) -> None:
        """Futures have no test net any more, but demo trading with keys of its own."""
        if test_net:
            client.enable_demo_trading(True)
            client.urls["api"]["sapi"] = "https://demo-api.binance.com/sapi/v1"
        readdress(client, address)

    async def listings(self, wire: Wire) -> tuple[Listing, ...]:
        answer = await wire.call(Request("fapiPublic", "GET", "exchangeInfo"))
        found = (readable(rows.linear_listing, row) for row in answer["symbols"])
        return tuple(one for one in found if one is not None)

    async def check(self, wire: Wire) -> KeyCheck:
        """Position mode always; what the key may do, spot's address tells (not on demo)."""
        dual = await wire.call(Request(_API, "GET", "positionSide/dual", weight=30))
        mode = PositionMode.HEDGE if _true(dual["dualSidePosition"]) else PositionMode.ONE_WAY
        if wire.net.place.test_net:
            return KeyCheck(True, False, mode, ("demo trading",))
        allowed = await wire.call(Request("sapi", "GET", "account/apiRestrictions"))
        granted = sorted(name for name, value in allowed.items() if value is True)
        return KeyCheck(
            may_trade=bool(allowed.get("enableFutures")),
            may_withdraw=bool(allowed.get("enableWithdrawals", True)),
            position_mode=mode,
            permissions=tuple(granted),
        )

    async def prepare(self, wire: Wire, listing: Listing, terms: Terms) -> str:
        symbol, kept = {"symbol": listing.market_id}, ""
        if terms.margin_mode is not None:
            kept = await self._set_margin(wire, listing, terms.margin_mode)
        if terms.leverage is not None:
            query = {**symbol, "leverage": str(terms.leverage)}
            await wire.call(Request(_API, "POST", "leverage", query, urgency=Urgency.EXIT))
        return kept

    async def _set_margin(self, wire: Wire, listing: Listing, mode: MarginMode) -> str:
        """A refusal does not say what the mode is (-4067 comes for one that is right as well)."""
        query = {"symbol": listing.market_id, "marginType": _MARGIN[mode]}
        try:
            await wire.call(Request(_API, "POST", "marginType", query, urgency=Urgency.EXIT))
        except Rejection as rejection:
            if rejection.code == codes.SO_ALREADY:
                return ""
            if rejection.code not in codes.MARGIN_KEPT:
                raise
            query = {"symbol": listing.market_id}
            request = Request(_API, "GET", "symbolConfig", query, 5, urgency=Urgency.EXIT)
            for row in await wire.call(request):
                if row["symbol"] == listing.market_id and row["marginType"] == _MARGIN[mode]:
                    return ""
            return margin_kept(self.errors.title, mode, rejection)
        return ""

    async def place(
        self, wire: Wire, listing: Listing, order: PlaceOrder, claimed_at: datetime
    ) -> Placed:
        params = order_params(listing, order) | _direction(order, wire.mode)
        if order.order_type is OrderType.STOP:
            return await self._place_stop(wire, order, params, claimed_at)
        params["newOrderRespType"] = "RESULT"
        request = Request(_API, "POST", "order", params, 1, 1, urgency(order))
        answer = await wire.call(request, claimed_at)
        return Placed(str(answer["orderId"]), rows.found(answer))

    async def cancel(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """As an order, then as a conditional one: a cancel does not say which it is."""
        off = await self.take_off(wire, listing, order_id)
        if off is not None:
            return off
        known = await self.ask(wire, listing, {"origClientOrderId": order_id})
        if known is not None:
            return rows.found(known)
        query = {"clientAlgoId": order_id}
        try:
            await wire.call(Request(_API, "DELETE", "algoOrder", query, urgency=Urgency.EXIT))
        except Rejection as rejection:
            if self.errors.verdict(rejection) is None:
                raise
        return await self.find(wire, listing, order_id)

    async def find(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        """Among orders, then among conditional ones."""
        found = await super().find(wire, listing, order_id)
        if found is not None:
            return found
        query = {"clientAlgoId": order_id}
        try:
            request = Request(_API, "GET", "algoOrder", query, urgency=Urgency.EXIT)
            row = await wire.call(request)
        except Rejection as rejection:
            if rejection.code not in (codes.NO_SUCH_ORDER, codes.UNKNOWN_ORDER):
                raise
            row = await self._among_all(wire, listing, order_id)
        return None if row is None else await self._conditional(wire, listing, row)

    async def client_id(self, wire: Wire, listing: Listing, venue_order_id: str) -> str | None:
        """Of a triggered stop it is that of the conditional order behind it."""
        known = await super().client_id(wire, listing, venue_order_id)
        for row in await self._all_conditional(wire, listing):
            if str(row.get("actualOrderId") or "") == venue_order_id:
                return str(row["clientAlgoId"])
        return known

    async def open_orders(self, wire: Wire) -> tuple[OpenOrder, ...]:
        plain_ones = await wire.call(Request(_API, "GET", "openOrders", weight=40))
        stops = await wire.call(Request(_API, "GET", "openAlgoOrders", weight=40))
        symbol = wire.net.symbol
        found = [rows.open_order(row, symbol(row["symbol"])) for row in plain_ones]
        return tuple(found + [_open_stop(row, symbol(row["symbol"])) for row in stops])

    async def positions(self, wire: Wire, symbols: tuple[str, ...]) -> tuple[Held, ...]:
        """All of them; long and short of a symbol in hedge mode are netted."""
        del symbols
        answer = await wire.call(
            Request("fapiPrivateV3", "GET", "positionRisk", weight=5, urgency=Urgency.ENTRY)
        )
        held: dict[str, Decimal] = {}
        for row in answer:
            symbol = wire.net.symbol(row["symbol"])
            held[symbol] = held.get(symbol, ZERO) + Decimal(row["positionAmt"])
        return tuple(Held(symbol, amount) for symbol, amount in held.items() if amount)

    async def wallet(self, wire: Wire) -> Wallet:
        """The dollars contracts settle in, whichever of the two coins they are."""
        request = Request("fapiPrivateV3", "GET", "account", weight=5, urgency=Urgency.ENTRY)
        answer = await wire.call(request)
        assets = {row["asset"]: row for row in answer["assets"]}
        held = {name: Decimal(row["walletBalance"]) for name, row in assets.items()}
        dollars = [name for name in QUOTED_IN if name in assets]
        total = sum((held[name] for name in dollars), ZERO)
        free_of = {name: Decimal(assets[name]["availableBalance"]) for name in dollars}
        free = min(sum(free_of.values(), ZERO), max(total, ZERO))
        kept = {name: amount for name, amount in held.items() if amount}
        # in multi-assets mode each coin tells what all of them together leave
        return Wallet(free, total, kept, wire.net.clock.now(), free_of)

    async def funding(self, wire: Wire, since: datetime) -> tuple[Payment, ...]:
        query = {
            "incomeType": "FUNDING_FEE",
            "startTime": str(rows.millis(since)),
            "limit": str(limits.VENUE_TRADES_PAGE),
        }
        answer = await wire.call(Request(_API, "GET", "income", query, 30))
        paid = [
            Payment(
                id=f"{row['symbol']}:{row['tranId']}",
                symbol=wire.net.symbol(row["symbol"]),
                amount=Decimal(row["income"]),
                asset=row["asset"],
                at=rows.moment(row["time"]),
            )
            for row in answer
        ]
        return tuple(sorted(paid, key=lambda one: one.at))

    def speaker(self, wire: Wire) -> LinearSpeaker:
        return LinearSpeaker(wire)

    async def _place_stop(
        self, wire: Wire, order: PlaceOrder, params: dict[str, str], claimed_at: datetime
    ) -> Placed:
        client_id = params.pop("newClientOrderId")
        params |= {
            "algoType": "CONDITIONAL",
            "type": "STOP_MARKET",
            "triggerPrice": plain(order.trigger_price or ZERO),
            "workingType": "CONTRACT_PRICE",
            "clientAlgoId": client_id,
        }
        request = Request(_API, "POST", "algoOrder", params, 1, 1, urgency(order))
        answer = await wire.call(request, claimed_at)
        return Placed(f"algo:{answer['algoId']}")

    async def _conditional(self, wire: Wire, listing: Listing, row: Any) -> Found:
        status, name = str(row["algoStatus"]), f"algo:{row['algoId']}"
        actual = str(row.get("actualOrderId") or "")
        if actual:
            known = await self.ask(wire, listing, {"orderId": actual})
            if known is not None:
                return rows.found(known)
        if status in _RESTING:
            return Found(OrderStatus.OPEN, name, ZERO)
        if status in _OFF:
            return Found(OrderStatus.CANCELLED, name, ZERO)
        raise Silence(f"a conditional order in the state {status!r} without its order")

    async def _among_all(self, wire: Wire, listing: Listing, order_id: str) -> Any:
        for row in await self._all_conditional(wire, listing):
            if row["clientAlgoId"] == order_id:
                return row
        return None

    async def _all_conditional(self, wire: Wire, listing: Listing) -> Any:
        query = {"symbol": listing.market_id, "limit": str(limits.VENUE_TRADES_PAGE)}
        request = Request(_API, "GET", "allAlgoOrders", query, 5, urgency=Urgency.EXIT)
        return await wire.call(request)


def _direction(order: PlaceOrder, mode: PositionMode) -> dict[str, str]:
    """In hedge mode the side of the position says whether an order reduces."""
    if mode is PositionMode.ONE_WAY:
        return {"reduceOnly": "true"} if order.reduce_only else {}
    long = (order.side is OrderSide.BUY) != order.reduce_only
    return {"positionSide": "LONG" if long else "SHORT"}


def _open_stop(row: Any, symbol: str) -> OpenOrder:
    return OpenOrder(
        order_id=row.get("clientAlgoId") or None,
        venue_order_id=f"algo:{row['algoId']}",
        symbol=symbol,
        side=OrderSide(row["side"].lower()),
        quantity=Decimal(row["quantity"]),
        filled=ZERO,
        price=None,
    )


def _true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
