"""Window and mailbox of what people's plans allow; whoever sells plans puts the limits here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from engine.api.accounts import PAPER
from engine.domain.entitlement import Entitlement, PlanLimits
from engine.domain.events import LimitsChanged
from engine.policy.entitlements import limits_told, stage_told
from engine.store import entitlements
from engine.venues.registry import EXCHANGES
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput
from foundation.money import plain
from foundation.people.audit import Entry

_COUNTS: Final = ("max_open_groups", "max_pyramids", "max_symbols")


@dataclass(frozen=True, slots=True)
class LimitsView:
    """What a person's plan allows; None is no limit. ``stage``: ``none`` without a plan.

    After ``valid_until`` entries go on until ``grace_until`` (``grace``), then none (``over``).
    """

    max_open_groups: int | None
    max_pyramids: int | None
    max_symbols: int | None
    max_exposure_usd: Decimal | None
    venues: tuple[str, ...] | None
    valid_until: datetime | None
    grace_until: datetime | None
    stage: Literal["none", "valid", "grace", "over"]
    text: str


@dataclass(frozen=True, slots=True)
class NewLimits:
    """What a plan is to allow, until when, and how long entries go on after that."""

    max_open_groups: int | None = None
    max_pyramids: int | None = None
    max_symbols: int | None = None
    max_exposure_usd: Decimal | None = None
    venues: tuple[str, ...] | None = None
    valid_until: datetime | None = None
    grace_hours: int = 0


class Entitlements:
    """Limits of people. Setting them is for owner and admins: whoever calls has looked."""

    def __init__(self, database: Database, clock: Clock, bus: Bus) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus

    async def get(self, user_id: str) -> LimitsView:
        """What this person's plan allows now."""
        return self._view(await entitlements.of_user(self._database, user_id))

    async def save(self, user_id: str, new: NewLimits | None, by: str | None) -> LimitsView:
        """Set the limits of all accounts of a person, and of those opened later; None: no limits.

        Raises NotFound (user), InvalidInput.
        """
        fact = LimitsChanged(None)
        if new is not None:
            fact = LimitsChanged(_checked(new), new.valid_until, _grace(new))

        def audit(before: LimitsChanged) -> Entry:
            return _entry(by, user_id, before, fact)

        author = (by or "console", self._clock.now())
        await entitlements.change(self._database, user_id, fact, author, audit)
        self._bus.wake("inbox")
        return self._view(fact)

    def _view(self, fact: LimitsChanged) -> LimitsView:
        if fact.limits is None:
            text = limits_told(None)
            return LimitsView(None, None, None, None, None, None, None, "none", text)
        said = Entitlement(fact.limits, fact.valid_until, fact.grace_hours)
        stage = said.stage_at(self._clock.now())
        now = Entitlement(fact.limits, fact.valid_until, fact.grace_hours, stage)
        return LimitsView(
            max_open_groups=now.limits.max_open_groups,
            max_pyramids=now.limits.max_pyramids,
            max_symbols=now.limits.max_symbols,
            max_exposure_usd=now.limits.max_exposure_usd,
            venues=now.limits.venues,
            valid_until=now.valid_until,
            grace_until=now.grace_until,
            stage=stage.value,
            text=stage_told(now),
        )


def _checked(wanted: NewLimits) -> PlanLimits:
    counts: dict[str, int | None] = {name: getattr(wanted, name) for name in _COUNTS}
    for name, value in counts.items():
        if value is not None and not 0 <= value <= limits.PLAN_COUNT_MAX:
            text = f"{name}: {value} is not between 0 and {limits.PLAN_COUNT_MAX}."
            raise InvalidInput(text, field=name)
    most = wanted.max_exposure_usd
    if most is not None and not 0 <= most <= limits.PLAN_USD_MAX:
        text = f"max_exposure_usd: {plain(most)} is not between 0 and {limits.PLAN_USD_MAX}."
        raise InvalidInput(text, field="max_exposure_usd")
    _known(wanted.venues or ())
    return PlanLimits(max_exposure_usd=most, venues=wanted.venues, **counts)


def _known(venues: Sequence[str]) -> None:
    known = (PAPER, *sorted(EXCHANGES))
    for venue in venues:
        if venue not in known:
            text = f"{venue!r} is no venue here; use {', '.join(known)}."
            raise InvalidInput(text, field="venues")


def _grace(new: NewLimits) -> int:
    if not 0 <= new.grace_hours <= limits.PLAN_GRACE_HOURS_MAX:
        text = f"grace_hours: use 0 to {limits.PLAN_GRACE_HOURS_MAX}."
        raise InvalidInput(text, field="grace_hours")
    if new.valid_until is not None and new.valid_until.tzinfo is None:
        raise InvalidInput("valid_until needs a time zone.", field="valid_until")
    return new.grace_hours


def _entry(by: str | None, user_id: str, before: LimitsChanged, after: LimitsChanged) -> Entry:
    return Entry(by, "user.limits", "user", user_id, _logged(before), _logged(after))


def _logged(fact: LimitsChanged) -> dict[str, Any]:
    until = fact.valid_until.isoformat() if fact.valid_until else None
    return {"limits": limits_told(fact.limits), "valid_until": until, "grace": fact.grace_hours}
