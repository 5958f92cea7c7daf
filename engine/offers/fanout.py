"""From accepted alerts to offers, or straight to the account for what only reduces risk.

One alert is one transaction: its signal, its offer, what it withdraws and what it puts into the
account's inbox are written together or not at all, so a crash at any point repeats safely.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from engine.domain.events import SignalReceived
from engine.domain.ids import derived_id
from engine.domain.signal import Signal
from engine.domain.words import Intent
from engine.offers import effect, rows
from engine.offers.offer import Offer
from engine.offers.quoting import Quoted, Quoter
from engine.offers.words import POLICY, Status
from engine.signals import receipts
from engine.signals.receipts import Accepted, Verdict
from engine.store.faults import connection, transaction
from engine.store.intake import put_with
from engine.store.port import InboxEntry
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import ContractBroken, NotFound
from foundation.log import correlation, get_logger

_log = get_logger("engine.offers.fanout")
_WHOLE: Final = Decimal(1)
_REPLACED: Final = ("replaced", "A newer alert of the same position took its place.")
_EXITED: Final = ("exited", "The strategy left this position before the offer took effect.")
_BROKEN: Final = "This alert could not be acted on; the log has the details under {}."


class FanOut:
    """Acts on accepted alerts, oldest first. Turns may overlap: each alert is taken once."""

    def __init__(self, database: Database, quoter: Quoter, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._quoter = quoter
        self._clock = clock
        self._bus = bus

    async def turn(self) -> bool:
        """Act on what waits; True when there was something. Raises Unavailable."""
        async with connection(self._database) as pooled:
            waiting = await receipts.waiting(pooled, limits.FAN_OUT_BATCH_MAX)
        lanes: dict[str, list[Accepted]] = {}
        for accepted in waiting:
            lanes.setdefault(accepted.account_id, []).append(accepted)
        free = asyncio.Semaphore(limits.FAN_OUT_LANES)
        answers = await asyncio.gather(
            *(self._lane(free, lane) for lane in lanes.values()), return_exceptions=True
        )
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
        return bool(waiting)

    async def _lane(self, free: asyncio.Semaphore, lane: Sequence[Accepted]) -> None:
        """One account's alerts in their order; accounts do not wait for each other."""
        async with free:
            for accepted in lane:
                with correlation(accepted.receipt_id):
                    await self._safely(accepted)

    async def _safely(self, accepted: Accepted) -> None:
        try:
            await self._one(accepted)
        except (ContractBroken, NotFound) as error:
            _log.error("an alert could not be acted on", exc_info=error)
            await self._set_aside(accepted)

    async def _set_aside(self, accepted: Accepted) -> None:
        """One alert that breaks our own rules must not stop those behind it."""
        now = self._clock.now()
        verdict = Verdict("not_acted", _BROKEN.format(accepted.receipt_id), refused=True)
        async with transaction(self._database) as pooled:
            if await receipts.fan_out(pooled, accepted, now):
                await receipts.tell(pooled, accepted.receipt_id, verdict, now)

    async def _one(self, accepted: Accepted) -> None:
        signal = accepted.signal
        quoted: Quoted | None = None
        entry = entry_half(signal)
        if entry is not None:
            # a reverse is quoted whole: what it leaves itself does not stand in its way
            quoted = await self._quoter.quote(accepted.account_id, signal, _WHOLE)
        now = self._clock.now()
        async with transaction(self._database) as pooled:
            if not await receipts.fan_out(pooled, accepted, now):
                return
            if signal.intent is not Intent.ENTER:
                await self._reduce_risk(pooled, accepted, now)
            if entry is not None and quoted is not None:
                await self._offer(pooled, accepted, entry, quoted, now)
        self._bus.wake("inbox")
        self._bus.wake("offers")

    async def _reduce_risk(
        self, pooled: PoolConnectionProxy, accepted: Accepted, now: datetime
    ) -> None:
        """Exits and reduces run without asking, and forestall entries nobody has taken yet."""
        signal = exit_half(accepted.signal)
        account_id = accepted.account_id
        if signal.intent is Intent.EXIT:
            gone = await rows.withdraw(pooled, account_id, signal, _EXITED, approved_too=True)
            await _tell_withdrawn(pooled, gone, _EXITED, now)
        key = f"signal:{signal.id}:{account_id}"
        entry = InboxEntry(account_id, key, SignalReceived(signal), accepted.receipt_id)
        await put_with(pooled, [entry], now)
        text = f"{signal.intent.capitalize()} {signal.symbol}: on its way to the account."
        await receipts.await_outcome(pooled, accepted.receipt_id, key, text)

    async def _offer(
        self,
        pooled: PoolConnectionProxy,
        accepted: Accepted,
        entry: Signal,
        quoted: Quoted,
        now: datetime,
    ) -> None:
        offer = _made(accepted, entry, quoted, now)
        gone = await rows.withdraw(pooled, offer.account_id, entry, _REPLACED, approved_too=False)
        await _tell_withdrawn(pooled, gone, _REPLACED, now)
        if offer.status == "approved":
            await rows.insert(pooled, offer, ("offered", "approved", "taken"), now)
            await rows.note_decision(pooled, offer, "approve", now)
            await effect.hand_over(pooled, offer, entry, now)
            return
        refused = offer.status == "withdrawn"
        await rows.insert(pooled, offer, ("refused" if refused else "offered",), now)
        text = f"{quoted.quote.place_text} {quoted.quote.note}".strip()
        verdict = Verdict("offered", f"Offered: {text}", final=False)
        if refused:
            verdict = Verdict(quoted.quote.code, text, refused=True)
        await receipts.tell(pooled, offer.receipt_id, verdict, now)


def entry_half(signal: Signal) -> Signal | None:
    """What of the signal opens a position, or None."""
    if signal.intent in (Intent.ENTER, Intent.REVERSE):
        return replace(signal, intent=Intent.ENTER)
    return None


def exit_half(signal: Signal) -> Signal:
    """What of a signal reduces risk; a reverse leaves the side opposite to the one it wants."""
    if signal.intent is Intent.REVERSE:
        return replace(signal, intent=Intent.EXIT, side=signal.side.opposite)
    return signal


def _made(accepted: Accepted, entry: Signal, quoted: Quoted, now: datetime) -> Offer:
    settings, quote = quoted.settings, quoted.quote
    # the policy agreed to the alert's price, not to one the market has left
    alone = settings.auto_approve == "all" and not quoted.drifted
    status: Status = "approved" if alone else "pending"
    if quote.place == "refused":
        status = "withdrawn"
    approved = status == "approved"
    return Offer(
        id=derived_id("offer", entry.id, accepted.account_id),
        signal_id=entry.id,
        receipt_id=accepted.receipt_id,
        account_id=accepted.account_id,
        user_id=accepted.user_id,
        version=1,
        status=status,
        symbol=entry.symbol,
        timeframe=entry.timeframe,
        side=entry.side,
        entry_price=quoted.entry_price,
        size_factor=_WHOLE,
        quote=quote,
        max_drift_percent=settings.max_drift_percent,
        undo_seconds=settings.undo_seconds,
        source=entry.source,
        strategy=entry.strategy,
        reason=entry.reason,
        created_at=now,
        quoted_at=now,
        expires_at=now + timedelta(minutes=settings.offer_expiry_minutes),
        decided_by=POLICY if approved else None,
        decided_channel="policy" if approved else None,
        decided_at=now if approved else None,
        effective_at=now if approved else None,
        taken_at=now if approved else None,
        outcome_code=quote.code if status == "withdrawn" else None,
        outcome_text=quote.place_text if status == "withdrawn" else None,
    )


async def _tell_withdrawn(
    pooled: PoolConnectionProxy,
    gone: Sequence[tuple[str, str]],
    why: tuple[str, str],
    now: datetime,
) -> None:
    await rows.tell(pooled, [offer_id for offer_id, _ in gone], "withdrawn", now)
    for _, receipt_id in gone:
        await receipts.tell(pooled, receipt_id, Verdict(*why), now)
