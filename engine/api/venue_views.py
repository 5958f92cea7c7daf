"""Venues as screens see them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VenueView:
    """How one venue does; null where nothing was measured yet. Ages in seconds.

    ``breaker``: closed, open (no entries are sent) or half_open. ``clock_offset_s`` is the
    venue's clock minus ours, ``limit_used`` 0..1 the share of its rate limit in use.
    ``rules_age_s`` is the age of its precision rules, ``stream_age_s`` how long the account
    stream has been silent. ``note`` says in words what is wrong, or "".
    """

    name: str
    reachable: bool
    breaker: str
    note: str
    latency_ms: float | None
    clock_offset_s: float | None
    limit_used: float | None
    rules_age_s: float | None
    stream_age_s: float | None


@dataclass(frozen=True, slots=True)
class VenuesView:
    """All venues as the engine last saw them, ``heartbeat_age`` seconds ago.

    Not ``running``: nobody looks at them now, and the figures are old.
    """

    running: bool
    heartbeat_age: float | None
    venues: tuple[VenueView, ...]
