"""Watches and wants: what an account waits for, derived from it and so never lost."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Literal

from engine.domain.record import record


@record(frozen=True, slots=True)
class Watch:
    """Tell the account once when ``symbol`` trades at or beyond ``price``.

    ``up`` fires at price >= level, ``down`` at price <= level. (id, armed_seq) names one
    arming: a crossing is told once for it. With ``not_before`` the watch sleeps until then.
    """

    id: str
    symbol: str
    direction: Literal["up", "down"]
    price: Decimal
    armed_seq: int
    not_before: datetime | None = None


@record(frozen=True, slots=True)
class Wants:
    """Everything the runtime must watch for an account; rebuilt after each step and on load."""

    watches: tuple[Watch, ...]
    next_due: datetime | None
