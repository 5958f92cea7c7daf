"""Reading a venue's reports for one account: facts and the place of reading, written together."""

from __future__ import annotations

from typing import NamedTuple

from engine.runtime import answers
from engine.runtime.ports import Ports
from engine.venues.port import Report


class Page(NamedTuple):
    """What one look brought: reports nobody had told yet, and where reading stands now."""

    news: tuple[Report, ...]
    cursor: str
    moved: bool


async def read_page(ports: Ports, account_id: str, venue: str, cursor: str | None) -> Page:
    """Read on from ``cursor``, or from where the store says. Raises Unavailable."""
    store = ports.store
    start = await store.cursor(account_id) if cursor is None else cursor
    reports, reached = await ports.venue(venue).fills(account_id, start)
    if not reports and reached == start:
        return Page((), start, moved=False)
    entries = [answers.reported(account_id, venue, report) for report in reports]
    new = await store.put_reports(account_id, entries, reached, ports.clock.now())
    fresh = tuple(reports[len(reports) - new :])  # repeats come first
    return Page(fresh, reached, moved=reached != start or new > 0)
