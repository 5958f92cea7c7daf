"""The way to the exchange as one engine sees it: requests get lost, land late, lose replies."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.instrument import Instrument
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Found,
    Held,
    OpenOrder,
    OutcomeUnknown,
    Refused,
    Report,
    VenueHealth,
    Wallet,
)
from foundation import limits
from foundation.errors import Unavailable

if TYPE_CHECKING:
    from tests.sim.process import Process
    from tests.sim.world import World

WALLET_USD = Decimal(1_000_000)
WINDOW = timedelta(seconds=limits.ORDER_VALIDITY_S)


class SimVenue:
    """A `Venue`; every call is a place to be interrupted, and to die."""

    name = "sim"

    def __init__(self, world: World, process: Process) -> None:
        self._world = world
        self._process = process

    async def instruments(self) -> Mapping[str, Instrument]:
        await self._process.port("instruments")
        return self._world.exchange.instruments

    async def place(
        self, account_id: str, order: PlaceOrder, claimed_at: datetime
    ) -> Accepted | Refused | OutcomeUnknown:
        await self._process.port("place")
        return await self._request(lambda: self._land(account_id, order, claimed_at))

    async def cancel(
        self, account_id: str, command: CancelOrder
    ) -> Cancelled | Refused | OutcomeUnknown:
        await self._process.port("cancel")
        if self._world.faults.hit("cancel_fails"):
            return OutcomeUnknown("503")
        return await self._request(lambda: self._take_off(account_id, command.order_id))

    async def find(
        self, account_id: str, order_id: str, symbol: str
    ) -> Found | Absent | OutcomeUnknown:
        await self._process.port("find")
        if self._world.faults.hit("lookup_fails"):
            return OutcomeUnknown("502")
        placed = self._world.exchange.known(account_id, order_id)
        await self._process.port("found")
        if placed is None:
            return Absent()
        return Found(placed.status, placed.venue_id, placed.filled)

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        await self._process.port("fills")
        world, faults = self._world, self._world.faults
        if faults.hit("fills_fail"):
            raise Unavailable("the venue does not answer")
        start = int(cursor or 0)
        page = world.exchange.visible(account_id, world.loop.now)[start:]
        if page and faults.hit("fills_lag"):
            page = page[: world.rng.randrange(len(page))]
        reached = start + len(page)
        if start and faults.hit("fills_again"):
            page = world.exchange.reports[account_id][start - 1 : reached]
        if len(page) > 1 and faults.hit("fills_reordered"):
            page = page[:]
            world.rng.shuffle(page)
        await self._process.port("filled")
        return tuple(page), str(reached)

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        await self._asked("open_orders")
        others = tuple(self._world.exchange.others.get(account_id, ()))
        return others + tuple(
            OpenOrder(
                order_id=placed.order.id,
                venue_order_id=placed.venue_id,
                symbol=placed.order.symbol,
                side=placed.order.side,
                quantity=placed.order.quantity,
                filled=placed.filled,
                price=placed.order.price,
            )
            for placed in self._world.exchange.orders
            if placed.account_id == account_id and placed.working
        )

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        await self._asked("positions")
        return tuple(
            Held(symbol, quantity)
            for (owner, symbol), quantity in sorted(self._world.exchange.positions.items())
            if owner == account_id and quantity
        )

    async def wallet(self, account_id: str) -> Wallet:
        await self._asked("wallet")
        return Wallet(WALLET_USD, WALLET_USD, {}, self._world.truth())

    def health(self) -> VenueHealth:
        return VenueHealth(True, 1.0, 0.0, 0.0, 0.0, None, "")

    async def _asked(self, what: str) -> None:
        await self._process.port(what)
        if self._world.faults.hit("comparison_fails"):
            raise Unavailable("the venue does not answer")

    async def _request(self, land: Callable[[], Any]) -> Any:
        """Travel there and back. What the world does with the request outlives the sender."""
        world, faults = self._world, self._world.faults
        reply: asyncio.Future[Any] = world.loop.create_future()
        travel = world.rng.uniform(0.001, 0.05)
        if faults.hit("request_late"):
            travel += world.rng.uniform(0.5, 12)
        lost = faults.hit("request_lost")
        if not lost:
            world.loop.outside(travel, _answer, reply, land, faults.hit("reply_lost"))
        if faults.hit("venue_error"):
            await asyncio.sleep(world.rng.uniform(0.001, 0.1))
            return OutcomeUnknown("connection reset")
        patience = world.rng.choice((1, 3, 30))
        try:
            async with asyncio.timeout(patience):
                answer = await reply
        except TimeoutError:
            return OutcomeUnknown("timed out")
        await self._process.port("answer")
        return answer

    def _land(self, account_id: str, order: PlaceOrder, claimed_at: datetime) -> Any:
        world = self._world
        if world.truth() > claimed_at + WINDOW:
            world.faults.note("dropped_as_late")
            return None
        if world.faults.hit("refused"):
            code = world.rng.choice(("insufficient_funds", "filter", "rejected"))
            return Refused(code, "The venue does not want it.")
        if world.faults.hit("refused_for_now"):
            return Refused("rate_limited", "Too many requests.", final=False, retry_after=1)
        if not order.reduce_only and not world.exchange.instruments[order.symbol].tradable:
            return Refused("not_tradable", "The market is suspended.")
        world.check.landing(account_id, order)
        placed = world.exchange.accept(account_id, order)
        world.check.exchange()
        return Accepted(placed.venue_id)

    def _take_off(self, account_id: str, order_id: str) -> Any:
        placed = self._world.exchange.known(account_id, order_id)
        if placed is None:
            return Refused("unknown_order", "No such order.")
        counted, exchange = placed.filled, self._world.exchange
        entry = placed.working and not placed.order.reduce_only
        if entry and self._world.faults.hit("fill_crosses_cancel"):
            exchange.fill(placed)  # and the answer was on its way
        exchange.cancel(placed)
        return Cancelled(counted)


def _answer(reply: asyncio.Future[Any], land: Callable[[], Any], silent: bool) -> None:
    answer = land()
    if answer is not None and not silent and not reply.done():
        reply.set_result(answer)
