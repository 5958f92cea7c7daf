"""From accepted alerts to offers, or straight to the account for what only reduces risk.

Alerts of different accounts are acted on together, those of one account one after another. All
that an alert leads to is written in one transaction, so a crash at any point repeats safely. When
alerts pile up, what reduces risk goes before entries, and an exit takes the entry it overtakes with
it. Entries of a venue that cannot be quoted right now are left alone for a while; nobody waits for
them, not even the exits of their accounts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from engine.domain.account import Account
from engine.domain.words import Intent
from engine.offers import rows, telling
from engine.offers.acting import (
    WHOLE,
    Acted,
    act,
    act_without_entry,
    entry_half,
    entry_set_aside,
    overtaken,
    set_aside,
    stale,
)
from engine.offers.offer import Withdrawn
from engine.offers.quoting import Quoted, Quoter
from engine.offers.telling import Ruling
from engine.signals import receipts
from engine.signals.receipts import Accepted, Verdict
from engine.store.faults import connection, transaction
from engine.store.intake import put_with
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import ContractBroken, InvalidInput, NotFound, Unavailable
from foundation.log import correlation, get_logger

_log = get_logger("engine.offers.fanout")
_OURS: Final = (ContractBroken, InvalidInput, NotFound)
"""The alert is at fault, not the database: acting on it alone tells which one."""


class FanOut:
    """Acts on accepted alerts, oldest first. Turns may overlap: each alert is taken once."""

    def __init__(self, database: Database, quoter: Quoter, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._quoter = quoter
        self._clock = clock
        self._bus = bus
        self._away: dict[str, float] = {}

    async def turn(self) -> bool:
        """Act on what waits; True when there was something. Raises Unavailable (the database)."""
        now = self._clock.monotonic()
        self._away = {venue: until for venue, until in self._away.items() if until > now}
        async with connection(self._database) as pooled:
            away, most = list(self._away), limits.FAN_OUT_BATCH_MAX
            waiting = await receipts.waiting(pooled, most, away)
        gone: set[str] = set()
        for together in _order(waiting):
            gone |= await self._round([one for one in together if one.receipt_id not in gone])
        return bool(waiting)

    async def _round(self, together: Sequence[Accepted]) -> set[str]:
        """At most one alert of each account; one that breaks does not stop the others.

        Returns the receipts of entries that exits have overtaken.
        """
        entries = [one for one in together if entry_half(one.signal) is not None]
        accounts = await self._quoter.accounts([one.account_id for one in entries])
        acted: list[Acted] = []
        began = self._clock.monotonic()
        for one in together:
            done = await self._act(one, accounts)
            if done is not None:
                acted.append(done)
            if self._clock.monotonic() - began > limits.FAN_OUT_SLICE_S:
                await asyncio.sleep(0)  # quoting takes a while: whoever brings alerts goes first
                began = self._clock.monotonic()
        return await self._write_all(acted) if acted else set()

    async def _write_all(self, acted: Sequence[Acted]) -> set[str]:
        """Together, or one by one when one of them breaks; the receipts that were overtaken."""
        gone: set[str] = set()
        try:
            gone |= await self._write(acted)
        except _OURS as error:
            _log.warning("alerts are acted on one by one", alerts=len(acted), reason=str(error))
            for each in acted:
                gone |= await self._write_alone(each)
        self._bus.wake("inbox")
        self._bus.wake("offers")
        return gone

    async def _act(self, accepted: Accepted, accounts: Mapping[str, Account]) -> Acted | None:
        """What the alert leads to; None when it has to wait for its venue."""
        with correlation(accepted.receipt_id):
            quoted: Quoted | None = None
            if entry_half(accepted.signal) is not None:
                if self._clock.now() > accepted.stale_after:
                    return stale(accepted, self._clock.now())
                try:
                    quoted = await self._quote(accepted, accounts[accepted.account_id])
                except Unavailable:
                    return act_without_entry(accepted)
                except Exception as error:  # noqa: BLE001 - one alert must not stop the others
                    _log.error("an alert could not be acted on", exc_info=error)
                    return entry_set_aside(accepted)
            return act(accepted, quoted, self._clock.now())

    async def _quote(self, accepted: Accepted, account: Account) -> Quoted:
        """A reverse is quoted whole: what it leaves itself does not stand in its way.

        Raises Unavailable, and once a venue could not be quoted for all of its accounts.
        """
        if account.venue in self._away:
            raise Unavailable(f"{account.venue} could not be quoted a moment ago")
        try:
            return await self._quoter.quote_on(account, accepted.signal, WHOLE)
        except Unavailable as error:
            _log.warning("entries wait for their venue", venue=account.venue, reason=str(error))
            self._away[account.venue] = self._clock.monotonic() + limits.FAN_OUT_AWAY_S
            raise

    async def _write_alone(self, acted: Acted) -> set[str]:
        """Where the whole breaks, what reduces risk still acts."""
        with correlation(acted.accepted.receipt_id):
            for less in (acted, entry_set_aside(acted.accepted)):
                try:
                    return await self._write([less])
                except _OURS as error:
                    _log.error("an alert could not be acted on", exc_info=error)
            return await self._write([set_aside(acted.accepted)])

    async def _write(self, together: Sequence[Acted]) -> set[str]:
        now = self._clock.now()
        async with transaction(self._database) as pooled:
            told = [
                receipts.Told(one.accepted, one.verdict, one.inbox_key, one.leaving)
                for one in together
            ]
            taken = await receipts.fan_out(pooled, told, now)
            mine = [one for one in together if one.accepted.receipt_id in taken]
            gone = await self._overtake(pooled, mine, now)
            withdrawn = await self._withdraw(pooled, mine)
            for one in (each.accepted for each in mine if each.entry_later):
                # as old as its reverse: exits that came after that take it with them
                await receipts.anew(pooled, one.receipt_id, one.received_at, now)
            offers = [(one.offer, one.kinds) for one in mine if one.offer is not None]
            await rows.insert(pooled, offers, now)
            await put_with(pooled, [fact for one in mine for fact in one.facts], now)
            rulings = [(one.which, Ruling("withdrawn", one.why[1])) for one in withdrawn]
            await telling.tell(pooled, rulings, now)
        if withdrawn:
            self._bus.wake("events")
        return gone

    async def _overtake(
        self, pooled: PoolConnectionProxy, acted: Sequence[Acted], now: datetime
    ) -> set[str]:
        """Settle the entries that wait since before one of these exits of their position."""
        exits = {one.accepted.receipt_id: one.leaves for one in acted}
        leaving = {receipt_id: side for receipt_id, side in exits.items() if side is not None}
        if not leaving:
            return set()
        met = [overtaken(one) for one in await receipts.overtaken(pooled, leaving)]
        told = [receipts.Told(one.accepted, one.verdict, None) for one in met]
        return await receipts.fan_out(pooled, told, now) if told else set()

    async def _withdraw(
        self, pooled: PoolConnectionProxy, acted: Sequence[Acted]
    ) -> Sequence[Withdrawn]:
        now = self._clock.now()
        gone = await rows.withdraw(pooled, [each for one in acted for each in one.withdrawals])
        await rows.tell(pooled, [one.which.id for one in gone], "withdrawn", now)
        for one in gone:
            await receipts.tell(pooled, one.which.receipt_id, Verdict(*one.why), now)
        return gone


def _order(waiting: Sequence[Accepted]) -> Sequence[Sequence[Accepted]]:
    """In order of arrival; where more entries wait than a turn takes, those behind all others.

    No entry goes before an older exit: not one that came after the last exit of a full page.
    """
    entering = [one for one in waiting if one.signal.intent is Intent.ENTER]
    reducing = [one for one in waiting if one.signal.intent is not Intent.ENTER]
    piled = len(entering) == limits.FAN_OUT_BATCH_MAX
    if len(reducing) == limits.FAN_OUT_BATCH_MAX:
        entering = [one for one in entering if _age(one) < _age(reducing[-1])]
    if not piled:
        return _rounds(sorted((*reducing, *entering), key=_age))
    return [*_rounds(reducing), *_rounds(entering)]


def _age(accepted: Accepted) -> tuple[datetime, str]:
    return accepted.received_at, accepted.receipt_id


def _rounds(waiting: Sequence[Accepted]) -> Sequence[Sequence[Accepted]]:
    """The alerts in rounds of at most one of each account, each account's in their order."""
    rounds: list[list[Accepted]] = []
    turns: dict[str, int] = {}
    for accepted in waiting:
        turn = turns.get(accepted.account_id, 0)
        turns[accepted.account_id] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(accepted)
    return [some for one in rounds for some in _pieces(one)]


def _pieces(together: Sequence[Accepted]) -> Sequence[Sequence[Accepted]]:
    left = iter(together)
    return list(iter(lambda: list(islice(left, limits.FAN_OUT_TOGETHER)), []))
