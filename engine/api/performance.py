"""Window of results: the first screen, profit over time, and whether the engine is alive."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Protocol

from asyncpg import Record

from engine.api.accounts import account_view
from engine.api.profit import profit_of
from engine.api.venue_views import VenuesView
from engine.api.views import (
    EngineHealth,
    FeedHealth,
    HomeView,
    ProfitView,
    ReceiptView,
)
from engine.api.vitals import EngineVitals, vitals_of
from engine.domain.instrument import Quote
from engine.domain.leg import ZERO
from engine.domain.words import MarketKind, Side
from engine.market import quotes
from engine.policy.lots import unrealized_usd
from engine.store import heartbeat, intake, registry, screens
from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput
from foundation.money import money_context, usd

_HUNDRED = Decimal(100)


class Feeds(Protocol):
    """What is needed of `engine.api.markets.Markets`."""

    async def feed_health(self, board: str, market: MarketKind) -> FeedHealth: ...


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What the first screen shows of other windows; the callables take (user_id, account_id)."""

    feeds: Feeds
    offers_waiting: Callable[[str, str], Awaitable[int]]
    last_alert: Callable[[str, str], Awaitable[ReceiptView | None]]


class Performance:
    """Results of people's accounts; somebody else's account is not found."""

    def __init__(self, database: Database, clock: Clock, neighbours: Neighbours) -> None:
        self._database = database
        self._clock = clock
        self._neighbours = neighbours

    async def home(self, user_id: str, account_id: str) -> HomeView:
        """The first screen. Raises NotFound.

        Equity = total capital + realised + unrealised of our groups. Today's P&L is what this
        UTC day realised plus what is unrealised now. A symbol without a price counts as flat.
        """
        header = await registry.owned(self._database, user_id, account_id)
        account = account_view(header)
        today = self._clock.now().date()
        totals = await screens.totals(self._database, account_id, today)
        positions = await screens.open_positions(self._database, account_id)
        held = await self._holdings(header.board, positions)
        capital, realized = account.total_capital_usd, usd(totals.realized_pnl_usd)
        pnl_today = usd(totals.realized_today_usd) + held.unrealized_usd
        total = realized + held.unrealized_usd
        return HomeView(
            account=account,
            engine=await self._health(*await screens.waiting(self._database, account_id)),
            feed=await self._neighbours.feeds.feed_health(header.board, header.market),
            equity_usd=capital + total,
            pnl_today_usd=pnl_today,
            pnl_today_percent=_percent(pnl_today, capital),
            pnl_total_usd=total,
            pnl_total_percent=_percent(total, capital),
            realized_pnl_usd=realized,
            unrealized_pnl_usd=held.unrealized_usd,
            deployed_usd=held.invested_usd,
            free_usd=max(capital + realized - held.invested_usd, ZERO),
            groups_open=sum(record["holds_slot"] for record in positions),
            groups_max=account.max_open_groups,
            queued=len(await screens.queue(self._database, user_id, account_id)),
            offers_waiting=await self._neighbours.offers_waiting(user_id, account_id),
            last_alert=await self._neighbours.last_alert(user_id, account_id),
            risk_enabled=header.settings.risk.enabled,
        )

    async def profit(self, user_id: str, account_id: str, days: int | None = None) -> ProfitView:
        """Trades closed in the last ``days`` days (None: all). Raises NotFound, InvalidInput."""
        if days is not None and not 1 <= days <= limits.PROFIT_DAYS_MAX:
            text = f"Ask for 1 to {limits.PROFIT_DAYS_MAX} days, or leave it out for all."
            raise InvalidInput(text, field="days")
        await registry.owned(self._database, user_id, account_id)
        since = self._clock.now() - timedelta(days=days) if days is not None else None
        return profit_of(days, await screens.closed_groups(self._database, account_id, since))

    async def engine(self) -> EngineHealth:
        """The engine of the installation, with what waits over all accounts."""
        depths = await intake.depths(self._database)
        return await self._health(depths.inbox_waiting, depths.orders_unknown)

    async def vitals(self) -> EngineVitals | None:
        """How the engine does inside, as it last wrote; None before its first heartbeat."""
        beat = await heartbeat.last_beat(self._database, heartbeat.ENGINE)
        return None if beat is None else vitals_of(beat.data)

    async def venues(self) -> VenuesView:
        """How each venue does, by the engine's last heartbeat; none before the first."""
        beat = await heartbeat.last_beat(self._database, heartbeat.ENGINE)
        age = self._age(beat)
        found = () if beat is None else vitals_of(beat.data).venues
        return VenuesView(_running(age), age, found)

    async def _health(self, inbox_waiting: int, orders_unknown: int) -> EngineHealth:
        beat = await heartbeat.last_beat(self._database, heartbeat.ENGINE)
        age = self._age(beat)
        return EngineHealth(_running(age), age, inbox_waiting, orders_unknown)

    def _age(self, beat: heartbeat.Beat | None) -> float | None:
        return None if beat is None else max((self._clock.now() - beat.at).total_seconds(), 0.0)

    async def _holdings(self, board: str, positions: Sequence[Record]) -> _Holdings:
        symbols = sorted({record["symbol"] for record in positions})
        prices = await quotes.latest(self._database, board, symbols) if symbols else {}
        return _held(positions, prices)


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What open positions cost and have gained since, in USD."""

    invested_usd: Decimal
    unrealized_usd: Decimal


def _running(heartbeat_age: float | None) -> bool:
    return heartbeat_age is not None and heartbeat_age <= limits.HEARTBEAT_LATE_S


def _held(positions: Sequence[Record], prices: Mapping[str, Quote]) -> _Holdings:
    invested = unrealized = ZERO
    with money_context():
        for symbol, side, quantity, cost, _ in positions:
            invested += cost
            quote = prices.get(symbol)
            if quote is not None and quantity > 0:
                unrealized += unrealized_usd(Side(side), quantity, cost, quote.price)
        return _Holdings(usd(invested), usd(unrealized))


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    with money_context():
        return usd(part / whole * _HUNDRED)
