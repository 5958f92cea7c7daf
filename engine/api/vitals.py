"""How the engine does inside, as its last heartbeat says: load, what is left out, its venues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.api.venue_views import VenueView
from engine.store.codec import decode_strings
from engine.store.heartbeat import VENUE


@dataclass(frozen=True, slots=True)
class EngineVitals:
    """Seconds throughout; ``left_out`` is the work shed under load, the least important first.

    ``stalled_s`` is how long the event loop stood still a moment ago, 0 when it did not.
    """

    loop_lag: float
    feed_age: float | None
    reconciled_age: float | None
    left_out: tuple[str, ...]
    stalled_s: float
    venues: tuple[VenueView, ...]


def vitals_of(data: Mapping[str, str]) -> EngineVitals:
    """Read the strings of a heartbeat row."""
    left_out = data.get("left_out", "")
    return EngineVitals(
        loop_lag=float(data["loop_lag"]),
        feed_age=_number(data, "feed_age"),
        reconciled_age=_number(data, "reconciled_age"),
        left_out=tuple(left_out.split(",")) if left_out else (),
        stalled_s=_number(data, "stalled_s") or 0.0,
        venues=tuple(
            _venue(key.removeprefix(VENUE), decode_strings(data[key]))
            for key in sorted(data)
            if key.startswith(VENUE)
        ),
    )


def _venue(name: str, data: Mapping[str, str]) -> VenueView:
    return VenueView(
        name=name,
        reachable=data["reachable"] == "yes",
        breaker=data["breaker"],
        note=data["note"],
        latency_ms=_number(data, "latency_ms"),
        clock_offset_s=_number(data, "clock_offset_s"),
        limit_used=_number(data, "limit_used"),
        rules_age_s=_number(data, "rules_age_s"),
        stream_age_s=_number(data, "stream_age_s"),
    )


def _number(data: Mapping[str, str], name: str) -> float | None:
    return float(data[name]) if name in data else None
