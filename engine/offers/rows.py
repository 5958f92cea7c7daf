"""Offers in the database: each change is one compare-and-set, with its event beside it.

Functions that take a connection run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from engine.domain.signal import Signal
from engine.offers.offer import OFFER_KEY, Offer, encode_quote, read
from engine.offers.quoting import Quoted
from engine.offers.words import Decision, Kind

_COLUMNS: Final = (
    "id, signal_id, receipt_id, account_id, user_id, version, status, symbol, timeframe, side, "
    "entry_price, size_factor, quote::text as quote, max_drift_percent, undo_seconds, source, "
    "strategy, reason, created_at, quoted_at, expires_at, decided_by, decided_channel, decided_at, "
    "consent_version, effective_at, taken_at, group_id, outcome_code, outcome_text"
)
_INSERT: Final = """
with made as (
insert into offers (id, signal_id, receipt_id, account_id, user_id, version, status, symbol,
    timeframe, side, entry_price, size_factor, quote, max_drift_percent, undo_seconds, source,
    strategy, reason, created_at, quoted_at, expires_at, decided_by, decided_channel, decided_at,
    effective_at, taken_at, outcome_code, outcome_text)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, $15, $16, $17, $18,
    $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
returning id, user_id, version
)
insert into offer_events (offer_id, user_id, version, kind, at)
select made.id, made.user_id, made.version, told.kind, $30
from made, unnest($29::text[]) with ordinality as told (kind, n) order by n
"""
_EVENTS: Final = """
insert into offer_events (offer_id, user_id, version, kind, at)
select o.id, o.user_id, o.version, $2, $3 from offers o
join unnest($1::text[]) with ordinality as told (id, n) using (id) order by n
"""
_DECISION: Final = """
insert into offer_decisions (offer_id, version, decision, decided_by, channel, at)
values ($1, $2, $3, $4, $5, $6)
"""
#: What has not taken effect yet: an exit forestalls it, a newer entry only what nobody approved.
_WITHDRAW: Final = """
update offers set status = 'withdrawn', outcome_code = $6, outcome_text = $7
where account_id = $1 and symbol = $2 and timeframe = $3 and side = $4
    and (status = 'pending' or ($5 and status = 'approved' and taken_at is null))
returning id, receipt_id
"""
_REQUOTE: Final = f"""
update offers set version = version + 1, status = 'pending', entry_price = $3, size_factor = $4,
    quote = $5::jsonb, quoted_at = $6, expires_at = $7, max_drift_percent = $8, undo_seconds = $9,
    decided_by = null, decided_channel = null, decided_at = null, consent_version = null,
    effective_at = null
where id = $1 and version = $2 and taken_at is null
    and (status = 'pending' or ($10 and status = 'approved'))
returning {_COLUMNS}
"""  # noqa: S608 - our own words only
_TAKE: Final = """
update offers set taken_at = $3
where id = $1 and version = $2 and status = 'approved' and taken_at is null
returning id
"""
_EXPIRE: Final = """
update offers set status = 'expired', outcome_code = 'expired', outcome_text = $2
where id in (
    select id from offers where status = 'pending' and expires_at <= $1
    order by expires_at limit $3 for update skip locked
) and status = 'pending'
returning id, receipt_id
"""
_EXPIRE_APPROVED: Final = """
update offers set status = 'expired', outcome_code = 'expired', outcome_text = $3
where id = $1 and version = $2 and status = 'approved' and taken_at is null
returning id
"""
_OUTCOME: Final = """
update offers set outcome_code = $2, outcome_text = $3, group_id = coalesce($4, group_id)
where id = $1 and taken_at is not null
    and (outcome_code is null or outcome_code in ('queued', 'replaced'))
returning id
"""


async def insert(
    pooled: PoolConnectionProxy, offer: Offer, kinds: Sequence[Kind], now: datetime
) -> None:
    """Write a new offer and what has happened to it so far.

    Raises asyncpg's unique violation when the signal was offered to the account before.
    """
    await pooled.execute(
        _INSERT,
        offer.id,
        offer.signal_id,
        offer.receipt_id,
        offer.account_id,
        offer.user_id,
        offer.version,
        offer.status,
        offer.symbol,
        offer.timeframe,
        offer.side.value,
        offer.entry_price,
        offer.size_factor,
        encode_quote(offer.quote),
        offer.max_drift_percent,
        offer.undo_seconds,
        offer.source,
        offer.strategy,
        offer.reason,
        offer.created_at,
        offer.quoted_at,
        offer.expires_at,
        offer.decided_by,
        offer.decided_channel,
        offer.decided_at,
        offer.effective_at,
        offer.taken_at,
        offer.outcome_code,
        offer.outcome_text,
        list(kinds),
        now,
    )


async def tell(
    pooled: PoolConnectionProxy, offer_ids: Sequence[str], kind: Kind, at: datetime
) -> None:
    """Write down that this happened to the offers, for whoever shows them."""
    if offer_ids:
        await pooled.execute(_EVENTS, list(offer_ids), kind, at)


async def note_decision(
    pooled: PoolConnectionProxy, offer: Offer, decision: Decision, at: datetime
) -> None:
    """Write down a decision that the offer already carries."""
    await pooled.execute(
        _DECISION, offer.id, offer.version, decision, offer.decided_by, offer.decided_channel, at
    )


async def withdraw(
    pooled: PoolConnectionProxy,
    account_id: str,
    signal: Signal,
    why: tuple[str, str],
    *,
    approved_too: bool,
) -> Sequence[tuple[str, str]]:
    """Withdraw what waits for this identity; (offer, receipt) ids of what was withdrawn.

    ``why`` is a code and a sentence.
    """
    rows = await pooled.fetch(
        _WITHDRAW,
        account_id,
        signal.symbol,
        signal.timeframe,
        signal.side.value,
        approved_too,
        *why,
    )
    return [(row["id"], row["receipt_id"]) for row in rows]


async def requote(
    pooled: PoolConnectionProxy,
    offer: Offer,
    quoted: Quoted,
    size_factor: Decimal,
    now: datetime,
    *,
    approved_too: bool = False,
) -> Offer | None:
    """Put the offer again with new numbers, one version on; None when it changed meanwhile."""
    settings = quoted.settings
    row = await pooled.fetchrow(
        _REQUOTE,
        offer.id,
        offer.version,
        quoted.entry_price,
        size_factor,
        encode_quote(quoted.quote),
        now,
        now + timedelta(minutes=settings.offer_expiry_minutes),
        settings.max_drift_percent,
        settings.undo_seconds,
        approved_too,
    )
    if row is None:
        return None
    await tell(pooled, [offer.id], "requoted", now)
    return read(dict(row))


async def take(pooled: PoolConnectionProxy, offer: Offer, now: datetime) -> bool:
    """Mark an approved offer as taking effect; False when it was undone or taken meanwhile."""
    taken = await pooled.fetchval(_TAKE, offer.id, offer.version, now)
    if taken is None:
        return False
    await tell(pooled, [offer.id], "taken", now)
    return True


async def expire_pending(
    pooled: PoolConnectionProxy, now: datetime, text: str, limit: int
) -> Sequence[tuple[str, str]]:
    """Expire what nobody decided in time; (offer, receipt) ids."""
    rows = await pooled.fetch(_EXPIRE, now, text, limit)
    await tell(pooled, [row["id"] for row in rows], "expired", now)
    return [(row["id"], row["receipt_id"]) for row in rows]


async def expire_approved(
    pooled: PoolConnectionProxy, offer: Offer, text: str, now: datetime
) -> bool:
    """Expire an approval whose offer ran out within its undo window."""
    if await pooled.fetchval(_EXPIRE_APPROVED, offer.id, offer.version, text) is None:
        return False
    await tell(pooled, [offer.id], "expired", now)
    return True


async def note_outcome(
    pooled: PoolConnectionProxy,
    key: str,
    outcome: tuple[str, str, str | None],
    now: datetime,
) -> None:
    """Let a taken offer say what the account made of it: code, sentence, group.

    A key that names no offer changes nothing.
    """
    if not key.startswith(OFFER_KEY):
        return
    rows = await pooled.fetch(_OUTCOME, key.removeprefix(OFFER_KEY), *outcome)
    await tell(pooled, [row["id"] for row in rows], "outcome", now)


async def effective(pooled: PoolConnectionProxy, now: datetime, limit: int) -> Sequence[Offer]:
    """Approved offers whose undo window is over, oldest first."""
    return await _fetch(
        pooled,
        "status = 'approved' and taken_at is null and effective_at <= $1 "
        "order by effective_at, id limit $2",
        now,
        limit,
    )


async def next_effective(pooled: PoolConnectionProxy) -> datetime | None:
    """When the next undo window ends."""
    earliest: datetime | None = await pooled.fetchval(
        "select min(effective_at) from offers where status = 'approved' and taken_at is null"
    )
    return earliest


async def pending(
    pooled: PoolConnectionProxy, quoted_before: datetime, limit: int
) -> Sequence[Offer]:
    """Pending offers whose numbers are older than that."""
    return await _fetch(
        pooled,
        "status = 'pending' and quoted_at <= $1 order by quoted_at, id limit $2",
        quoted_before,
        limit,
    )


async def get(pooled: PoolConnectionProxy, user_id: str, offer_id: str) -> Offer | None:
    """The offer if it is this user's."""
    found = await _fetch(pooled, "id = $1 and user_id = $2", offer_id, user_id)
    return found[0] if found else None


async def by_id(pooled: PoolConnectionProxy, ids: Sequence[str]) -> Sequence[Offer]:
    """The offers with these ids, in no certain order."""
    return await _fetch(pooled, "id = any($1::text[])", list(ids)) if ids else []


async def page(
    pooled: PoolConnectionProxy,
    user_id: str,
    wanted: tuple[str | None, str | None],
    limit: int,
    before: str,
) -> Sequence[Offer]:
    """The user's offers created before the key ``before`` ('' for all), newest first.

    ``wanted`` is (status, account); None is any.
    """
    return await _fetch(
        pooled,
        "user_id = $1 and ($2::text is null or status = $2) "
        "and ($3 = '' or (created_at, id) < (select created_at, id from offers where id = $3)) "
        "and ($5::text is null or account_id = $5) "
        "order by created_at desc, id desc limit $4",
        user_id,
        wanted[0],
        before,
        limit,
        wanted[1],
    )


async def waiting(pooled: PoolConnectionProxy, user_id: str, account_id: str) -> int:
    """How many offers of the account wait for a decision."""
    count: int = await pooled.fetchval(
        "select count(*) from offers where user_id = $1 and account_id = $2 and status = 'pending'",
        user_id,
        account_id,
    )
    return count


async def _fetch(pooled: PoolConnectionProxy, where: str, *values: Any) -> Sequence[Offer]:
    rows: Sequence[Record] = await pooled.fetch(
        f"select {_COLUMNS} from offers where {where}",  # noqa: S608 - our own words only
        *values,
    )
    return [read(dict(row)) for row in rows]
