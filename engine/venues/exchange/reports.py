"""Reading an account's executions: a cursor, every page once, each fee in dollars.

The cursor is JSON: ``m`` marks by symbol, ``u`` fees still without a rate, ``f`` until when
funding was read, ``e`` which ends (of this process) were told. It is stored with the facts it
led to, so a crash repeats what was read and skips nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.domain.words import MarketKind
from engine.venues.exchange.desk import ALL, Desk
from engine.venues.exchange.dialect import Trade
from engine.venues.exchange.failure import Failure, Withheld
from engine.venues.exchange.fees import Rates, Unpriced, as_fill
from engine.venues.port import FeePriced, Fill, FundingTaken, Report, is_ours
from foundation import limits
from foundation.log import get_logger
from foundation.money import usd

_log = get_logger("engine.venues.reports")


@dataclass(slots=True)
class Cursor:
    """Where reading stands."""

    marks: dict[str, str] = field(default_factory=dict)
    unpriced: list[Unpriced] = field(default_factory=list)
    funded_until: datetime | None = None
    ends: tuple[str, int] = ("", 0)

    @classmethod
    def parse(cls, text: str) -> Cursor:
        if not text:
            return cls()
        found = json.loads(text)
        until = found.get("f")
        boot, count = found.get("e", ("", 0))
        return cls(
            marks=dict(found.get("m", {})),
            unpriced=[Unpriced(a, b, c, Decimal(d)) for a, b, c, d in found.get("u", ())],
            funded_until=None if until is None else datetime.fromtimestamp(until / 1000, UTC),
            ends=(boot, count),
        )

    def __str__(self) -> str:
        made: dict[str, Any] = {"m": self.marks}
        if self.unpriced:
            made["u"] = [
                [one.order_id, one.trade_id, one.asset, str(one.amount)] for one in self.unpriced
            ]
        if self.funded_until is not None:
            made["f"] = int(self.funded_until.timestamp() * 1000)
        if self.ends[1]:
            made["e"] = list(self.ends)
        return json.dumps(made, sort_keys=True, separators=(",", ":"))


class Reader:
    """Reads for one account. ``boot`` names this process's memory of ended orders."""

    def __init__(self, desk: Desk, rates: Rates, boot: str) -> None:
        self._desk = desk
        self._rates = rates
        self._boot = boot

    async def read(self, text: str) -> tuple[tuple[Report, ...], str]:
        """What is new since the cursor. Raises Failure, Unavailable."""
        cursor = Cursor.parse(text)
        reports: list[Report] = await self._price(cursor)
        known = await self._desk.known()
        if not known:
            return tuple(reports), text
        for symbol in self._due(known):
            try:
                await self._symbol(symbol, cursor, reports)
            except Withheld as held:
                self._desk.unread(symbol)
                _log.info("reading waits for the rate limit", reason=str(held))
                break
            except Failure:
                self._desk.unread(symbol)
                if reports:
                    break
                raise
        reports += self._ended(cursor)
        reports += await self._funding(cursor)
        return tuple(reports), str(cursor)

    def _due(self, known: dict[str, Any]) -> list[str]:
        names = list(known) if self._desk.dialect.by_symbol else [ALL]
        due = [name for name in names if self._desk.due(name)]
        return sorted(due, key=self._desk.longest_unread)

    async def _symbol(self, symbol: str, cursor: Cursor, reports: list[Report]) -> None:
        """Read page by page; what a page brought and its mark go in together."""
        desk = self._desk
        listing = None if symbol == ALL else desk.net.listing(symbol)
        if listing is None and symbol != ALL:
            return  # not listed any more: nothing can happen to it
        mark = cursor.marks.get(symbol) or await self._first_mark(symbol)
        desk.reading(symbol)
        for _ in range(limits.VENUE_PAGES_MAX):
            page = await desk.dialect.trades(desk.wire, listing, mark)
            told = [await self._fill(trade) for trade in page.trades]
            for fill, unpriced in [one for one in told if one is not None]:
                reports.append(fill)
                cursor.unpriced += [unpriced] if unpriced else []
            mark = cursor.marks[symbol] = page.mark
            if not page.more:
                return
        desk.unread(symbol)

    async def _first_mark(self, symbol: str) -> str:
        known = await self._desk.known()
        if symbol != ALL:
            return known[symbol].mark
        return min(known.values(), key=lambda one: one.since).mark

    async def _fill(self, trade: Trade) -> tuple[Fill, Unpriced | None] | None:
        """The fill, None for a trade that is not of one of our orders."""
        desk = self._desk
        listing = desk.net.listing(trade.symbol)
        if listing is None:
            return None
        order_id = trade.order_id
        if order_id is None:
            order_id = await desk.client_id(listing, trade.venue_order_id)
        if order_id is None or not is_ours(order_id):
            return None
        base = listing.instrument.base
        return await as_fill(trade, order_id, base, self._rates, desk.wire)

    async def _price(self, cursor: Cursor) -> list[Report]:
        reports: list[Report] = []
        waiting: list[Unpriced] = []
        for one in cursor.unpriced:
            rate = await self._rates.of(self._desk.wire, one.asset)
            if rate is None:
                waiting.append(one)
            else:
                worth = usd(one.amount * rate)
                reports.append(FeePriced(one.order_id, one.trade_id, worth, rate))
        cursor.unpriced = waiting
        return reports

    def _ended(self, cursor: Cursor) -> list[Report]:
        boot, told = cursor.ends
        told = told if boot == self._boot else 0
        desk = self._desk
        desk.ended = [(number, end) for number, end in desk.ended if number > told]
        if desk.ended:
            cursor.ends = (self._boot, desk.ended[-1][0])
        return [end for _, end in desk.ended]

    async def _funding(self, cursor: Cursor) -> list[Report]:
        desk = self._desk
        if desk.dialect.market is not MarketKind.LINEAR:
            return []
        now = desk.net.clock.monotonic()
        if desk.funding_at is not None and now - desk.funding_at < limits.VENUE_FUNDING_S:
            return []
        first = min(one.since for one in (await desk.known()).values())
        since = cursor.funded_until or first
        try:
            payments = await desk.dialect.funding(desk.wire, since)
        except Failure as failure:
            _log.info("funding not read", reason=str(failure))
            return []
        desk.funding_at = now
        reports: list[Report] = []
        for payment in payments:
            rate = await self._rates.of(desk.wire, payment.asset)
            if rate is None:
                return reports
            amount = usd(payment.amount * rate)
            reports.append(FundingTaken(payment.id, payment.symbol, amount, payment.at))
            cursor.funded_until = payment.at + timedelta(milliseconds=1)
        return reports
