"""The log of all receipts, and how much came to each hook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Text, cast, func, select

from engine.signals.receipt import Receipt, read
from engine.signals.tables import hook_counters, receipts
from foundation.db import Database


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much came to one hook."""

    total: int
    last_at: datetime


class ReceiptLog:
    """The log of receipts, newest first."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, user_id: str, account_id: str | None, limit: int, before: str | None
    ) -> Sequence[Receipt]:
        """At most ``limit`` receipts of the user that are older than the id ``before``."""
        wanted = _columns().where(receipts.c.user_id == user_id)
        if account_id is not None:
            wanted = wanted.where(receipts.c.account_id == account_id)
        if before is not None:
            wanted = wanted.where(receipts.c.id < before)
        async with self._database.connect() as connection:
            rows = await connection.execute(wanted.order_by(receipts.c.id.desc()).limit(limit))
            return [read(dict(row._mapping)) for row in rows]

    async def get(self, user_id: str, receipt_id: str) -> Receipt | None:
        wanted = _columns().where(receipts.c.user_id == user_id, receipts.c.id == receipt_id)
        async with self._database.connect() as connection:
            row = (await connection.execute(wanted)).one_or_none()
        return None if row is None else read(dict(row._mapping))

    async def traffic(self, hook_ids: Sequence[str]) -> dict[str, Traffic]:
        """How much came to each of the hooks that had anything, repeats and refusals included."""
        stored = (
            select(receipts.c.hook_id, func.count(), func.max(receipts.c.received_at))
            .where(receipts.c.hook_id.in_(hook_ids))
            .group_by(receipts.c.hook_id)
        )
        counted = select(
            hook_counters.c.hook_id, hook_counters.c.total, hook_counters.c.last_at
        ).where(hook_counters.c.hook_id.in_(hook_ids))
        found: dict[str, Traffic] = {}
        async with self._database.connect() as connection:
            for wanted in (stored, counted):
                for hook_id, total, last_at in await connection.execute(wanted):
                    known = found.get(hook_id, Traffic(0, last_at))
                    latest = max(known.last_at, last_at)
                    found[hook_id] = Traffic(known.total + total, latest)
        return found


def _columns() -> Select[tuple[object, ...]]:
    shown = [c for c in receipts.c if c.name not in ("body", "signal")]
    return select(*shown, cast(receipts.c.signal, Text).label("signal"))
