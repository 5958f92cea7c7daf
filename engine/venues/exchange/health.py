"""How an exchange does, from what its nets have seen: the worst of each figure."""

from __future__ import annotations

from collections.abc import Iterable

from engine.venues.exchange.net import Net
from engine.venues.port import VenueHealth
from foundation import limits


def health_of(nets: Iterable[Net], stream_ages: Iterable[float]) -> VenueHealth:
    """One picture of all nets in use; an exchange nobody has asked yet counts as reachable."""
    seen = list(nets)
    offsets = [net.offset_s for net in seen if net.offset_s is not None]
    offset = max(offsets, key=abs, default=None)
    latencies = [net.latency_s for net in seen if net.latency_s is not None]
    ages = [net.rules_age_s for net in seen if net.rules_age_s is not None]
    latency = max(latencies, default=None)
    return VenueHealth(
        reachable=all(net.reachable is not False for net in seen),
        latency_ms=None if latency is None else round(latency * 1000, 1),
        clock_offset_s=offset,
        limit_used=max((net.weight.used for net in seen), default=None),
        rules_age_s=max(ages, default=None),
        stream_age_s=max(stream_ages, default=None),
        note=_note(seen, offset),
    )


def _note(nets: list[Net], offset: float | None) -> str:
    troubles = [net.trouble for net in nets if net.trouble]
    if troubles:
        return f"No answer: {troubles[0]}"
    if offset is not None and abs(offset) > limits.VENUE_CLOCK_MAX_S:
        return f"The clocks differ by {abs(offset):.1f} s: no entries until this one is set right."
    if offset is not None and abs(offset) > limits.VENUE_CLOCK_CORRECTED_S:
        return f"The clocks differ by {abs(offset):.1f} s; requests are corrected for it."
    if any(net.weight.used >= 1.0 for net in nets):
        return "The rate limit is used up."
    return ""
