"""Offers in time: approvals take effect, undo windows end, what nobody decided expires.

Every moment is a row, so a restart continues where the last process stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from engine.domain.signal import Signal
from engine.domain.words import Intent
from engine.offers import rows, telling
from engine.offers.acting import ON_ITS_WAY, handed_over
from engine.offers.market import MarketView
from engine.offers.offer import Offer
from engine.offers.pricing import drift_percent
from engine.offers.quoting import Quoter
from engine.offers.telling import Ruling
from engine.signals import receipts
from engine.signals.receipts import Verdict
from engine.store.faults import connection, transaction
from engine.store.intake import put_with
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Conflict, Unavailable
from foundation.log import correlation, get_logger

_log = get_logger("engine.offers.effect")

EXPIRED: Final = "Nobody decided in time."
_RAN_OUT: Final = "The offer ran out before the approval took effect."


async def hand_over(
    pooled: PoolConnectionProxy, offer: Offer, signal: Signal, now: datetime
) -> None:
    """Put a taken offer into its account's inbox.

    Runs inside the transaction that takes it: offer, receipt and inbox change together.
    """
    await put_with(pooled, [handed_over(offer, signal)], now)
    await receipts.await_outcome(pooled, offer.receipt_id, offer.inbox_key, ON_ITS_WAY)


class Effect:
    """Ends undo windows: checks expiry and drift once more, then hands over to the account."""

    def __init__(
        self, database: Database, quoter: Quoter, market: MarketView, clock: Clock, bus: Bus
    ) -> None:
        self._database = database
        self._quoter = quoter
        self._market = market
        self._clock = clock
        self._bus = bus

    async def turn(self) -> bool:
        """Let what was approved take effect; True when there was something. Raises Unavailable."""
        async with connection(self._database) as pooled:
            due = await rows.effective(pooled, self._clock.now(), limits.OFFERS_BATCH_MAX)
        if not due:
            return False
        prices = await self._market.prices({(one.account_id, one.symbol) for one in due})
        apart = _Apart()
        for offer in due:
            with apart.of(offer):
                await self._one(offer, prices.get((offer.account_id, offer.symbol)))
        self._bus.wake("inbox")
        self._bus.wake("offers")
        apart.end()
        return True

    async def rest(self) -> float:
        """Seconds until the next undo window ends, at most a poll."""
        async with connection(self._database) as pooled:
            earliest = await rows.next_effective(pooled)
        if earliest is None:
            return limits.OFFERS_POLL_S
        left = (earliest - self._clock.now()).total_seconds()
        return min(max(left, limits.OFFERS_REST_MIN_S), limits.OFFERS_POLL_S)

    async def _one(self, offer: Offer, price: Decimal | None) -> None:
        now = self._clock.now()
        if offer.expires_at <= now:
            async with transaction(self._database) as pooled:
                if await rows.expire_approved(pooled, offer, _RAN_OUT, now):
                    verdict = Verdict("expired", _RAN_OUT)
                    await receipts.tell(pooled, offer.receipt_id, verdict, now)
                    await telling.tell(pooled, [(offer.which, Ruling("expired", _RAN_OUT))], now)
            self._bus.wake("events")
            return
        if drifted(offer, price):
            await requote(self._database, self._quoter, offer, now)
            return
        async with transaction(self._database) as pooled:
            if await rows.take(pooled, offer, now):
                signal = await receipts.signal_of(pooled, offer.signal_id)
                await hand_over(pooled, offer, signal, now)


class Expiry:
    """Ends offers nobody decided, and quotes those anew that the market has left."""

    def __init__(
        self, database: Database, quoter: Quoter, market: MarketView, clock: Clock, bus: Bus
    ) -> None:
        self._database = database
        self._quoter = quoter
        self._market = market
        self._clock = clock
        self._bus = bus

    async def turn(self) -> bool:
        """Look at all pending offers; True when one changed. Raises Unavailable."""
        changed = await self._expire()
        changed = await self._follow() or changed
        if changed:
            self._bus.wake("offers")
        return changed

    async def _expire(self) -> bool:
        now = self._clock.now()
        async with transaction(self._database) as pooled:
            gone = await rows.expire_pending(pooled, now, EXPIRED, limits.OFFERS_BATCH_MAX)
            for one in gone:
                await receipts.tell(pooled, one.receipt_id, Verdict("expired", EXPIRED), now)
            await telling.tell(pooled, [(one, Ruling("expired", EXPIRED)) for one in gone], now)
        if gone:
            self._bus.wake("events")
        return bool(gone)

    async def _follow(self) -> bool:
        now = self._clock.now()
        rested = now - timedelta(seconds=limits.OFFER_REQUOTE_S)
        async with connection(self._database) as pooled:
            waiting = await rows.pending(pooled, rested, limits.OFFERS_WATCHED_MAX)
        if not waiting:
            return False
        prices = await self._market.prices({(one.account_id, one.symbol) for one in waiting})
        apart, changed = _Apart(), False
        for offer in waiting:
            if drifted(offer, prices.get((offer.account_id, offer.symbol))):
                with apart.of(offer):
                    await requote(self._database, self._quoter, offer, now)
                    changed = True
        apart.end()
        return changed


class _Apart:
    """Offers looked at one after another: one that cannot be now does not stop the others."""

    def __init__(self) -> None:
        self._failed: Exception | None = None

    @contextmanager
    def of(self, offer: Offer) -> Iterator[None]:
        """Around whatever is done for this offer."""
        with correlation(offer.receipt_id):
            try:
                yield
            except Exception as error:  # noqa: BLE001 - of one account, whatever it is
                _log.warning("an offer waits", offer=offer.id, reason=repr(error))
                self._failed = error

    def end(self) -> None:
        """Raises Unavailable when something failed, so that the next look comes after a rest."""
        if self._failed is not None:
            raise Unavailable(f"an offer could not be looked at: {self._failed}")


def drifted(offer: Offer, price: Decimal | None) -> bool:
    """Whether the market has left the price the offer was quoted at."""
    if price is None or offer.entry_price is None:
        return False
    return drift_percent(offer.entry_price, price) > offer.max_drift_percent


async def requote(
    database: Database,
    quoter: Quoter,
    offer: Offer,
    now: datetime,
    size_factor: Decimal | None = None,
) -> Offer | None:
    """Ask again with the numbers of now, one version on; None when it changed meanwhile.

    Raises Unavailable, and Conflict when the account would refuse this other size.
    """
    async with connection(database) as pooled:
        signal = await receipts.signal_of(pooled, offer.signal_id)
    factor = size_factor or offer.size_factor
    entry = replace(signal, intent=Intent.ENTER, entry_price=offer.entry_price)
    quoted = await quoter.quote(offer.account_id, entry, factor)
    if size_factor is not None and quoted.quote.place == "refused":
        raise Conflict(quoted.quote.place_text, code=quoted.quote.code)
    async with transaction(database) as pooled:
        asked = await rows.requote(
            pooled, offer, quoted, factor, now, approved_too=offer.status == "approved"
        )
        if asked is not None:
            text = f"Offered again: {quoted.quote.note or quoted.quote.place_text}"
            verdict = Verdict("offered", text, final=False)
            await receipts.tell(pooled, offer.receipt_id, verdict, now)
    return asked
