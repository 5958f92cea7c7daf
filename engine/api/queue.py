"""Window and mailbox of the waiting queue: who waits, in which order, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final, Literal

from engine.api.commands import Mailbox
from engine.api.views import Accepted, QueueView
from engine.domain.account import Queued
from engine.domain.events import QueueCommanded
from engine.domain.instrument import Quote
from engine.domain.signal import Signal
from engine.domain.words import Side
from engine.market import quotes
from engine.store import registry, rows, screens
from engine.store.reading import Seen
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import NotFound
from foundation.money import money_context, plain, usd

_TENTH: Final = Decimal("0.1")
_HOUR, _DAY = 60, 1440


class Queue:
    """Waiting signals of people; somebody else's signal is not found."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._mailbox = Mailbox(database, clock, bus)

    async def list(self, user_id: str, account_id: str | None = None) -> tuple[QueueView, ...]:
        """Who waits, first come first, account by account. Raises NotFound (the account)."""
        if account_id is not None:
            await registry.owned(self._database, user_id, account_id)
        seen = Seen()
        records = await screens.queue(self._database, user_id, account_id)
        waiting = [(record["account_id"], rows.read_queued(record[1:], seen)) for record in records]
        symbols = sorted({queued.signal.symbol for _, queued in waiting})
        prices = await quotes.latest(self._database, symbols) if symbols else {}
        now = self._clock.now()
        views: list[QueueView] = []
        for owner, group in groupby(waiting, key=lambda pair: pair[0]):
            line = [queued for _, queued in group]
            views += _ranked(owner, line, prices, now)
        return tuple(views)

    async def remove(
        self, user_id: str, signal_id: str, key: str
    ) -> tuple[QueueView, ...] | Accepted:
        """Take a signal out; answers the queue as it is then. Raises NotFound, Conflict."""
        return await self._command(user_id, signal_id, "remove", key)

    async def promote(
        self, user_id: str, signal_id: str, key: str
    ) -> tuple[QueueView, ...] | Accepted:
        """Give a signal a free slot now; answers the queue. Raises NotFound, Conflict."""
        return await self._command(user_id, signal_id, "promote", key)

    async def _command(
        self, user_id: str, signal_id: str, action: Literal["promote", "remove"], key: str
    ) -> tuple[QueueView, ...] | Accepted:
        account_id = await screens.account_of_signal(self._database, user_id, signal_id)
        if account_id is None:
            raise NotFound("There is no such waiting signal.")
        fact = QueueCommanded(signal_id, action, user_id)
        if await self._mailbox.send(account_id, key, fact) is None:
            return Accepted(key)
        return await self.list(user_id, account_id)


def _ranked(
    account_id: str, line: list[Queued], prices: Mapping[str, Quote], now: datetime
) -> list[QueueView]:
    return [
        _view(account_id, queued, (rank, len(line)), prices.get(queued.signal.symbol), now)
        for rank, queued in enumerate(line, start=1)
    ]


def _view(
    account_id: str, queued: Queued, place: tuple[int, int], quote: Quote | None, now: datetime
) -> QueueView:
    signal = queued.signal
    loss = current_loss_percent(signal, quote.price) if quote else None
    return QueueView(
        signal_id=signal.id,
        account_id=account_id,
        symbol=signal.symbol,
        timeframe=signal.timeframe,
        side=signal.side.value,
        rank=place[0],
        of=place[1],
        explanation=explanation(queued, place, loss, now),
        entry_price=signal.entry_price,
        current_loss_percent=loss,
        replacement_count=queued.replacement_count,
        queued_at=queued.queued_at,
        expires_at=queued.expires_at,
    )


def current_loss_percent(signal: Signal, price: Decimal) -> Decimal | None:
    """How far the market has gone against the entry, in %; a gain is not a loss but 0."""
    if signal.entry_price is None or signal.entry_price <= 0:
        return None
    with money_context():
        moved = (signal.entry_price - price) * signal.side.sign / signal.entry_price * 100
        return usd(max(moved, Decimal(0)))


def explanation(queued: Queued, place: tuple[int, int], loss: Decimal | None, now: datetime) -> str:
    """One sentence: "2nd of 5: in order of arrival, 3.1 % below its entry, …"."""
    parts = []
    if loss:
        where = "below" if queued.signal.side is Side.LONG else "above"
        parts.append(f"{plain(loss.quantize(_TENTH))} % {where} its entry")
    if queued.replacement_count:
        parts.append(f"replaced {_times(queued.replacement_count)}")
    parts.append(f"waiting {_duration(now - queued.queued_at)}")
    return f"{_ordinal(place[0])} of {place[1]}: in order of arrival, {', '.join(parts)}."


def _ordinal(number: int) -> str:
    teens = 10 < number % 100 < 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _duration(waited: timedelta) -> str:
    minutes = max(int(waited.total_seconds() // 60), 0)
    if minutes < 1:
        return "less than a minute"
    if minutes < _HOUR:
        return f"{minutes} min"
    if minutes < _DAY:
        return f"{minutes // _HOUR} h {minutes % _HOUR} min"
    return f"{minutes // _DAY} d {minutes % _DAY // _HOUR} h"
