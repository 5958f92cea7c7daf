"""Mutants of the core: decisions with one thought left out, to be caught by the same worlds."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from engine.decide import closing, cover, facts, plan
from engine.decide.turn import Turn
from engine.domain.events import OrderFilled, OrderRefused
from engine.domain.group import Group
from engine.domain.notices import Outcome
from engine.domain.orders import Allocation
from engine.domain.words import GroupStatus
from engine.policy import retry
from engine.policy.lots import LotKey
from foundation.money import floor_to_step
from tests.sim.mutants import MUTANTS, Mutant, patched


class DustPerLeg(Mutant):
    """Rounds each lot down to the step by itself, so that what is left over adds up."""

    name = "dust per leg"

    def applied(self) -> AbstractContextManager[None]:
        def each(
            uncovered: Sequence[tuple[LotKey, Decimal]], step: Decimal
        ) -> tuple[Allocation, ...]:
            rounded = ((key, floor_to_step(quantity, step)) for key, quantity in uncovered)
            return tuple(Allocation(*key, quantity=q) for key, q in rounded if q > 0)

        return patched(closing, "allocate_whole", each)


class CoverForgotten(Mutant):
    """Closes a lot again that a live reducer closes already."""

    name = "cover forgotten"

    def applied(self) -> AbstractContextManager[None]:
        return patched(cover, "covered", lambda _group, **_how: {})


class EntriesLeftWorking(Mutant):
    """Closes a group and leaves its entries at the venue."""

    name = "entries left working"

    def applied(self) -> AbstractContextManager[None]:
        def nothing(_turn: Turn, _group: Group, _pyramid: int | None = None) -> None:
            return

        return patched(plan, "cancel_entries", nothing)


class RefusalsRetried(Mutant):
    """Takes a refusal for good for one that may pass."""

    name = "final refusal tried again"

    def applied(self) -> AbstractContextManager[None]:
        refused = facts.refused

        def hopeful(turn: Turn, fact: OrderRefused) -> Outcome:
            return refused(turn, replace(fact, final=False))

        return patched(facts, "refused", hopeful)


class ExitsGivenUp(Mutant):
    """Tries an exit that was refused again some other day."""

    name = "refused exit given up"

    def applied(self) -> AbstractContextManager[None]:
        def some_day(now: datetime, _attempts: int) -> datetime:
            return now + timedelta(days=1)

        return patched(retry, "exit_retry_at", some_day)


class LateFillsIgnored(Mutant):
    """Believes that nothing can execute any more for a group that is closed."""

    name = "late fill on a closed group ignored"

    def applied(self) -> AbstractContextManager[None]:
        booked = facts.filled

        def filled(turn: Turn, fact: OrderFilled) -> Outcome:
            found = facts.find_order(turn, fact.order_id)
            if found is not None and found[0].status is GroupStatus.CLOSED:
                return facts.KNOWN
            return booked(turn, fact)

        return patched(facts, "filled", filled)


CORE_MUTANTS: tuple[Mutant, ...] = (
    DustPerLeg(),
    CoverForgotten(),
    EntriesLeftWorking(),
    RefusalsRetried(),
    ExitsGivenUp(),
    LateFillsIgnored(),
)
ALL_MUTANTS: tuple[Mutant, ...] = (*MUTANTS, *CORE_MUTANTS)
