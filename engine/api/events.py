"""Window of events: what happened to one account, and to all of them for those who tell it on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from asyncpg import Record

from engine.api.views import EventView
from engine.store import registry, screens
from engine.store.codec import decode_strings
from foundation import limits
from foundation.db import Database
from foundation.errors import InvalidInput

_LAST_ID: Final = 2**63 - 1


class Events:
    """Events of accounts, in order; a reader that goes on where it stopped misses none."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(
        self,
        user_id: str,
        account_id: str,
        seq: int,
        limit: int = limits.EVENTS_READ_MAX,
        after: int | None = None,
    ) -> tuple[EventView, ...]:
        """Events of one account after this seq and, of that seq, after the id ``after``.

        What happens between two decisions has the seq of the one before: go on with seq and id
        of the last event, or miss that. Without ``after`` a seq was read whole. Raises NotFound.
        """
        await registry.owned(self._database, user_id, account_id)
        size = min(max(limit, 1), limits.EVENTS_READ_MAX)
        if after is None:
            after = _LAST_ID if seq else 0
        records = await screens.events_since(self._database, account_id, (seq, after), size)
        return tuple(event_view(record) for record in records)

    async def recent(
        self, user_id: str, account_id: str, kinds: Sequence[str], limit: int
    ) -> tuple[EventView, ...]:
        """The last events of these kinds, newest first, as far back as `EVENTS_LOOK_BACK`.

        Events of one decision have one seq. Raises NotFound.
        """
        await registry.owned(self._database, user_id, account_id)
        size = min(max(limit, 1), limits.EVENTS_READ_MAX)
        records = await screens.events_recent(self._database, account_id, kinds, size)
        return tuple(event_view(record) for record in records)

    async def read(
        self, cursor: str | None, limit: int = limits.EVENTS_READ_MAX
    ) -> tuple[tuple[EventView, ...], str]:
        """Events of the whole installation after the cursor (None: from the first one), and
        the cursor to go on with. For the system: no user acts, see `Accounts.owner`.

        Raises InvalidInput for a cursor that is not ours.
        """
        after = _position(cursor)
        size = min(max(limit, 1), limits.EVENTS_READ_MAX)
        records = await screens.events_read(self._database, after, size)
        if not records:
            return (), _cursor(after)
        last = records[-1]
        return tuple(event_view(one) for one in records), _cursor((last["xid8"], last["id"]))

    async def end(self) -> str:
        """The cursor after the last event there is: for a reader that wants only new ones."""
        return _cursor(await screens.events_end(self._database))


def event_view(record: Record) -> EventView:
    return EventView(
        id=record["id"],
        account_id=record["account_id"],
        seq=record["seq"],
        at=record["at"],
        kind=record["kind"],
        reason=record["reason"],
        group_id=record["group_id"],
        symbol=record["symbol"],
        severity=record["severity"],
        data=decode_strings(record["data"]),
        correlation_id=record["correlation_id"],
    )


def _cursor(after: tuple[str, int]) -> str:
    return f"{after[0]}-{after[1]}"


def _position(cursor: str | None) -> tuple[str, int]:
    if cursor is None:
        return "0", 0
    transaction, _, event = cursor.partition("-")
    if not (_below(transaction, 2**64) and _below(event, 2**63)):
        raise InvalidInput("This cursor is not one of ours.", field="cursor")
    return transaction, int(event)


def _below(text: str, bound: int) -> bool:
    """Whether the text is a whole number that the database can hold."""
    return text.isascii() and text.isdigit() and len(text) <= 20 and int(text) < bound
