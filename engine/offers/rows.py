"""Offers in the database: each change is one compare-and-set, with its event beside it.

Functions that take a connection run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

from asyncpg import Record
from asyncpg.pool import PoolConnectionProxy

from engine.offers import tables
from engine.offers.offer import (
    OFFER_KEY,
    Offer,
    OfferOutcome,
    Which,
    Withdrawal,
    Withdrawn,
    encode_quote,
    read,
)
from engine.offers.quoting import Quoted
from engine.offers.words import Kind
from engine.store import bulk

_COLUMNS: Final = (
    "id, signal_id, receipt_id, account_id, user_id, version, status, symbol, timeframe, side, "
    "entry_price, size_factor, quote::text as quote, max_drift_percent, undo_seconds, source, "
    "strategy, reason, created_at, quoted_at, expires_at, decided_by, decided_channel, decided_at, "
    "consent_version, effective_at, taken_at, group_id, outcome_code, outcome_text"
)
#: Columns of a new offer, named as in `Offer`.
_NEW: Final = (
    "id", "signal_id", "receipt_id", "account_id", "user_id", "version", "status", "symbol",
    "timeframe", "side", "entry_price", "size_factor", "quote", "max_drift_percent",
    "undo_seconds", "source", "strategy", "reason", "created_at", "quoted_at", "expires_at",
    "decided_by", "decided_channel", "decided_at", "effective_at", "taken_at", "outcome_code",
    "outcome_text",
)  # fmt: skip
_values = attrgetter(*_NEW)
_MADE = bulk.insert("made", tables.offers, " ".join(_NEW))
_OFFERS: Final = replace(_MADE, clause=f"{_MADE.clause} returning id")
_TOLD: Final = bulk.insert("told", tables.offer_events, "offer_id user_id version kind at")
_DECIDED: Final = bulk.insert(
    "decided", tables.offer_decisions, "offer_id version decision decided_by channel at"
)
_EVENTS: Final = """
insert into offer_events (offer_id, user_id, version, kind, at)
select o.id, o.user_id, o.version, $2, $3 from offers o
join unnest($1::text[]) with ordinality as told (id, n) using (id) order by n
"""
#: What has not taken effect yet: an exit forestalls it, a newer entry only what nobody approved.
_WITHDRAW: Final = """
update offers o set status = 'withdrawn', outcome_code = u.code, outcome_text = u.text
from unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::boolean[], $6::text[],
    $7::text[]) as u (account_id, symbol, timeframe, side, approved_too, code, text)
where o.account_id = u.account_id and o.symbol = u.symbol and o.timeframe = u.timeframe
    and o.side = u.side
    and (o.status = 'pending' or (o.status = 'approved' and o.taken_at is null))
    and (o.status = 'pending' or u.approved_too)
returning o.id, o.receipt_id, o.account_id, o.symbol, o.timeframe, o.side, o.outcome_code,
    o.outcome_text
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
returning id, receipt_id, account_id, symbol, timeframe, side
"""
_EXPIRE_APPROVED: Final = """
update offers set status = 'expired', outcome_code = 'expired', outcome_text = $3
where id = $1 and version = $2 and status = 'approved' and taken_at is null
returning id
"""
_OUTCOME: Final = """
with noted as (
    update offers o set outcome_code = u.code, outcome_text = u.text,
        group_id = coalesce(u.group_id, o.group_id)
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as u (id, code, text, group_id)
    where o.id = u.id and o.taken_at is not null
        and (o.outcome_code is null or o.outcome_code in ('queued', 'replaced'))
    returning o.id, o.user_id, o.version
)
insert into offer_events (offer_id, user_id, version, kind, at)
select id, user_id, version, 'outcome', $5 from noted
"""


async def insert(
    pooled: PoolConnectionProxy, offers: Sequence[tuple[Offer, Sequence[Kind]]], now: datetime
) -> None:
    """Write new offers, what has happened to each so far, and the decisions they carry.

    Raises asyncpg's unique violation when a signal was offered to its account before.
    """
    if not offers:
        return
    quote = _NEW.index("quote")
    made = [_values(offer) for offer, _ in offers]
    made = [(*one[:quote], encode_quote(one[quote]), *one[quote + 1 :]) for one in made]
    told = [(o.id, o.user_id, o.version, kind, now) for o, kinds in offers for kind in kinds]
    decided = [
        (o.id, o.version, "approve", o.decided_by, o.decided_channel, now)
        for o, _ in offers
        if o.decided_by is not None
    ]
    parts = (_TOLD, _DECIDED) if decided else (_TOLD,)
    arguments = bulk.arguments(_OFFERS, made) + bulk.arguments(_TOLD, told)
    if decided:
        arguments += bulk.arguments(_DECIDED, decided)
    await pooled.execute(bulk.statement(_OFFERS, parts), *arguments)


async def tell(
    pooled: PoolConnectionProxy, offer_ids: Sequence[str], kind: Kind, at: datetime
) -> None:
    """Write down that this happened to the offers, for whoever shows them."""
    if offer_ids:
        await pooled.execute(_EVENTS, list(offer_ids), kind, at)


async def withdraw(
    pooled: PoolConnectionProxy, withdrawals: Sequence[Withdrawal]
) -> Sequence[Withdrawn]:
    """Withdraw what waits for these identities; what was withdrawn."""
    if not withdrawals:
        return ()
    rows = await pooled.fetch(
        _WITHDRAW,
        [one.account_id for one in withdrawals],
        [one.signal.symbol for one in withdrawals],
        [one.signal.timeframe for one in withdrawals],
        [one.signal.side.value for one in withdrawals],
        [one.approved_too for one in withdrawals],
        [one.why[0] for one in withdrawals],
        [one.why[1] for one in withdrawals],
    )
    return [Withdrawn(Which(*which), (code, text)) for *which, code, text in rows]


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
) -> Sequence[Which]:
    """Expire what nobody decided in time; which that were."""
    rows = await pooled.fetch(_EXPIRE, now, text, limit)
    await tell(pooled, [row["id"] for row in rows], "expired", now)
    return [Which(*row) for row in rows]


async def expire_approved(
    pooled: PoolConnectionProxy, offer: Offer, text: str, now: datetime
) -> bool:
    """Expire an approval whose offer ran out within its undo window."""
    if await pooled.fetchval(_EXPIRE_APPROVED, offer.id, offer.version, text) is None:
        return False
    await tell(pooled, [offer.id], "expired", now)
    return True


async def note_outcomes(
    pooled: PoolConnectionProxy, outcomes: Sequence[OfferOutcome], now: datetime
) -> None:
    """Let taken offers say what their accounts made of them.

    A key that names no offer changes nothing.
    """
    mine = [one for one in outcomes if one.key.startswith(OFFER_KEY)]
    if mine:
        ids = [one.key.removeprefix(OFFER_KEY) for one in mine]
        codes, texts = [one.code for one in mine], [one.text for one in mine]
        groups = [one.group_id for one in mine]
        await pooled.execute(_OUTCOME, ids, codes, texts, groups, now)


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
