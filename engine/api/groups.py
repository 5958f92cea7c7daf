"""Window and mailbox of position groups: lists, one whole, its story, closing and retrying it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from asyncpg import Record

from engine.api.commands import Mailbox
from engine.api.detail import detail_of
from engine.api.events import event_view
from engine.api.paging import decode_cursor, encode_cursor, page_size
from engine.api.views import Accepted, EventView, GroupDetail, GroupView, Page
from engine.domain.events import CloseCommanded, RetryCommanded
from engine.domain.instrument import Quote
from engine.domain.words import GroupStatus, Side
from engine.market import quotes
from engine.policy.lots import unrealized_usd
from engine.store import load, registry, screens
from engine.store.screens import GroupFilter
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput, NotFound
from foundation.money import money_context, usd

_OPEN = tuple(status.value for status in GroupStatus if status is not GroupStatus.CLOSED)
_HUNDRED = Decimal(100)
_STALE = timedelta(seconds=limits.FEED_STALE_S)


class Groups:
    """Position groups of people; somebody else's group is not found."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._mailbox = Mailbox(database, clock, bus)

    async def list(
        self,
        user_id: str,
        account_id: str | None = None,
        status: str | None = None,
        symbol: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Page[GroupView]:
        """Groups, newest first; all that are not closed, unless ``status`` says otherwise.

        ``status`` is one of the statuses, ``open`` or ``all``. Raises InvalidInput, and NotFound
        for an account that is not the user's.
        """
        if account_id is not None:
            await registry.owned(self._database, user_id, account_id)
        size = page_size(limit)
        wanted = GroupFilter(_statuses(status), account_id, symbol, decode_cursor(cursor))
        records = await screens.groups(self._database, user_id, wanted, size + 1)
        marks = await self._marks(records[:size])
        items = tuple(group_view(record, marks) for record in records[:size])
        last = items[-1] if len(records) > size else None
        after = encode_cursor(last.closed_at or last.created_at, last.id) if last else None
        return Page(items, after)

    async def get(self, user_id: str, group_id: str) -> GroupDetail:
        """One group with pyramids, legs and orders. Raises NotFound."""
        record = await self._owned(user_id, group_id)
        group = await load.load_group(self._database, group_id)
        if group is None:
            raise _no_group()
        marks = await self._marks([record])
        unknown = await screens.unknown_orders(self._database, group_id)
        return detail_of(group_view(record, marks), group, unknown)

    async def events(self, user_id: str, group_id: str) -> tuple[EventView, ...]:
        """The story of a group, oldest first. Raises NotFound."""
        await self._owned(user_id, group_id)
        found = await screens.events_of_group(self._database, group_id, limits.GROUP_EVENTS_MAX)
        return tuple(event_view(record) for record in found)

    async def close(
        self, user_id: str, group_id: str, fraction: Decimal, key: str
    ) -> GroupDetail | Accepted:
        """Close the group, or ``fraction`` of it. Raises NotFound, InvalidInput, Conflict."""
        record = await self._owned(user_id, group_id)
        if not 0 < fraction <= 1:
            raise InvalidInput("Close more than 0 and at most 1, the whole.", field="fraction")
        fact = CloseCommanded(group_id, fraction, user_id)
        if await self._mailbox.send(record["account_id"], key, fact) is None:
            return Accepted(key)
        return await self.get(user_id, group_id)

    async def retry(self, user_id: str, group_id: str, key: str) -> GroupDetail | Accepted:
        """Order a failed group's ladder again. Raises NotFound, Conflict (it did not fail, no
        slot is free, no entry may act now).
        """
        record = await self._owned(user_id, group_id)
        fact = RetryCommanded(group_id, user_id)
        if await self._mailbox.send(record["account_id"], key, fact) is None:
            return Accepted(key)
        return await self.get(user_id, group_id)

    async def _owned(self, user_id: str, group_id: str) -> Record:
        record = await screens.group(self._database, user_id, group_id)
        if record is None:
            raise _no_group()
        return record

    async def _marks(self, records: Sequence[Record]) -> Marks:
        """The prices of each record's own board."""
        found = {}
        for board in sorted({record["board"] for record in records}):
            symbols = sorted({one["symbol"] for one in records if one["board"] == board})
            found[board] = await quotes.latest(self._database, board, symbols)
        return Marks(found, self._clock.now())


class Marks(NamedTuple):
    """Last prices by board and symbol, and the moment they are looked at."""

    prices: Mapping[str, Mapping[str, Quote]]
    now: datetime


def group_view(record: Record, marks: Marks) -> GroupView:
    """A list row as it stands at these prices; unrealised P&L is never stored."""
    quote = marks.prices[record["board"]].get(record["symbol"])
    values = dict(record)
    pnl = percent = None
    if quote is not None and record["open_quantity"] > 0:
        pnl, percent = _unrealized(record, quote.price)
    return GroupView(
        **values,
        mark_price=quote.price if quote else None,
        mark_at=quote.price_at if quote else None,
        mark_stale=quote is not None and marks.now - quote.price_at > _STALE,
        unrealized_pnl_usd=pnl,
        unrealized_pnl_percent=percent,
    )


def _unrealized(record: Record, price: Decimal) -> tuple[Decimal, Decimal | None]:
    """(USD, percent of what is invested) at this price."""
    invested = record["invested_usd"]
    with money_context():
        pnl = unrealized_usd(Side(record["side"]), record["open_quantity"], invested, price)
        return usd(pnl), usd(pnl / invested * _HUNDRED) if invested > 0 else None


def _statuses(status: str | None) -> Sequence[str]:
    if status in (None, "", "open"):
        return _OPEN
    if status == "all":
        return tuple(GroupStatus)
    if status in tuple(GroupStatus):
        return (str(status),)
    known = ", ".join(("open", "all", *GroupStatus))
    raise InvalidInput(f"{status!r} is no status of a group; use {known}.", field="status")


def _no_group() -> NotFound:
    return NotFound("There is no such position.")
