"""The update inbox as rows: accept once, lease in each user's order, settle."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import DateTime

from bot.inbox.secrets import without_secret
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput

_BIGINT_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Leased:
    """An update this process works on; ``attempts`` counts this one."""

    update_id: int
    user_key: str
    payload: dict[str, Any]
    attempts: int


_TIMES = (
    bindparam("now", type_=DateTime(timezone=True)),
    bindparam("later", type_=DateTime(timezone=True)),
)
_ACCEPT = text("""
    insert into telegram_updates (bot_id, update_id, user_key, payload, received_at, not_before)
    values (:bot, :update, :user, :payload, :now, :now)
    on conflict do nothing
""").bindparams(_TIMES[0])
# the earliest open update of each user, unless it is being worked on or rests after a failure
_LEASE = text("""
    with heads as (
        select distinct on (user_key) update_id, not_before from telegram_updates
        where bot_id = :bot and status = 'waiting' order by user_key, update_id
    ), picked as (
        select update_id from heads where not_before <= :now order by update_id limit :most
    )
    update telegram_updates u set attempts = attempts + 1, not_before = :later
    from picked p where u.bot_id = :bot and u.update_id = p.update_id
      and u.status = 'waiting' and u.not_before <= :now
    returning u.update_id, u.user_key, u.payload, u.attempts
""").bindparams(*_TIMES)
_HANDLED = text("""
    update telegram_updates set status = :status, handled_at = :now, reference = :reference
    where bot_id = :bot and update_id = :update and status = 'waiting'
""").bindparams(_TIMES[0])
_LATER = text("""
    update telegram_updates set not_before = :later
    where bot_id = :bot and update_id = :update and status = 'waiting'
""").bindparams(_TIMES[1])
_RELEASE = text("""
    update telegram_updates set not_before = :now
    where bot_id = :bot and status = 'waiting' and not_before > :now
""").bindparams(_TIMES[0])
_PURGE = (
    """delete from telegram_updates where ctid = any (array(
        select ctid from telegram_updates where handled_at < :before limit :most))""",
    """delete from telegram_outbox where ctid = any (array(
        select ctid from telegram_outbox where done_at < :before limit :most))""",
)


class Inbox:
    """Updates of one bot."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, bot_id: int) -> None:
        self.database = database
        self.clock = clock
        self._bus = bus
        self._bot_id = bot_id

    async def accept(self, updates: Sequence[dict[str, Any]]) -> None:
        """Write the updates down; one that is known already changes nothing.

        Raises InvalidInput for a body without a usable ``update_id``.
        """
        now = self.clock.now()
        rows = [
            {
                "bot": self._bot_id,
                "update": update_number(update),
                "user": user_key(update),
                "payload": json.dumps(without_secret(update), ensure_ascii=True),
                "now": now,
            }
            for update in updates
        ]
        if not rows:
            return
        async with self.database.begin() as connection:
            await connection.execute(_ACCEPT, rows)
        self._bus.wake("telegram_inbox")

    async def lease(self, most: int) -> list[Leased]:
        """The next update of up to ``most`` users, for a lease."""
        now = self.clock.now()
        later = now + timedelta(seconds=limits.BOT_UPDATE_LEASE_S)
        values = {"bot": self._bot_id, "now": now, "later": later, "most": most}
        async with self.database.begin() as connection:
            rows = (await connection.execute(_LEASE, values)).all()
        return [Leased(r[0], r[1], json.loads(r[2]), r[3]) for r in sorted(rows)]

    async def handled(
        self, row: Leased, connection: AsyncConnection, reference: str | None = None
    ) -> None:
        """Done; with a ``reference`` it was set aside because it keeps failing."""
        values = {
            "bot": self._bot_id,
            "update": row.update_id,
            "now": self.clock.now(),
            "status": "set_aside" if reference else "handled",
            "reference": reference,
        }
        await connection.execute(_HANDLED, values)

    async def later(self, row: Leased, wait_s: float) -> None:
        """Work on it again after a pause; the user's next update waits behind it."""
        later = self.clock.now() + timedelta(seconds=wait_s)
        values = {"bot": self._bot_id, "update": row.update_id, "later": later}
        async with self.database.begin() as connection:
            await connection.execute(_LATER, values)

    async def release_all(self) -> None:
        """After a start: what the last process was working on may be taken up at once."""
        values = {"bot": self._bot_id, "now": self.clock.now()}
        async with self.database.begin() as connection:
            await connection.execute(_RELEASE, values)

    async def purge(self) -> None:
        """Forget handled updates and delivered messages after a while, in small bites."""
        before = self.clock.now() - timedelta(days=limits.BOT_KEEP_DAYS)
        for statement in _PURGE:
            gone = limits.BOT_PURGE_ROWS
            while gone == limits.BOT_PURGE_ROWS:
                async with self.database.begin() as connection:
                    done = await connection.execute(
                        text(statement).bindparams(
                            bindparam("before", type_=DateTime(timezone=True))
                        ),
                        {"before": before, "most": limits.BOT_PURGE_ROWS},
                    )
                gone = done.rowcount


def update_number(update: dict[str, Any]) -> int:
    """The update's own number; raises InvalidInput."""
    number = update.get("update_id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= _BIGINT_MAX:
        raise InvalidInput("an update needs a whole number update_id", field="update_id")
    return number


def user_key(update: dict[str, Any]) -> str:
    """Whose turn it is: updates with the same key are worked on one after the other."""
    for body in update.values():
        if not isinstance(body, dict):
            continue
        for name in ("from", "user", "chat"):
            found = body.get(name)
            if isinstance(found, dict) and isinstance(found.get("id"), int):
                return f"{'chat' if name == 'chat' else 'user'}:{found['id']}"
    return "nobody"
