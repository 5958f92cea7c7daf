"""From accepted alerts to offers, or straight to the account for what only reduces risk.

Alerts of different accounts are acted on together, those of one account one after another. All
that an alert leads to is written in one transaction, so a crash at any point repeats safely. One
that nobody can price right now waits, and those of its account behind it; nobody else does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from engine.domain.account import Account
from engine.offers import rows, telling
from engine.offers.acting import WHOLE, Acted, act, entry_half, set_aside
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

    async def turn(self) -> bool:
        """Act on what waits; True when there was something. Raises Unavailable.

        What could be acted on is written before it raises.
        """
        async with connection(self._database) as pooled:
            waiting = await receipts.waiting(pooled, limits.FAN_OUT_BATCH_MAX)
        held: dict[str, Unavailable] = {}
        for together in _rounds(waiting):
            await self._round([one for one in together if one.account_id not in held], held)
        for error in held.values():
            raise error
        return bool(waiting)

    async def _round(self, together: Sequence[Accepted], held: dict[str, Unavailable]) -> None:
        """At most one alert of each account; one that breaks does not stop the others.

        Accounts whose alert has to wait are added to ``held``.
        """
        entries = [one for one in together if entry_half(one.signal) is not None]
        accounts = await self._quoter.accounts([one.account_id for one in entries])
        acted: list[Acted] = []
        began = self._clock.monotonic()
        for one in together:
            try:
                acted.append(await self._act(one, accounts))
            except Unavailable as error:
                held[one.account_id] = error
            if self._clock.monotonic() - began > limits.FAN_OUT_SLICE_S:
                await asyncio.sleep(0)  # quoting takes a while: whoever brings alerts goes first
                began = self._clock.monotonic()
        if acted:
            await self._write_all(acted)

    async def _write_all(self, acted: Sequence[Acted]) -> None:
        """Together, or one by one when one of them breaks."""
        try:
            await self._write(acted)
        except _OURS as error:
            _log.warning("alerts are acted on one by one", alerts=len(acted), reason=str(error))
            for each in acted:
                await self._write_alone(each)
        self._bus.wake("inbox")
        self._bus.wake("offers")

    async def _act(self, accepted: Accepted, accounts: Mapping[str, Account]) -> Acted:
        with correlation(accepted.receipt_id):
            quoted: Quoted | None = None
            if entry_half(accepted.signal) is not None:
                try:
                    account = accounts[accepted.account_id]
                    # a reverse is quoted whole: what it leaves itself does not stand in its way
                    quoted = await self._quoter.quote_on(account, accepted.signal, WHOLE)
                except Unavailable:
                    raise
                except Exception as error:  # noqa: BLE001 - one alert must not stop the others
                    _log.error("an alert could not be acted on", exc_info=error)
                    return set_aside(accepted)
            return act(accepted, quoted, self._clock.now())

    async def _write_alone(self, acted: Acted) -> None:
        with correlation(acted.accepted.receipt_id):
            try:
                await self._write([acted])
            except _OURS as error:
                _log.error("an alert could not be acted on", exc_info=error)
                await self._write([set_aside(acted.accepted)])

    async def _write(self, together: Sequence[Acted]) -> None:
        now = self._clock.now()
        async with transaction(self._database) as pooled:
            told = [
                receipts.Told(one.accepted, one.verdict, one.inbox_key, one.leaving)
                for one in together
            ]
            taken = await receipts.fan_out(pooled, told, now)
            mine = [one for one in together if one.accepted.receipt_id in taken]
            gone = await self._withdraw(pooled, mine)
            offers = [(one.offer, one.kinds) for one in mine if one.offer is not None]
            await rows.insert(pooled, offers, now)
            await put_with(pooled, [fact for one in mine for fact in one.facts], now)
            rulings = [(one.which, Ruling("withdrawn", one.why[1])) for one in gone]
            await telling.tell(pooled, rulings, now)
        if gone:
            self._bus.wake("events")

    async def _withdraw(
        self, pooled: PoolConnectionProxy, acted: Sequence[Acted]
    ) -> Sequence[Withdrawn]:
        now = self._clock.now()
        gone = await rows.withdraw(pooled, [each for one in acted for each in one.withdrawals])
        await rows.tell(pooled, [one.which.id for one in gone], "withdrawn", now)
        for one in gone:
            await receipts.tell(pooled, one.which.receipt_id, Verdict(*one.why), now)
        return gone


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
