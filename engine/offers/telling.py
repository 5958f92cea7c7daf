"""Decided offers as events of their accounts: approved, rejected, expired or withdrawn, by whom.

What an account's policy approves is told by the account itself as it takes it in (`step`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple

from asyncpg.pool import PoolConnectionProxy
from sqlalchemy.ext.asyncio import AsyncConnection

from engine.domain.notices import Notice, NoticeKind
from engine.offers.offer import Offer, Which
from engine.store import telling
from engine.store.telling import Told

DecidedStatus = Literal["approved", "rejected", "expired", "withdrawn"]
_WHERE: Final = {"chat": "in the chat", "app": "in the app"}


class Ruling(NamedTuple):
    """What was decided: ``by`` is a user's id or ``engine``, ``channel`` where (not for those)."""

    status: DecidedStatus
    text: str
    by: str = "engine"
    channel: str | None = None


def by_person(status: Literal["approved", "rejected"], user_id: str, channel: str) -> Ruling:
    return Ruling(status, f"The offer was {status} {_WHERE[channel]}.", user_id, channel)


async def tell(
    pooled: PoolConnectionProxy, rulings: Sequence[tuple[Which, Ruling]], at: datetime
) -> None:
    """Write what was decided; last in the caller's transaction, for it holds the accounts."""
    await telling.tell(pooled, [_told(*one) for one in rulings], at)


async def tell_in(connected: AsyncConnection, offer: Offer, ruling: Ruling, at: datetime) -> None:
    """Like `tell`, on the other kind of connection."""
    await telling.tell_in(connected, [_told(offer.which, ruling)], at)


def _told(which: Which, ruling: Ruling) -> Told:
    data = {
        "offer_id": which.id,
        "status": ruling.status,
        "by": ruling.by,
        "side": which.side,
        "timeframe": str(which.timeframe),
    }
    if ruling.channel is not None:
        data["channel"] = ruling.channel
    notice = Notice(NoticeKind.OFFER_DECIDED, ruling.text, symbol=which.symbol, data=data)
    return Told(which.account_id, notice, which.receipt_id)
