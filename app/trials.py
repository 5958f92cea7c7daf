"""What the sandbox page may do to the real house: send a test alert, move the simulated market."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Literal

from engine.api.front import Front
from engine.market.simulated import SimulatedFeed
from foundation.money import plain
from foundation.people import People


class TestAlerts:
    """Sends a real alert through the person's own hook; they join on their first one."""

    __test__ = False  # not a test class, whatever its name suggests to pytest

    def __init__(self, front: Front, people: People) -> None:
        self._front = front
        self._people = people

    async def __call__(self, telegram_id: int, side: str, symbol: str) -> Mapping[str, Any]:
        user = await self._people.by_telegram(telegram_id)
        if user is None:
            user = await self._people.ensure(telegram_id, f"User {telegram_id}", None, None)
        account = await self._front.accounts.ensure_paper(user.id)
        wanted: Literal["long", "short"] = "short" if side == "short" else "long"
        receipt = await self._front.signals.send_test(user.id, account.id, symbol, wanted)
        shown = asdict(receipt)
        shown["received_at"] = receipt.received_at.isoformat()
        return shown


class SimulatedMarket:
    """Reads and sets the prices of the simulated feed."""

    def __init__(self, front: Front, feed: SimulatedFeed) -> None:
        self._front = front
        self._feed = feed

    async def prices(self) -> dict[str, str]:
        return {quote.symbol: plain(quote.price) for quote in await self._front.markets.quotes()}

    async def set_price(self, symbol: str, price: Decimal) -> None:
        """Raises InvalidInput for a symbol that is not simulated."""
        await self._feed.set_price(symbol, price)
