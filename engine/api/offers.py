"""Window and mailbox of offers: what waits for a decision, and the decision."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine.api.paging import decode_cursor, encode_cursor, page_size
from engine.api.views import OfferLeg, OfferView, Page
from engine.offers import changes, rows
from engine.offers.decide import Decisions, Person, World
from engine.offers.market import MarketView
from engine.offers.offer import Offer, QuotedLeg
from engine.offers.quoting import Quoter
from engine.offers.words import STATUSES
from engine.store import registry
from engine.store.faults import connection
from engine.store.port import Store
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput, NotFound
from foundation.people.audit import Origin
from foundation.people.people import People


@dataclass(frozen=True, slots=True)
class OfferDeps:
    """What offers need. ``risk_version``: the risk notice an approval on paper stands on."""

    database: Database
    clock: Clock
    bus: Bus
    store: Store
    market: MarketView
    people: People
    risk_version: str


class Offers:
    """Offers to people; somebody else's offer is not found."""

    def __init__(self, deps: OfferDeps) -> None:
        self._deps = deps
        quoter = Quoter(deps.store, deps.market, deps.clock)
        self._decisions = Decisions(
            World(deps.database, deps.clock, deps.bus, deps.people, quoter, deps.market)
        )

    async def list(
        self,
        user_id: str,
        status: str | None = "pending",
        limit: int | None = None,
        cursor: str | None = None,
        account_id: str | None = None,
    ) -> Page[OfferView]:
        """One page, newest first; None for all statuses, and for all of the user's accounts.

        Raises InvalidInput, and NotFound for an account that is not the user's.
        """
        if account_id is not None:
            await registry.owned(self._deps.database, user_id, account_id)
        if status is not None and status not in STATUSES:
            raise InvalidInput(
                f"{status!r} is no status of an offer; use {', '.join(STATUSES)}", field="status"
            )
        after = decode_cursor(cursor)
        size = page_size(limit)
        before = after[1] if after else ""
        async with connection(self._deps.database) as pooled:
            found = await rows.page(pooled, user_id, (status, account_id), size + 1, before)
        shown = found[:size]
        last = shown[-1] if len(found) > size else None
        return Page(
            tuple(self._view(offer) for offer in shown),
            encode_cursor(last.created_at, last.id) if last else None,
        )

    async def get(self, user_id: str, offer_id: str) -> OfferView:
        """Raises NotFound."""
        async with connection(self._deps.database) as pooled:
            found = await rows.get(pooled, user_id, offer_id)
        if found is None:
            raise NotFound("there is no such offer", code="offer_not_found")
        return self._view(found)

    async def waiting(self, user_id: str, account_id: str) -> int:
        """How many offers of the account wait for a decision."""
        async with connection(self._deps.database) as pooled:
            return await rows.waiting(pooled, user_id, account_id)

    async def decide(  # noqa: PLR0913, PLR0917 - what a decision consists of
        self,
        user_id: str,
        offer_id: str,
        decision: Literal["approve", "reject"],
        version: int,
        channel: Literal["chat", "app"],
        size_factor: Decimal | None = None,
        origin: Origin | None = None,
    ) -> OfferView:
        """The decided offer; with another ``size_factor`` than the offer's it is quoted anew
        at that share instead and still waits.

        Raises NotFound; Gone when expired; Conflict when decided before (data says by whom and
        when) or when the numbers are not those that were shown (data: version).
        """
        if decision not in ("approve", "reject"):
            raise InvalidInput("decision is approve or reject", field="decision")
        if decision == "approve" and size_factor is not None:
            known = await self.get(user_id, offer_id)
            if known.size_factor != size_factor:
                return await self.resize(user_id, offer_id, version, size_factor, channel)
        person = self._person(user_id, channel, origin)
        return self._view(await self._decisions.decide(person, offer_id, decision, version))

    async def resize(
        self,
        user_id: str,
        offer_id: str,
        version: int,
        size_factor: Decimal,
        channel: Literal["chat", "app"] = "chat",
    ) -> OfferView:
        """The offer at this share of its full size, one version on. Raises as `decide`."""
        person = self._person(user_id, channel, None)
        asked = await self._decisions.resize(person, offer_id, version, size_factor)
        return self._view(asked)

    async def undo(
        self,
        user_id: str,
        offer_id: str,
        channel: Literal["chat", "app"],
        origin: Origin | None = None,
    ) -> OfferView:
        """Take an approval back within its undo window. Raises NotFound, Conflict, Gone."""
        person = self._person(user_id, channel, origin)
        return self._view(await self._decisions.undo(person, offer_id))

    async def changes(
        self, cursor: str | None, limit: int = limits.OFFER_CHANGES_MAX
    ) -> tuple[tuple[OfferView, ...], str]:
        """Offers of the whole installation made or changed after the cursor, as they are now,
        and the cursor to go on with (None: from the first). For the system: no user acts.
        """
        told, after = await changes.read(self._deps.database, cursor, limit)
        ids = list(dict.fromkeys(change.offer_id for change in told))
        async with connection(self._deps.database) as pooled:
            found = {offer.id: offer for offer in await rows.by_id(pooled, ids)}
        return tuple(self._view(found[offer_id]) for offer_id in ids), after

    async def changes_end(self) -> str:
        """The cursor after the last change: for a reader that wants only new ones."""
        return await changes.end(self._deps.database)

    def _person(
        self, user_id: str, channel: Literal["chat", "app"], origin: Origin | None
    ) -> Person:
        return Person(user_id, channel, self._deps.risk_version, origin)

    def _view(self, offer: Offer) -> OfferView:
        quote = offer.quote
        return OfferView(
            id=offer.id,
            account_id=offer.account_id,
            signal_id=offer.signal_id,
            receipt_id=offer.receipt_id,
            version=offer.version,
            status=offer.status,
            symbol=offer.symbol,
            timeframe=offer.timeframe,
            side=offer.side.value,
            entry_price=offer.entry_price,
            market_price=quote.market_price,
            legs=tuple(_leg(leg) for leg in quote.legs),
            capital_usd=quote.capital_usd,
            capital_percent=quote.capital_percent,
            size_factor=offer.size_factor,
            exposure_before_usd=quote.exposure_before_usd,
            exposure_after_usd=quote.exposure_after_usd,
            average_if_filled=quote.average_if_filled,
            target_price=quote.target_price,
            stop_price=None,
            pyramid_step=quote.pyramid_step,
            max_pyramids=quote.max_pyramids,
            place=quote.place,
            place_text=f"{quote.place_text} {quote.note}".strip(),
            slots_taken=quote.slots_taken,
            slots_total=quote.slots_total,
            reason=offer.reason,
            source=offer.source,
            strategy=offer.strategy,
            created_at=offer.created_at,
            expires_at=offer.expires_at,
            decided_by=offer.decided_by,
            decided_channel=offer.decided_channel,
            decided_at=offer.decided_at,
            effective_at=offer.effective_at,
            undo_seconds_left=self._undo_left(offer),
            taken=offer.taken_at is not None,
            group_id=offer.group_id,
            outcome_code=offer.outcome_code,
            outcome_text=offer.outcome_text,
        )

    def _undo_left(self, offer: Offer) -> int:
        """Whole seconds in which the approval can still be taken back."""
        if offer.status != "approved" or offer.taken_at is not None or offer.effective_at is None:
            return 0
        left = (offer.effective_at - self._deps.clock.now()).total_seconds()
        return max(0, int(left) + (left > int(left)))


def _leg(leg: QuotedLeg) -> OfferLeg:
    return OfferLeg(
        index=leg.index,
        order_type=leg.order_type.value,
        price=leg.price,
        quantity=leg.quantity,
        capital_usd=leg.capital_usd,
        gap_percent=leg.gap_percent,
        tp_percent=leg.tp_percent,
        tp_price=leg.tp_price,
    )
