"""The one-time link by which the person with the real bot becomes its owner."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, insert, select, text, update

from foundation import limits
from foundation.clock import Clock
from foundation.crypto import new_token, token_hash
from foundation.db import Database
from foundation.errors import Conflict, Gone, NotFound
from foundation.people import audit
from foundation.people.audit import Entry
from foundation.people.people import has_no_owner
from foundation.people.tables import owner_claims, users
from foundation.people.user import Role

_CLAIM_TURN = 0x636C61696D  # advisory lock: of two people with a link, one becomes owner


class OwnerClaim:
    """Makes and redeems the token behind `https://t.me/<bot>?start=claim_<token>`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(self) -> str | None:
        """A token for the link to print at start; None when there is an owner already.

        Earlier unused tokens stop working, so that only the newest printed link counts.
        """
        at = self._clock.now()
        token = new_token()
        async with self._database.begin() as connection:
            if not await has_no_owner(connection):
                return None
            await connection.execute(delete(owner_claims).where(owner_claims.c.used_at.is_(None)))
            await connection.execute(
                insert(owner_claims).values(
                    token_hash=token_hash(token),
                    created_at=at,
                    expires_at=at + timedelta(seconds=limits.OWNER_CLAIM_LIFETIME_S),
                )
            )
        return token

    async def redeem(self, user_id: str, token: str) -> None:
        """Make the user the owner.

        Raises NotFound for an unknown token, Gone for a used or expired one, Conflict when
        somebody else owns the installation already.
        """
        at = self._clock.now()
        async with self._database.begin() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(:t)"), {"t": _CLAIM_TURN})
            this = owner_claims.c.token_hash == token_hash(token)
            found = await connection.execute(select(owner_claims).where(this))
            claim = found.one_or_none()
            if claim is None:
                raise NotFound(
                    "this link is not ours; the newest one is printed at every start",
                    code="claim_unknown",
                )
            if claim.used_at is not None or claim.expires_at <= at:
                raise Gone(
                    "this link was used or has expired; restart to get a new one",
                    code="claim_over",
                )
            if not await has_no_owner(connection):
                raise Conflict("this installation has an owner already", code="owner_exists")
            await connection.execute(
                update(owner_claims).where(this).values(used_at=at, used_by=user_id)
            )
            await connection.execute(
                update(users).where(users.c.id == user_id).values(role=Role.OWNER.value)
            )
            after = {"role": Role.OWNER.value}
            entry = Entry(user_id, "owner.claimed", "user", user_id, after=after)
            await audit.write(connection, at, entry)
