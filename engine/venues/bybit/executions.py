"""Reading executions without losing one: windows of time, pages from the newest back.

The list comes newest first in windows of a week at most, and an execution may show up a little
after its own time. So each read begins a while before the newest one known; the mark names what
was read within that while, and only the rest is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, Literal

from engine.domain.words import OrderSide
from engine.venues.bybit.rows import Row, millis, moment, number
from engine.venues.exchange.dialect import Page, Payment, Trade
from engine.venues.exchange.wire import Request
from foundation import limits

if TYPE_CHECKING:
    from engine.venues.exchange.wire import Wire

_WEEK_MS: Final = 7 * 24 * 3600 * 1000
_PAGE: Final = 100
_OVERLAP_MS: Final = int(limits.BYBIT_LATE_EXECUTION_S * 1000)
_IDLE_MS: Final = int(limits.BYBIT_MARK_AGE_S * 1000)

Category = Literal["spot", "linear"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Everything up to ``at_ms`` was read; ``known`` are short names of the latest of it."""

    at_ms: int
    known: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Mark:
        at, _, names = text.partition("|")
        return cls(int(at), frozenset(names.split(",")) - {""})

    def __str__(self) -> str:
        return f"{self.at_ms}|{','.join(sorted(self.known))}"


async def trades(wire: Wire, category: Category, mark: str) -> Page:
    """What executed after ``mark``, oldest first. Raises Failure."""
    last = Mark.parse(mark)
    now = millis(wire.net.venue_time(wire.net.clock.now()))
    start = max(last.at_ms - _OVERLAP_MS, 0)
    rows, end = await _window(wire, category, start, max(now, start))
    rows.sort(key=lambda row: (int(row["execTime"]), row.get("seq") or 0))
    fresh = [row for row in rows if _name(row) not in last.known]
    newest = max([last.at_ms, *(int(row["execTime"]) for row in rows)])
    reached = newest
    if end < now:
        reached = max(newest, end)
    elif now - newest > _IDLE_MS:
        reached = now - _IDLE_MS // 2
    known = {_name(row) for row in rows if int(row["execTime"]) >= reached - _OVERLAP_MS}
    told = tuple(as_trade(wire, category, row) for row in fresh if row.get("execType") == "Trade")
    return Page(told, str(Mark(reached, frozenset(known))), more=end < now)


async def funding(wire: Wire, since: datetime) -> tuple[Payment, ...]:
    """Funding of perpetuals: executions of a kind of their own. Raises Failure."""
    now = millis(wire.net.venue_time(wire.net.clock.now()))
    start = max(millis(since), now - limits.VENUE_PAGES_MAX * _WEEK_MS)
    found: list[Row] = []
    for _ in range(limits.VENUE_PAGES_MAX):
        rows, start = await _window(wire, "linear", start, now, execType="Funding")
        found += [row for row in rows if row.get("execType") == "Funding"]
        if start >= now:
            break
    found.sort(key=lambda row: int(row["execTime"]))
    return tuple(dict.fromkeys(_payment(wire, row) for row in found))


def _payment(wire: Wire, row: Row) -> Payment:
    symbol = wire.net.symbol(row["symbol"])
    asset = _fee_asset(wire, "linear", row, symbol)
    amount = -number(row, "execFee")
    return Payment(row["execId"], symbol, amount, asset, moment(row["execTime"]))


async def of_order(wire: Wire, category: Category, order_id: str) -> list[Row]:
    """What an order of ours has executed so far, by its client id. Raises Failure."""
    rows, _ = await _pages(wire, {"category": category, "orderLinkId": order_id})
    return [row for row in rows if row.get("orderLinkId") == order_id]


async def _window(
    wire: Wire, category: Category, start: int, now: int, **more: str
) -> tuple[list[Row], int]:
    """All rows from ``start`` to as far as one go reaches, and where that is."""
    end = min(now, start + _WEEK_MS)
    while True:
        query = {"category": category, "startTime": str(start), "endTime": str(end), **more}
        rows, whole = await _pages(wire, query)
        if whole or end - start <= 1:
            return rows, end
        # too many for one go, and the oldest come last: take the older half first
        end = start + (end - start) // 2


async def _pages(wire: Wire, query: Mapping[str, str]) -> tuple[list[Row], bool]:
    """Rows of as many pages as are allowed in one go, and whether that was all."""
    rows: list[Row] = []
    cursor = ""
    for _ in range(limits.VENUE_PAGES_MAX):
        asked = {**query, "limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
        answer = await wire.call(Request("private", "GET", "v5/execution/list", asked))
        result = answer["result"]
        rows.extend(result["list"])
        cursor = result.get("nextPageCursor") or ""
        if not cursor or not result["list"]:
            return rows, True
    return rows, False


def as_trade(wire: Wire, category: Category, row: Row) -> Trade:
    """A row of the list in our words."""
    symbol = wire.net.symbol(row["symbol"])
    return Trade(
        venue_order_id=row["orderId"],
        trade_id=row["execId"],
        symbol=symbol,
        side=OrderSide(row["side"].lower()),
        quantity=number(row, "execQty"),
        price=number(row, "execPrice"),
        fee=number(row, "execFee"),
        fee_asset=_fee_asset(wire, category, row, symbol),
        at=moment(row["execTime"]),
        order_id=row.get("orderLinkId", ""),
    )


def _fee_asset(wire: Wire, category: Category, row: Row, symbol: str) -> str:
    """An empty field means: what was received on spot, what the contract settles in else."""
    named = str(row.get("feeCurrency") or "")
    listing = wire.net.listing(symbol)
    if named or listing is None:
        return named or "USDT"
    instrument = listing.instrument
    if category == "spot":
        return instrument.base if row["side"] == "Buy" else instrument.quote
    return instrument.symbol.partition(":")[2] or instrument.quote


def _name(row: Row) -> str:
    """Twelve characters of a hash; the venue's ids are long and the mark is kept in a table."""
    text: Any = row["execId"]
    return blake2b(str(text).encode(), digest_size=6).hexdigest()
