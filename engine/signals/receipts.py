"""Receipts after the intake: what waits to be acted on, and what became of it.

Functions that take a connection run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.domain.ids import derived_id
from engine.domain.signal import Signal
from engine.signals import codec
from engine.signals.tables import receipts
from foundation.ids import new_id

_ACCEPTED: Final = """
select r.id, r.user_id, r.account_id, r.signal::text as signal, r.received_at,
    r.received_at + make_interval(secs => h.max_lag_seconds) as stale_after
"""
_WAITING: Final = f"""
{_ACCEPTED}
from receipts r join accounts a on a.id = r.account_id join hooks h on h.id = r.hook_id
where r.status = 'accepted' and r.fanned_out_at is null
  and (r.signal->>'intent' <> 'enter') = $3
  and ($3 or a.venue <> all($2::text[]))
order by r.received_at, r.id limit $1
"""
_OVERTAKEN: Final = f"""
{_ACCEPTED}
from unnest($1::text[], $2::text[]) as u (id, side) join receipts x on x.id = u.id
join receipts r on r.account_id = x.account_id and r.status = 'accepted'
  and r.fanned_out_at is null and (r.received_at, r.id) < (x.received_at, x.id)
join hooks h on h.id = r.hook_id
where r.signal->>'intent' = 'enter' and r.signal->>'side' = u.side
  and r.signal->>'symbol' = x.signal->>'symbol'
  and r.signal->>'timeframe' = x.signal->>'timeframe'
order by r.received_at, r.id
"""
#: One fan-out per account at a time (the locks, always taken in the same order), so that "newer"
#: means the same to all of them.
_FAN_OUT: Final = """
with turn as materialized (
    select pg_advisory_xact_lock(hashtextextended('fan-out ' || account_id, 0))
    from (select distinct account_id from unnest($1::text[]) as lanes (account_id) order by 1) one
), taken as (
    update receipts r set fanned_out_at = $7::timestamptz, code = u.code, message = u.message,
        status = case when u.code = 'stale' then u.code when u.refused then 'refused'
            else r.status end,
        settled_at = case when u.final then $7::timestamptz end, inbox_key = u.inbox_key,
        exit_key = u.exit_key, exit_message = u.exit_message,
        exit_code = case when u.exit_key is not null then 'acting' end,
        exit_acts = case when u.exit_key is not null then true end
    from (select count(*) from turn) as locked, unnest($2::text[], $3::text[], $4::text[],
        $5::boolean[], $6::boolean[], $8::text[], $9::text[], $10::text[])
        as u (id, code, message, refused, final, inbox_key, exit_key, exit_message)
    where r.id = u.id and r.fanned_out_at is null
    returning r.id, r.signal_id, r.signal
)
insert into signals (id, receipt_id, source, producer, symbol, timeframe, side, intent, signal,
    signal_time, received_at)
select signal_id, id, signal->>'source', signal->>'producer', signal->>'symbol',
    (signal->>'timeframe')::integer, signal->>'side', signal->>'intent', signal,
    (signal->>'signal_time')::timestamptz, (signal->>'received_at')::timestamptz
from taken
returning receipt_id
"""
_TELL: Final = """
update receipts set code = $2, message = $3, status = case when $4 then 'refused' else status end,
    settled_at = case when $5 then $6 else settled_at end
where id = $1
"""
_AWAIT: Final = """
update receipts set code = $2, message = $3, inbox_key = $4, settled_at = null where id = $1
"""
_SETTLE: Final = """
update receipts r set
    code = u.code, message = u.message,
    status = case when u.refused then 'refused' else r.status end,
    settled_at = case when u.then_key is null then $7::timestamptz end,
    inbox_key = coalesce(u.then_key, r.inbox_key)
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::text[])
    as u (id, key, code, message, refused, then_key)
where r.id = u.id and r.inbox_key = u.key and r.settled_at is null
returning r.id
"""
_SETTLE_EXITS: Final = """
update receipts r set exit_code = u.code, exit_message = u.message,
    exit_acts = not u.refused and u.code <> 'nothing_to_close'
from unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) as u (id, code, message, refused)
where r.id = u.id and r.exit_code = 'acting'
"""
_UNSETTLED: Final = """
select id, account_id, inbox_key from receipts
where inbox_key is not null and settled_at is null
  and starts_with(inbox_key, 'queue:') = $2
order by received_at limit $1
"""
_LEAVING: Final = """
select id, account_id, exit_key from receipts where exit_code = 'acting'
order by received_at limit $1
"""

#: The entry of a receipt that acts no more itself comes once more, under another id.
_ANEW: Final = """
insert into receipts (id, hook_id, user_id, account_id, dedupe_key, content, body, content_type,
    status, code, message, signal_id, signal, received_at)
select $2, hook_id, user_id, account_id, 'anew:' || $3, content, body, content_type,
    'accepted', 'accepted', '', $3,
    signal || jsonb_build_object('id', $3::text, 'intent', 'enter'), $4
from receipts where id = $1
on conflict do nothing
"""

QUEUE_KEY: Final = "queue:"
"""In front of the key of a fact whose signal waits in the queue, with that signal's id."""

ACTING: Final = "acting"
"""The code of a receipt whose fact the account has not decided yet."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted alert that nobody has acted on yet; its entry is too old after `stale_after`."""

    receipt_id: str
    user_id: str
    account_id: str
    signal: Signal
    received_at: datetime
    stale_after: datetime


@dataclass(frozen=True, slots=True)
class Awaited:
    """A receipt that waits for what the account decides about the fact with this key."""

    receipt_id: str
    account_id: str
    inbox_key: str

    @property
    def origin(self) -> str:
        """The key of the fact itself, also once its signal waits in the queue."""
        return self.inbox_key.split(":", 2)[2] if self.queued_signal else self.inbox_key

    @property
    def queued_signal(self) -> str | None:
        """The signal in the queue, when it is that which is waited for."""
        if not self.inbox_key.startswith(QUEUE_KEY):
            return None
        return self.inbox_key.split(":", 2)[1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a receipt says from now on. ``final`` ones wait for nothing more."""

    code: str
    message: str
    refused: bool = False
    final: bool = True


class Leaving(NamedTuple):
    """The half of a reverse that leaves the other side: its fact, and what is told meanwhile."""

    inbox_key: str
    message: str


class Told(NamedTuple):
    """An alert that is acted on, and what its receipt says from then on.

    ``inbox_key`` names the fact whose outcome it waits for, if there is one. A reverse has
    ``leaving`` beside what becomes of its entry.
    """

    accepted: Accepted
    verdict: Verdict
    inbox_key: str | None
    leaving: Leaving | None = None


class Settled(NamedTuple):
    """The outcome a receipt has waited for.

    With ``queued``, the id of the signal that waits now, there is another outcome to come.
    """

    awaited: Awaited
    verdict: Verdict
    queued: str | None

    @property
    def then_key(self) -> str | None:
        return f"{QUEUE_KEY}{self.queued}:{self.awaited.origin}" if self.queued else None


async def waiting(
    pooled: PoolConnectionProxy, limit: int, away: Sequence[str] = ()
) -> Sequence[Accepted]:
    """Accepted alerts that were not fanned out: those that reduce risk, and then entries.

    At most ``limit`` of either, oldest first; no entries of accounts on the venues ``away``.
    """
    reducing = await pooled.fetch(_WAITING, limit, away, True)
    entering = await pooled.fetch(_WAITING, limit, away, False)
    return [_accepted(row) for row in (*reducing, *entering)]


async def overtaken(pooled: PoolConnectionProxy, exits: Mapping[str, str]) -> Sequence[Accepted]:
    """Entries that wait since before an exit of the very position they would open.

    ``exits`` are receipts with the side that each one leaves.
    """
    rows = await pooled.fetch(_OVERTAKEN, list(exits), list(exits.values()))
    return [_accepted(row) for row in rows]


def _accepted(row: Record) -> Accepted:
    signal = codec.decode(row["signal"])
    return Accepted(
        row["id"],
        row["user_id"],
        row["account_id"],
        signal,
        row["received_at"],
        row["stale_after"],
    )


async def fan_out(pooled: PoolConnectionProxy, told: Sequence[Told], now: datetime) -> set[str]:
    """Take alerts, write their signals, and let their receipts say what comes of them.

    Returns the receipts that were taken; the others somebody else has taken. Until the
    transaction ends, nobody else fans out to their accounts.
    """
    rows = await pooled.fetch(
        _FAN_OUT,
        [one.accepted.account_id for one in told],
        [one.accepted.receipt_id for one in told],
        [one.verdict.code for one in told],
        [one.verdict.message for one in told],
        [one.verdict.refused for one in told],
        [one.verdict.final for one in told],
        now,
        [one.inbox_key for one in told],
        [one.leaving and one.leaving.inbox_key for one in told],
        [one.leaving and one.leaving.message for one in told],
    )
    return {row["receipt_id"] for row in rows}


async def tell(
    pooled: PoolConnectionProxy, receipt_id: str, verdict: Verdict, now: datetime
) -> None:
    """Let the receipt say what became of its alert."""
    await pooled.execute(
        _TELL, receipt_id, verdict.code, verdict.message, verdict.refused, verdict.final, now
    )


async def anew(
    pooled: PoolConnectionProxy, receipt_id: str, received_at: datetime, now: datetime
) -> None:
    """Have the entry of a receipt offered by a receipt of its own, as one of ``received_at``."""
    signal_id = derived_id("anew", receipt_id)
    await pooled.execute(_ANEW, receipt_id, new_id(now), signal_id, received_at)


async def tell_in(
    connected: AsyncConnection, receipt_id: str, verdict: Verdict, now: datetime
) -> None:
    """Like `tell`, on the other kind of connection."""
    values: dict[str, Any] = {"code": verdict.code, "message": verdict.message}
    if verdict.refused:
        values["status"] = "refused"
    if verdict.final:
        values["settled_at"] = now
    await connected.execute(update(receipts).where(receipts.c.id == receipt_id).values(values))


async def await_outcome(
    pooled: PoolConnectionProxy, receipt_id: str, inbox_key: str, text: str
) -> None:
    """The receipt now says that its fact is on the way, and waits for the fact's outcome."""
    await pooled.execute(_AWAIT, receipt_id, ACTING, text, inbox_key)


async def unsettled(
    pooled: PoolConnectionProxy, limit: int, *, in_queue: bool = False
) -> Sequence[Awaited]:
    """Receipts that wait for an outcome, or for their signal to leave the queue; oldest first."""
    return [
        Awaited(row["id"], row["account_id"], row["inbox_key"])
        for row in await pooled.fetch(_UNSETTLED, limit, in_queue)
    ]


async def settle(
    pooled: PoolConnectionProxy, settled: Sequence[Settled], now: datetime
) -> set[str]:
    """Let receipts tell their outcomes; returns those that do, for one may wait for another
    fact by now.
    """
    rows = await pooled.fetch(
        _SETTLE,
        [one.awaited.receipt_id for one in settled],
        [one.awaited.inbox_key for one in settled],
        [one.verdict.code for one in settled],
        [one.verdict.message for one in settled],
        [one.verdict.refused for one in settled],
        [one.then_key for one in settled],
        now,
    )
    return {row["id"] for row in rows}


async def leaving(pooled: PoolConnectionProxy, limit: int) -> Sequence[Awaited]:
    """Reverses that wait for what becomes of leaving the other side, oldest first."""
    return [
        Awaited(row["id"], row["account_id"], row["exit_key"])
        for row in await pooled.fetch(_LEAVING, limit)
    ]


async def settle_exits(
    pooled: PoolConnectionProxy, told: Sequence[tuple[Awaited, Verdict]]
) -> None:
    """Let reverses tell what became of leaving the other side."""
    await pooled.execute(
        _SETTLE_EXITS,
        [awaited.receipt_id for awaited, _ in told],
        [verdict.code for _, verdict in told],
        [verdict.message for _, verdict in told],
        [verdict.refused for _, verdict in told],
    )


async def signal_of(pooled: PoolConnectionProxy, signal_id: str) -> Signal:
    """A signal that was fanned out."""
    return codec.decode(
        await pooled.fetchval("select signal::text from signals where id = $1", signal_id)
    )
