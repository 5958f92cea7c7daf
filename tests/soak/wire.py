"""The exchange over HTTP: takes an order, then may answer late, wrongly or not at all."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from aiohttp import web

from engine.domain.commands import PlaceOrder
from engine.store.codec import decode_command
from engine.venues.paper.match import Terms
from engine.venues.port import Ended, Fill
from foundation import limits
from foundation.clock import WallClock
from foundation.money import plain
from tests.sim import script
from tests.sim.exchange import Exchange

CLOCK = WallClock()
WINDOW = timedelta(seconds=limits.ORDER_VALIDITY_S)
#: How often each thing goes wrong with a request that was carried out.
SILENT, RESET, ERROR, LATE = 0.06, 0.06, 0.06, 0.06


class Wire:
    """One exchange for all accounts; ``healed`` ends all faults, but not for the ``unanswered``."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.healed = False
        self.unanswered: frozenset[str] = frozenset()
        self.faults: Counter[str] = Counter()
        self.landed: asyncio.Event = asyncio.Event()
        self.taken: Callable[[str, PlaceOrder], None] = lambda *_: None
        self.exchange = Exchange(
            rng=rng,
            instruments=script.instruments(shorts=True),
            terms=Terms(fill_fraction=Decimal("0.5")),
            fee_in_base=False,
            report_delay=0.0,
            now=CLOCK.now,
            monotonic=time.monotonic,
            prices=dict(script.START_PRICES),
        )
        self.app = web.Application()
        self.app.router.add_post("/place", self._place)
        self.app.router.add_post("/cancel", self._cancel)
        self.app.router.add_get("/find", self._find)
        self.app.router.add_get("/fills", self._fills)
        self.app.router.add_get("/working", self._working)
        self.app.router.add_get("/prices", self._prices)

    def move(self) -> None:
        """The market trades once more."""
        for symbol in script.SYMBOLS:
            price = script.next_price(self.rng, symbol, self.exchange.prices[symbol])
            self.exchange.trade(symbol, price)

    async def _place(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        order = decode_command(asked["order"])
        assert isinstance(order, PlaceOrder)
        await self._travel(asked["account"])
        if CLOCK.now() > datetime.fromisoformat(asked["claimed_at"]) + WINDOW:
            self.faults["dropped as late"] += 1
            return web.json_response({"refused": "too_late"})
        placed = self.exchange.accept(asked["account"], order)
        self.landed.set()
        self.taken(asked["account"], order)
        return await self._answer(request, {"accepted": placed.venue_id})

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        await self._travel(asked["account"])
        placed = self.exchange.known(asked["account"], asked["order_id"])
        if placed is None:
            return await self._answer(request, {"refused": "unknown_order"})
        self.exchange.cancel(placed)
        return await self._answer(request, {"filled": plain(placed.filled)})

    async def _find(self, request: web.Request) -> web.StreamResponse:
        placed = self.exchange.known(request.query["account"], request.query["order_id"])
        if placed is None:
            return await self._answer(request, {"absent": True})
        found = {
            "status": placed.status.value,
            "venue_id": placed.venue_id,
            "filled": plain(placed.filled),
        }
        return await self._answer(request, found)

    async def _fills(self, request: web.Request) -> web.StreamResponse:
        start = int(request.query["cursor"] or 0)
        reports = self.exchange.reports.get(request.query["account"], [])
        rows = [_row(report) for report in reports[start:]]
        return await self._answer(request, {"reports": rows, "cursor": str(start + len(rows))})

    async def _working(self, request: web.Request) -> web.StreamResponse:
        account = request.query["account"]
        rows = [
            {
                "order_id": one.order.id,
                "venue_id": one.venue_id,
                "symbol": one.order.symbol,
                "side": one.order.side.value,
                "quantity": plain(one.order.quantity),
                "filled": plain(one.filled),
                "price": None if one.order.price is None else plain(one.order.price),
            }
            for one in self.exchange.orders
            if one.account_id == account and one.working
        ]
        held = {
            symbol: plain(quantity)
            for (owner, symbol), quantity in self.exchange.positions.items()
            if owner == account and quantity
        }
        return await self._answer(request, {"orders": rows, "held": held})

    async def _prices(self, request: web.Request) -> web.Response:
        return web.json_response({s: plain(p) for s, p in self.exchange.prices.items()})

    async def _travel(self, account_id: str) -> None:
        if account_id in self.unanswered:
            await asyncio.sleep(limits.VENUE_TIMEOUT_S)
        if not self.healed and self.rng.random() < LATE:
            self.faults["late"] += 1
            await asyncio.sleep(self.rng.uniform(0.5, 7))

    async def _answer(self, request: web.Request, body: Any) -> web.StreamResponse:
        """The answer, or what becomes of it on the way."""
        luck = 1.0 if self.healed else self.rng.random()
        if luck < SILENT:
            self.faults["no answer"] += 1
            await asyncio.sleep(limits.VENUE_TIMEOUT_S + 1)
        elif luck < SILENT + RESET:
            self.faults["reset"] += 1
            if request.transport is not None:
                request.transport.abort()
        elif luck < SILENT + RESET + ERROR:
            self.faults["502"] += 1
            return web.json_response({}, status=502)
        return web.json_response(body)


def _row(report: object) -> dict[str, str]:
    if isinstance(report, Ended):
        return {"ended": report.order_id, "filled": plain(report.filled_quantity)}
    assert isinstance(report, Fill)
    return {
        "order_id": report.order_id,
        "trade_id": report.trade_id,
        "quantity": plain(report.quantity),
        "price": plain(report.price),
        "fee_usd": plain(report.fee_usd),
        "fee_in_base": plain(report.fee_in_base),
        "venue_time": report.venue_time.isoformat(),
    }
