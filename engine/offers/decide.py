"""A person's decision on an offer: one compare-and-set, and the first one wins everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal

from sqlalchemy import CursorResult, insert, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.offers import rows, telling
from engine.offers.effect import EXPIRED, drifted, requote
from engine.offers.market import MarketView
from engine.offers.offer import Offer
from engine.offers.quoting import Quoter
from engine.offers.tables import offer_decisions, offer_events, offers
from engine.offers.telling import Ruling, by_person
from engine.offers.words import Decision, Kind
from engine.signals import receipts
from engine.signals.receipts import Verdict
from engine.store.faults import connection
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Conflict, Gone, InvalidInput, NotFound, Unavailable
from foundation.people.audit import Entry, Origin, write
from foundation.people.people import People

DISCLAIMER: Final = "risk"
"""The document whose version an approval stands on."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and where: ``consent_version`` is the text they were shown."""

    user_id: str
    channel: Literal["chat", "app"]
    consent_version: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class World:
    """What deciding needs."""

    database: Database
    clock: Clock
    bus: Bus
    people: People
    quoter: Quoter
    market: MarketView


class Decisions:
    """Approve, reject, resize, undo. Somebody else's offer is not found."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def decide(
        self, person: Person, offer_id: str, decision: Decision, version: int
    ) -> Offer:
        """The decided offer.

        Raises NotFound, Gone (expired), Conflict: decided already (data says by whom and when),
        other numbers than those shown (``version_changed``), or the market has left them
        (``requoted``).
        """
        offer = await self._open(person, offer_id, version)
        if decision == "approve":
            await self._refuse_drift(offer)
            await self._consent(person)
        now = self._world.clock.now()
        approving = decision == "approve"
        values: dict[str, Any] = {
            "status": "approved" if approving else "rejected",
            "decided_by": person.user_id,
            "decided_channel": person.channel,
            "decided_at": now,
            "consent_version": person.consent_version if approving else None,
        }
        if approving:
            values["effective_at"] = now + timedelta(seconds=offer.undo_seconds)
        statement = (
            update(offers)
            .where(
                offers.c.id == offer_id,
                offers.c.user_id == person.user_id,
                offers.c.version == version,
                offers.c.status == "pending",
                offers.c.expires_at > now,
            )
            .values(values)
        )
        kind: Kind = "approved" if approving else "rejected"
        if not await self._write(statement, person, offer, (decision, kind), now):
            raise _why_not(await self._offer(person.user_id, offer_id), version, now)
        return await self._told(person, offer_id)

    async def resize(
        self, person: Person, offer_id: str, version: int, size_factor: Decimal
    ) -> Offer:
        """The offer quoted anew at this share of the full size; it still waits. Raises as above."""
        if not 0 < size_factor <= 1:
            raise InvalidInput(
                "size_factor is a share of the full size: above 0, at most 1", field="size_factor"
            )
        offer = await self._open(person, offer_id, version)
        now = self._world.clock.now()
        asked = await requote(
            self._world.database, self._world.quoter, offer, now, size_factor=size_factor
        )
        if asked is None:
            raise _why_not(await self._offer(person.user_id, offer_id), version, now)
        self._world.bus.wake("offers")
        return asked

    async def undo(self, person: Person, offer_id: str) -> Offer:
        """Take an approval back while its window lasts. Raises NotFound, Conflict, Gone."""
        offer = await self._offer(person.user_id, offer_id)
        now = self._world.clock.now()
        statement = (
            update(offers)
            .where(
                offers.c.id == offer_id,
                offers.c.user_id == person.user_id,
                offers.c.version == offer.version,
                offers.c.status == "approved",
                offers.c.taken_at.is_(None),
                offers.c.effective_at > now,
            )
            .values(status="withdrawn", outcome_code="undone", outcome_text=_UNDONE)
        )
        if not await self._write(statement, person, offer, ("undo", "undone"), now):
            raise _cannot_undo(await self._offer(person.user_id, offer_id))
        return await self._told(person, offer_id)

    async def _open(self, person: Person, offer_id: str, version: int) -> Offer:
        """The offer, if it can be decided as it was shown."""
        offer = await self._offer(person.user_id, offer_id)
        now = self._world.clock.now()
        if offer.status != "pending" or offer.version != version or offer.expires_at <= now:
            raise _why_not(offer, version, now)
        return offer

    async def _offer(self, user_id: str, offer_id: str) -> Offer:
        async with connection(self._world.database) as pooled:
            found = await rows.get(pooled, user_id, offer_id)
        if found is None:
            raise NotFound("there is no such offer", code="offer_not_found")
        return found

    async def _refuse_drift(self, offer: Offer) -> None:
        """Quote anew instead of approving numbers the market has left."""
        world = self._world
        wanted = (offer.account_id, offer.symbol)
        price = (await world.market.prices([wanted])).get(wanted)
        if not drifted(offer, price):
            return
        asked = await requote(world.database, world.quoter, offer, world.clock.now())
        world.bus.wake("offers")
        note = asked.quote.note if asked is not None else ""
        raise Conflict(
            f"{note} Look at the new numbers and decide again.".strip(),
            code="requoted",
            version=asked.version if asked is not None else offer.version + 1,
        )

    async def _consent(self, person: Person) -> None:
        """The first approval on paper records the version of the text that was shown."""
        known = await self._world.people.consent(person.user_id, DISCLAIMER)
        if known != person.consent_version:
            await self._world.people.record_consent(
                person.user_id, DISCLAIMER, person.consent_version, person.channel
            )

    async def _write(
        self,
        statement: Any,
        person: Person,
        offer: Offer,
        what: tuple[str, Kind],
        now: datetime,
    ) -> bool:
        """The change with its decision, event and audit row; False when it does not apply."""
        decision, kind = what
        try:
            async with self._world.database.begin() as connected:
                changed: CursorResult[Any] = await connected.execute(statement)
                if changed.rowcount == 0:
                    return False
                await _note(connected, person, offer, decision, now)
                await connected.execute(
                    insert(offer_events).values(
                        offer_id=offer.id,
                        user_id=offer.user_id,
                        version=offer.version,
                        kind=kind,
                        at=now,
                    )
                )
                await receipts.tell_in(connected, offer.receipt_id, _VERDICTS[kind], now)
                await telling.tell_in(connected, offer, _ruling(person, kind), now)
        except (OSError, TimeoutError, SQLAlchemyError) as error:
            raise Unavailable("the database does not answer; look before you try again") from error
        return True

    async def _told(self, person: Person, offer_id: str) -> Offer:
        """The offer as it now is, after waking whoever acts on or shows offers."""
        self._world.bus.wake("approvals")
        self._world.bus.wake("offers")
        self._world.bus.wake("events")
        return await self._offer(person.user_id, offer_id)


_UNDONE: Final = "The approval was taken back in time."
_VERDICTS: Final[dict[str, Verdict]] = {
    "approved": Verdict("approved", "Approved: the undo window is running.", final=False),
    "rejected": Verdict("rejected", "Rejected by its owner."),
    "undone": Verdict("undone", _UNDONE),
}


def _ruling(person: Person, kind: Kind) -> Ruling:
    if kind == "undone":
        return Ruling("withdrawn", _UNDONE, person.user_id, person.channel)
    status: Final = "approved" if kind == "approved" else "rejected"
    return by_person(status, person.user_id, person.channel)


async def _note(
    connected: AsyncConnection, person: Person, offer: Offer, decision: str, now: datetime
) -> None:
    await connected.execute(
        insert(offer_decisions).values(
            offer_id=offer.id,
            version=offer.version,
            decision=decision,
            decided_by=person.user_id,
            channel=person.channel,
            consent_version=person.consent_version if decision == "approve" else None,
            at=now,
        )
    )
    after = {"decision": decision, "version": offer.version, "channel": person.channel}
    entry = Entry(
        person.user_id, f"offer.{decision}", "offer", offer.id, after=after, origin=person.origin
    )
    await write(connected, now, entry)


def _why_not(offer: Offer, version: int, now: datetime) -> Conflict | Gone:
    """Why a decision does not count: late, overtaken, or about other numbers."""
    if offer.status == "expired" or (offer.status == "pending" and offer.expires_at <= now):
        return Gone(EXPIRED, code="offer_expired", expired_at=offer.expires_at.isoformat())
    if offer.status in ("approved", "rejected") and offer.decided_at is not None:
        return Conflict(
            f"This offer was {offer.status} before: by {offer.decided_channel}, at "
            f"{offer.decided_at:%H:%M:%S} UTC.",
            code="already_decided",
            status=offer.status,
            decided_by=offer.decided_by,
            decided_channel=offer.decided_channel,
            decided_at=offer.decided_at.isoformat(),
        )
    if offer.status != "pending":
        text = offer.outcome_text or "This offer was withdrawn."
        return Conflict(text, code="offer_withdrawn", status=offer.status)
    return Conflict(
        f"The offer has new numbers (version {offer.version}, you saw {version}): look again.",
        code="version_changed",
        version=offer.version,
    )


def _cannot_undo(offer: Offer) -> Conflict | Gone:
    if offer.status == "approved":
        return Gone("The time to take this approval back is over.", code="undo_over")
    if offer.outcome_code == "undone":
        return Conflict("This approval was taken back before.", code="already_undone")
    return Conflict(
        f"There is no approval to take back: the offer is {offer.status}.", code="nothing_to_undo"
    )
