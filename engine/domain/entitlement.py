"""What a person's plan allows an account, and until when; the engine never asks, it is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from engine.domain.record import record


class PlanStage(StrEnum):
    """``grace``: the plan has ended, entries go on for a while; ``over``: no new entries."""

    VALID = "valid"
    GRACE = "grace"
    OVER = "over"


@record(frozen=True, slots=True)
class PlanLimits:
    """The most an account may have at once; None is no limit. ``venues`` by name."""

    max_open_groups: int | None = None
    max_pyramids: int | None = None
    max_symbols: int | None = None
    max_exposure_usd: Decimal | None = None
    venues: tuple[str, ...] | None = None


@record(frozen=True, slots=True)
class Entitlement:
    """Limits, when they end (None: never), and how long entries go on after that.

    ``stage`` is the last one that was told.
    """

    limits: PlanLimits
    valid_until: datetime | None = None
    grace_hours: int = 0
    stage: PlanStage = PlanStage.VALID

    @property
    def grace_until(self) -> datetime | None:
        """From when on no new entries are taken."""
        if self.valid_until is None:
            return None
        return self.valid_until + timedelta(hours=self.grace_hours)

    def stage_at(self, at: datetime) -> PlanStage:
        if self.valid_until is None or at < self.valid_until:
            return PlanStage.VALID
        ends = self.grace_until
        return PlanStage.GRACE if ends is not None and at < ends else PlanStage.OVER

    def untold(self) -> Iterator[datetime]:
        """The moments at which a stage begins that was not told yet."""
        if self.valid_until is None or self.grace_until is None:
            return
        if self.stage is PlanStage.VALID:
            yield self.valid_until
        elif self.stage is PlanStage.GRACE:
            yield self.grace_until
