"""Signs of life: one row per actor that gives one, overwritten each time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from engine.store.codec import decode_strings, encode_strings
from engine.store.faults import connection
from engine.store.port import Depths, Heartbeat, VenueBeat
from foundation.db import Database

ENGINE: Final = "engine"
VENUE: Final = "venue."
"""Before a venue's name, the key of what is known of it: strings again, as JSON."""

_BEAT = """
insert into heartbeats (name, at, data) values ($1, $2, $3)
on conflict (name) do update set at = excluded.at, data = excluded.data
"""


@dataclass(frozen=True, slots=True)
class Beat:
    """The last sign of life of one actor; ``data`` are plain strings."""

    at: datetime
    data: Mapping[str, str]


async def beat(database: Database, name: str, now: datetime, data: Mapping[str, str]) -> None:
    """Write down that ``name`` is alive. Raises Unavailable."""
    async with connection(database) as pooled:
        await pooled.execute(_BEAT, name, now, encode_strings(data))


async def last_beat(database: Database, name: str) -> Beat | None:
    """The last sign of life of ``name``, None before the first. Raises Unavailable."""
    async with connection(database) as pooled:
        record = await pooled.fetchrow("select at, data from heartbeats where name = $1", name)
    return Beat(record["at"], decode_strings(record["data"])) if record else None


def _venue(venue: VenueBeat) -> dict[str, str]:
    numbers = {
        "latency_ms": venue.latency_ms,
        "clock_offset_s": venue.clock_offset_s,
        "limit_used": venue.limit_used,
        "rules_age_s": venue.rules_age_s,
        "stream_age_s": venue.stream_age_s,
    }
    known = {name: f"{value:.3f}" for name, value in numbers.items() if value is not None}
    words = {"reachable": "yes" if venue.reachable else "no", "breaker": venue.breaker}
    return {**words, "note": venue.note, **known}


async def engine_beat(database: Database, heartbeat: Heartbeat) -> None:
    """See `Store.beat`."""
    depths: Depths = heartbeat.depths
    data = {
        "loop_lag": f"{heartbeat.loop_lag:.6f}",
        "inbox_waiting": str(depths.inbox_waiting),
        "outbox_waiting": str(depths.outbox_waiting),
        "orders_unknown": str(depths.orders_unknown),
    }
    data["left_out"] = ",".join(heartbeat.left_out)
    data["stalled_s"] = f"{heartbeat.stalled_s:.3f}"
    if heartbeat.feed_age is not None:
        data["feed_age"] = f"{heartbeat.feed_age:.3f}"
    if heartbeat.reconciled_age is not None:
        data["reconciled_age"] = f"{heartbeat.reconciled_age:.3f}"
    for name, venue in heartbeat.venues.items():
        data[f"{VENUE}{name}"] = encode_strings(_venue(venue))
    await beat(database, ENGINE, heartbeat.at, data)
