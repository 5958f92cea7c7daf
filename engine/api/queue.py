"""Window and mailbox of the waiting queue: who waits, in which order, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final, Literal

from engine.api.commands import Mailbox
from engine.api.queue_views import QueueView
from engine.api.risk import known_market
from engine.api.views import Accepted
from engine.api.vitals import vitals_of
from engine.domain.account import Account, Queued
from engine.domain.events import QueueCommanded
from engine.domain.instrument import Market
from engine.offers.market import MarketView
from engine.policy.gate import denied
from engine.policy.pool import admit, forced
from engine.policy.rank import (
    active_identities,
    expected_profit_usd,
    explain,
    identity,
    loss_percent,
    ranked,
)
from engine.store import heartbeat, registry, screens
from engine.store.remembered import Remembered
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import NotFound
from foundation.money import money_context, usd

Action = Literal["promote", "remove", "force_add"]
_RANKING: Final = "ranking"
_IN: Final = ("slot", "pyramid")


class Queue:
    """Waiting signals of people; somebody else's signal is not found."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        market: MarketView,
        accounts: Remembered,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._clock = clock
        self._market = market
        self._mailbox = Mailbox(database, clock, bus)

    async def list(self, user_id: str, account_id: str | None = None) -> tuple[QueueView, ...]:
        """Who waits, in rank order at this moment's prices, account by account.

        Raises NotFound (the account).
        """
        if account_id is not None:
            await registry.owned(self._database, user_id, account_id)
        views: list[QueueView] = []
        anew = await self._ranks_anew()
        for owner in await screens.accounts_with_queue(self._database, user_id, account_id):
            account = await self._accounts.account(owner)
            market = await known_market(self._database, self._market, account)
            with money_context():
                views += line(account, market, self._clock.now(), anew=anew)
        return tuple(views)

    async def _ranks_anew(self) -> bool:
        """Under overload the queue is shown as the last decision ranked it."""
        beat = await heartbeat.last_beat(self._database, heartbeat.ENGINE)
        return beat is None or _RANKING not in vitals_of(beat.data).left_out

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

    async def force_add(
        self, user_id: str, signal_id: str, key: str
    ) -> tuple[QueueView, ...] | Accepted:
        """Let a signal in over the limit of the pool. Raises NotFound, Conflict."""
        return await self._command(user_id, signal_id, "force_add", key)

    async def _command(
        self, user_id: str, signal_id: str, action: Action, key: str
    ) -> tuple[QueueView, ...] | Accepted:
        account_id = await screens.account_of_signal(self._database, user_id, signal_id)
        if account_id is None:
            raise NotFound("There is no such waiting signal.")
        fact = QueueCommanded(signal_id, action, user_id)
        if await self._mailbox.send(account_id, key, fact) is None:
            return Accepted(key)
        return await self.list(user_id, account_id)


def line(account: Account, market: Market, at: datetime, *, anew: bool = True) -> list[QueueView]:
    """The queue of an account as it would be served now, or in its last known order."""
    active = active_identities(account)
    order = list(ranked(account, market, account.queue)) if anew else _as_known(account)
    views = []
    for rank, queued in enumerate(order, start=1):
        continues = identity(queued.signal) in active
        loss = loss_percent(queued.signal, market.price(queued.signal.symbol))
        said = explain(queued, (rank, len(order)), loss, at, continues=continues)
        views.append(
            replace(
                _view(account, queued, market, at),
                rank=rank,
                of=len(order),
                current_loss_percent=loss,
                explanation=said,
                continues=continues,
            )
        )
    return views


def _as_known(account: Account) -> list[Queued]:
    last = len(account.queue)
    return sorted(account.queue, key=lambda one: (one.rank or last, one.queued_at, one.id))


def _view(account: Account, queued: Queued, market: Market, at: datetime) -> QueueView:
    signal = queued.signal
    code, text, forcible = _door(account, queued, market, at)
    return QueueView(
        signal_id=signal.id,
        account_id=account.id,
        symbol=signal.symbol,
        timeframe=signal.timeframe,
        side=signal.side.value,
        rank=0,
        of=0,
        explanation="",
        entry_price=signal.entry_price,
        current_loss_percent=None,
        replacement_count=queued.replacement_count,
        queued_at=queued.queued_at,
        expires_at=queued.expires_at,
        continues=False,
        expected_profit_usd=usd(expected_profit_usd(account, queued, market)),
        blocked_code=code,
        blocked_text=text,
        forcible=forcible,
    )


def _door(
    account: Account, queued: Queued, market: Market, at: datetime
) -> tuple[str | None, str | None, bool]:
    """Why promoting would be refused now, if it would; and whether forcing would help."""
    denial = denied(account, queued.signal, market, at, queued.size_factor)
    if denial is not None:
        return denial.code, denial.text, False
    place = admit(account, queued.signal)
    if place.place in _IN:
        return None, None, False
    return place.code, place.text, forced(place).place in _IN
