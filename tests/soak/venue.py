"""The venue of the soak: the port over HTTP, knowing only what came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import aiohttp

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import Fee
from engine.domain.instrument import Instrument
from engine.domain.words import OrderSide, OrderStatus
from engine.store.codec import encode_command
from engine.venues.port import (
    Absent,
    Accepted,
    Cancelled,
    Ended,
    Fill,
    Found,
    Held,
    OpenOrder,
    OutcomeUnknown,
    Refused,
    Report,
    VenueHealth,
    Wallet,
)
from foundation.errors import Unavailable
from tests.sim import script
from tests.soak.wire import CLOCK

TIMEOUT = aiohttp.ClientTimeout(total=2)
PLENTY = Decimal(1_000_000)


class WireVenue:
    """A `Venue`; every failure on the wire is an unknown outcome."""

    name = "soak"

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self._url = url
        self._session = session

    async def instruments(self) -> Mapping[str, Instrument]:
        return script.instruments(shorts=True)

    async def place(
        self, account_id: str, order: PlaceOrder, claimed_at: datetime
    ) -> Accepted | Refused | OutcomeUnknown:
        body = {
            "account": account_id,
            "order": encode_command(order).decode(),
            "claimed_at": claimed_at.isoformat(),
        }
        answer = await self._ask("post", "/place", json=body)
        if isinstance(answer, OutcomeUnknown):
            return answer
        if "refused" in answer:
            return Refused(answer["refused"], "It came too late.", final=False, retry_after=1)
        return Accepted(answer["accepted"])

    async def cancel(
        self, account_id: str, command: CancelOrder
    ) -> Cancelled | Refused | OutcomeUnknown:
        body = {"account": account_id, "order_id": command.order_id}
        answer = await self._ask("post", "/cancel", json=body)
        if isinstance(answer, OutcomeUnknown):
            return answer
        if "refused" in answer:
            return Refused(answer["refused"], "No such order.")
        return Cancelled(Decimal(answer["filled"]))

    async def find(
        self, account_id: str, order_id: str, symbol: str
    ) -> Found | Absent | OutcomeUnknown:
        answer = await self._ask(
            "get", "/find", params={"account": account_id, "order_id": order_id}
        )
        if isinstance(answer, OutcomeUnknown):
            return answer
        if "absent" in answer:
            return Absent()
        return Found(OrderStatus(answer["status"]), answer["venue_id"], Decimal(answer["filled"]))

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        answer = await self._read("/fills", account=account_id, cursor=cursor)
        return tuple(_report(row) for row in answer["reports"]), answer["cursor"]

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        answer = await self._read("/working", account=account_id)
        return tuple(
            OpenOrder(
                order_id=row["order_id"],
                venue_order_id=row["venue_id"],
                symbol=row["symbol"],
                side=OrderSide(row["side"]),
                quantity=Decimal(row["quantity"]),
                filled=Decimal(row["filled"]),
                price=None if row["price"] is None else Decimal(row["price"]),
            )
            for row in answer["orders"]
        )

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        answer = await self._read("/working", account=account_id)
        return tuple(Held(symbol, Decimal(n)) for symbol, n in sorted(answer["held"].items()))

    async def wallet(self, account_id: str) -> Wallet:
        return Wallet(PLENTY, PLENTY, {}, CLOCK.now())

    def health(self) -> VenueHealth:
        return VenueHealth(True, None, None, None, None, None, "")

    async def prices(self) -> Mapping[str, Decimal]:
        """The last price of every symbol. Raises Unavailable."""
        answer = await self._read("/prices")
        return {symbol: Decimal(price) for symbol, price in answer.items()}

    async def _read(self, path: str, **query: str) -> Any:
        answer = await self._ask("get", path, params=query)
        if isinstance(answer, OutcomeUnknown):
            raise Unavailable(f"the venue does not answer: {answer.reason}")
        return answer

    async def _ask(self, method: str, path: str, **given: Any) -> Any:
        try:
            asked = self._session.request(method, self._url + path, timeout=TIMEOUT, **given)
            async with asked as response:
                if response.status != 200:
                    return OutcomeUnknown(str(response.status))
                return await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            return OutcomeUnknown(type(error).__name__)


def _report(row: Mapping[str, str]) -> Report:
    if "ended" in row:
        return Ended(row["ended"], Decimal(row["filled"]))
    return Fill(
        order_id=row["order_id"],
        trade_id=row["trade_id"],
        quantity=Decimal(row["quantity"]),
        price=Decimal(row["price"]),
        fee_usd=Decimal(row["fee_usd"]),
        fee_in_base=Decimal(row["fee_in_base"]),
        venue_time=datetime.fromisoformat(row["venue_time"]),
        fee=Fee(Decimal(row["fee_usd"]), "USDT", Decimal(1)),
    )
