"""Binance spot.

https://developers.binance.com/docs/binance-spot-api-docs/rest-api
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from engine.domain.commands import PlaceOrder
from engine.domain.words import MarketKind, OrderSide, OrderType
from engine.venues.binance import codes, rows
from engine.venues.binance.common import BinanceBase, order_params, readdress
from engine.venues.binance.stream import SpotSpeaker
from engine.venues.exchange.budget import Urgency, urgency
from engine.venues.exchange.dialect import Limits, Listing, Payment, Placed, Terms
from engine.venues.exchange.fees import DOLLARS, QUOTED_IN
from engine.venues.exchange.rules import readable
from engine.venues.exchange.wire import Request, Wire
from engine.venues.keys import KeyCheck
from engine.venues.port import Found, Held, OpenOrder, Wallet
from foundation.money import ceil_to_step, floor_to_step, plain

_STOP_SLIP: Final = Decimal("0.05")
"""How far a stop that must carry a limit may slip, where a symbol takes no stop at market."""
ZERO: Final = Decimal(0)


class BinanceSpot(BinanceBase):
    """A stop is a STOP_LOSS, or a STOP_LOSS_LIMIT with room where the symbol takes no other."""

    market: Final = MarketKind.SPOT
    errors: Final = codes.SPOT
    limits: Final = Limits(weight_per_minute=6_000, orders_per_10_s=100)
    exempt_reducers: Final = False
    public = "public"
    private = "private"
    trades_path = "myTrades"
    trades_weight = 20
    order_weight = 4
    all_orders_weight = 20
    archived = codes.ARCHIVED

    def configure(self, client: Any, test_net: bool, address: str | None) -> None:
        client.set_sandbox_mode(test_net)
        if test_net and address is not None:
            client.urls["api"]["sapi"] = "https://api.binance.com/sapi/v1"
        readdress(client, address)

    async def listings(self, wire: Wire) -> tuple[Listing, ...]:
        query = {"showPermissionSets": "false"}  # they are most of the answer
        answer = await wire.call(Request("public", "GET", "exchangeInfo", query, 20))
        found = (readable(rows.spot_listing, row) for row in answer["symbols"])
        return tuple(one for one in found if one is not None)

    async def check(self, wire: Wire) -> KeyCheck:
        """A test net does not tell what a key may do; money cannot leave it either."""
        account = await self._account(wire)
        if wire.net.place.test_net:
            return KeyCheck(bool(account["canTrade"]), False, permissions=("test net",))
        request = Request("sapi", "GET", "account/apiRestrictions")
        allowed = await wire.call(request)
        granted = sorted(name for name, value in allowed.items() if value is True)
        return KeyCheck(
            may_trade=bool(account["canTrade"] and allowed.get("enableSpotAndMarginTrading")),
            may_withdraw=bool(allowed.get("enableWithdrawals", True)),
            permissions=tuple(granted),
        )

    async def prepare(self, _wire: Wire, _listing: Listing, _terms: Terms) -> str:
        """Nothing goes before a spot order."""
        return ""

    async def place(
        self, wire: Wire, listing: Listing, order: PlaceOrder, claimed_at: datetime
    ) -> Placed:
        params = order_params(listing, order) | {"newOrderRespType": "FULL"}
        if order.order_type is OrderType.STOP:
            params |= _stop(listing, order)
        request = Request("private", "POST", "order", params, 1, 1, urgency(order))
        answer = await wire.call(request, claimed_at)
        state = rows.found(answer) if "status" in answer else None
        return Placed(str(answer["orderId"]), state)

    async def cancel(self, wire: Wire, listing: Listing, order_id: str) -> Found | None:
        off = await self.take_off(wire, listing, order_id)
        return off or await self.find(wire, listing, order_id)

    async def open_orders(self, wire: Wire) -> tuple[OpenOrder, ...]:
        answer = await wire.call(Request("private", "GET", "openOrders", weight=80))
        return tuple(rows.open_order(row, wire.net.symbol(row["symbol"])) for row in answer)

    async def positions(self, wire: Wire, symbols: tuple[str, ...]) -> tuple[Held, ...]:
        assets = _balances(await self._account(wire))
        held = []
        for symbol in symbols:
            listing = wire.net.listing(symbol)
            free, locked = assets.get(listing.instrument.base, (ZERO, ZERO)) if listing else (0, 0)
            if free + locked:
                held.append(Held(symbol, Decimal(free + locked)))
        return tuple(held)

    async def wallet(self, wire: Wire) -> Wallet:
        assets = _balances(await self._account(wire))
        total = {name: free + locked for name, (free, locked) in assets.items()}
        dollars = sum((total[name] for name in sorted(DOLLARS & total.keys())), ZERO)
        free = {name: assets.get(name, (ZERO, ZERO))[0] for name in QUOTED_IN}
        return Wallet(sum(free.values(), ZERO), dollars, total, wire.net.clock.now(), free)

    async def funding(self, wire: Wire, since: datetime) -> tuple[Payment, ...]:
        """Spot knows none."""
        del wire, since
        return ()

    def speaker(self, wire: Wire) -> SpotSpeaker:
        return SpotSpeaker(wire)

    async def _account(self, wire: Wire) -> Any:
        query = {"omitZeroBalances": "true"}
        request = Request("private", "GET", "account", query, 20, urgency=Urgency.ENTRY)
        return await wire.call(request)


def _balances(account: Any) -> dict[str, tuple[Decimal, Decimal]]:
    rows_ = account["balances"]
    return {row["asset"]: (Decimal(row["free"]), Decimal(row["locked"])) for row in rows_}


def _stop(listing: Listing, order: PlaceOrder) -> dict[str, str]:
    trigger = order.trigger_price or ZERO
    params = {"type": "STOP_LOSS", "stopPrice": plain(trigger)}
    if "STOP_LOSS" in listing.order_types:
        return params
    tick = listing.instrument.tick
    if order.side is OrderSide.SELL:
        worst = max(floor_to_step(trigger * (1 - _STOP_SLIP), tick), tick)
    else:
        worst = ceil_to_step(trigger * (1 + _STOP_SLIP), tick)
    return params | {"type": "STOP_LOSS_LIMIT", "price": plain(worst), "timeInForce": "GTC"}
