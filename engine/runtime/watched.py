"""A venue whose every call is watched: did it answer, and does it take the account's keys.

The engine hands its actors watched venues, so no actor has to remember to tell.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol, TypeVar, runtime_checkable

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.instrument import Instrument
from engine.runtime.brakes import Brakes
from engine.runtime.ports import Ports
from engine.venues.port import (
    CREDENTIAL_CODES,
    Absent,
    Accepted,
    Allowance,
    Cancelled,
    Found,
    Held,
    OpenOrder,
    OutcomeUnknown,
    RefusalCode,
    Refused,
    Report,
    Venue,
    VenueHealth,
    Wallet,
)
from foundation.errors import Unavailable

_Answer = TypeVar("_Answer")
_ITS_OWN_WORD: Final = CREDENTIAL_CODES | {RefusalCode.RATE_LIMITED, RefusalCode.CLOCK_SKEW}
"""Codes of errors with which a venue did answer."""


@runtime_checkable
class TellsNews(Protocol):
    """A venue that knows which accounts have new reports."""

    def news(self) -> Collection[str]:
        """Accounts with reports since this was asked last."""
        ...


@runtime_checkable
class KnowsLimits(Protocol):
    """A venue whose rate limits say how much may leave for an account now."""

    def allowances(self) -> Mapping[str, Allowance]:
        """By account; one that is left out has not been asked for yet, and is free."""
        ...


class WatchedVenue:
    """The venue itself, watched."""

    def __init__(self, venue: Venue, brakes: Brakes) -> None:
        self._venue = venue
        self._breaker = brakes.breakers.of(venue.name)
        self._credentials = brakes.credentials

    @property
    def name(self) -> str:
        return self._venue.name

    def news(self) -> Collection[str] | None:
        """Accounts with new reports; None from a venue that does not tell."""
        return self._venue.news() if isinstance(self._venue, TellsNews) else None

    def allowances(self) -> Mapping[str, Allowance]:
        """What its limits let leave by account; nothing is held back where it has none."""
        return self._venue.allowances() if isinstance(self._venue, KnowsLimits) else {}

    async def instruments(self) -> Mapping[str, Instrument]:
        return await self._venue.instruments()

    async def place(
        self, account_id: str, order: PlaceOrder, claimed_at: datetime
    ) -> Accepted | Refused | OutcomeUnknown:
        return await self._seen(account_id, self._venue.place(account_id, order, claimed_at))

    async def cancel(
        self, account_id: str, command: CancelOrder
    ) -> Cancelled | Refused | OutcomeUnknown:
        return await self._seen(account_id, self._venue.cancel(account_id, command))

    async def find(
        self, account_id: str, order_id: str, symbol: str
    ) -> Found | Absent | OutcomeUnknown:
        return await self._seen(account_id, self._venue.find(account_id, order_id, symbol))

    async def fills(self, account_id: str, cursor: str) -> tuple[tuple[Report, ...], str]:
        return await self._seen(account_id, self._venue.fills(account_id, cursor))

    async def open_orders(self, account_id: str) -> tuple[OpenOrder, ...]:
        return await self._seen(account_id, self._venue.open_orders(account_id))

    async def positions(self, account_id: str) -> tuple[Held, ...]:
        return await self._seen(account_id, self._venue.positions(account_id))

    async def wallet(self, account_id: str) -> Wallet:
        return await self._seen(account_id, self._venue.wallet(account_id))

    def health(self) -> VenueHealth:
        return self._venue.health()

    async def _seen(self, account_id: str, call: Awaitable[_Answer]) -> _Answer:
        try:
            answer = await call
        except Unavailable as error:
            if error.code in CREDENTIAL_CODES:
                self._credentials.refused(account_id, error.text)
            if error.code in _ITS_OWN_WORD:
                self._breaker.answered()
            else:
                self._breaker.failed()
            raise
        except BaseException:  # a time-out reaches us as a cancellation
            self._breaker.failed()
            raise
        if isinstance(answer, OutcomeUnknown):
            self._breaker.failed()
        else:
            self._breaker.answered()
        if isinstance(answer, Refused) and answer.code in CREDENTIAL_CODES:
            self._credentials.refused(account_id, answer.text)
        return answer


def news_of(venue: Venue) -> Collection[str] | None:
    """Accounts with new reports, as far as the venue tells; None from one that does not."""
    return venue.news() if isinstance(venue, WatchedVenue) else None


def allowances_of(venue: Venue) -> Mapping[str, Allowance]:
    """What may leave by account, as far as the venue's limits are known."""
    return venue.allowances() if isinstance(venue, KnowsLimits) else {}


def watched(ports: Ports, brakes: Brakes) -> Ports:
    """The same ports with every venue watched."""
    venues = {name: WatchedVenue(venue, brakes) for name, venue in ports.venues.items()}
    return replace(ports, venues=venues)
