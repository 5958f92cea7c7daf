"""Sessions: a signed token for 15 minutes, renewed by an opaque one that lasts a day at most.

A renew token works once. Using it again much later means that two hold it, so the session ends
for both; within a few seconds it is only an answer that was lost on its way.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from foundation import limits
from foundation.clock import Clock
from foundation.crypto import new_token, token_hash
from foundation.db import Database
from foundation.errors import Unauthorised
from foundation.ids import new_id
from miniapp.server.tables import sessions, used_renew_tokens

_REOPEN = "Your session has ended. Open the app from the chat again."


@dataclass(frozen=True, slots=True)
class Granted:
    """A fresh pair: ``token`` for requests, ``renew_token`` for the next pair."""

    token: str
    expires_at: datetime
    renew_token: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, by which session, and until when the token holds."""

    user_id: str
    session_id: str
    expires_at: datetime


class Sessions:
    """Grants, renews, checks and revokes sessions."""

    def __init__(self, database: Database, clock: Clock, private_key_pem: bytes) -> None:
        self._database = database
        self._clock = clock
        edwards = isinstance(
            load_pem_private_key(private_key_pem, password=None), ed25519.Ed25519PrivateKey
        )
        kid = hashlib.sha256(private_key_pem).hexdigest()[:16]
        self._algorithm = "Ed25519" if edwards else "ES256"
        kind = OKPKey if edwards else ECKey
        self._key = kind.import_key(private_key_pem, {"kid": kid})
        self._kid = kid
        self._ended: OrderedDict[str, None] = OrderedDict()

    async def grant(self, user_id: str) -> Granted:
        """Begin a session for a person who has just proved who they are."""
        now = self._clock.now()
        session_id, renew = new_id(now), new_token()
        async with self._database.begin() as connection:
            await connection.execute(
                insert(sessions).values(
                    id=session_id,
                    user_id=user_id,
                    token_hash=token_hash(renew),
                    created_at=now,
                    renewed_at=now,
                    expires_at=now + timedelta(seconds=limits.SESSION_LIFETIME_S),
                )
            )
        return self._pair(user_id, session_id, renew, now)

    async def renew(self, renew_token: str) -> Granted:
        """A new pair for a renew token, which is used up by it. Raises Unauthorised."""
        now, fresh, given = self._clock.now(), new_token(), token_hash(renew_token)
        async with self._database.begin() as connection:
            row = await _rotate(connection, given, token_hash(fresh), now)
            if row is None:
                row = await self._used_before(connection, given, token_hash(fresh), now)
        if row is None:
            raise Unauthorised(_REOPEN, code="session_ended")
        return self._pair(row.user_id, row.id, fresh, now)

    async def revoke(self, session_id: str) -> None:
        """End a session: nothing acts with its tokens any more, in this process nothing reads."""
        async with self._database.begin() as connection:
            await _revoke(connection, session_id, self._clock.now())
        self._remember_ended(session_id)

    async def alive(self, session_id: str) -> bool:
        """Whether the session was neither revoked nor forgotten, by the database."""
        async with self._database.connect() as connection:
            row = (
                await connection.execute(
                    select(sessions.c.revoked_at).where(sessions.c.id == session_id)
                )
            ).one_or_none()
        return row is not None and row.revoked_at is None

    async def sweep(self) -> int:
        """Forget sessions that ended a while ago; returns how many were."""
        oldest = self._clock.now() - timedelta(seconds=limits.SESSION_LIFETIME_S)
        async with self._database.begin() as connection:
            gone = delete(sessions).where(sessions.c.expires_at < oldest)
            return (await connection.execute(gone)).rowcount

    def check(self, token: str) -> Identity:
        """Who a signed token speaks for. Raises Unauthorised when forged or expired."""
        try:
            claims = jwt.decode(token, self._key, algorithms=[self._algorithm]).claims
            user_id, session_id = str(claims["sub"]), str(claims["sid"])
            expires = datetime.fromtimestamp(int(claims["exp"]), self._clock.now().tzinfo)
        except (JoseError, ValueError, TypeError, KeyError):
            raise Unauthorised("This session token is not ours.", code="token_invalid") from None
        if expires <= self._clock.now():
            raise Unauthorised("This session token has expired.", code="token_expired")
        if session_id in self._ended:
            raise Unauthorised(_REOPEN, code="session_ended")
        return Identity(user_id, session_id, expires)

    def _pair(self, user_id: str, session_id: str, renew: str, now: datetime) -> Granted:
        expires = now + timedelta(seconds=limits.SESSION_TOKEN_S)
        claims = {"sub": user_id, "sid": session_id, "exp": int(expires.timestamp())}
        header = {"alg": self._algorithm, "kid": self._kid}
        token = jwt.encode(header, claims, self._key, algorithms=[self._algorithm])
        return Granted(token, expires, renew, user_id)

    async def _used_before(
        self, connection: AsyncConnection, given: str, fresh: str, now: datetime
    ) -> Row[tuple[str, str]] | None:
        """Forgive a token used moments ago; end the session of one used long ago."""
        known = (
            await connection.execute(
                select(used_renew_tokens).where(used_renew_tokens.c.token_hash == given)
            )
        ).one_or_none()
        if known is None:
            return None
        if (now - known.used_at).total_seconds() > limits.RENEW_GRACE_S:
            await _revoke(connection, known.session_id, now)
            self._remember_ended(known.session_id)
            return None
        current = await connection.scalar(
            select(sessions.c.token_hash).where(sessions.c.id == known.session_id)
        )
        return await _rotate(connection, str(current), fresh, now)

    def _remember_ended(self, session_id: str) -> None:
        self._ended[session_id] = None
        if len(self._ended) > limits.SESSIONS_ENDED_KEPT:
            self._ended.popitem(last=False)


async def _rotate(
    connection: AsyncConnection, given: str, fresh: str, now: datetime
) -> Row[tuple[str, str]] | None:
    """Replace the session's renew token and remember the old one; None when it opens nothing."""
    found = await connection.execute(
        update(sessions)
        .where(
            sessions.c.token_hash == given,
            sessions.c.revoked_at.is_(None),
            sessions.c.expires_at > now,
        )
        .values(token_hash=fresh, renewed_at=now)
        .returning(sessions.c.id, sessions.c.user_id)
    )
    row = found.one_or_none()
    if row is not None:
        used = {"token_hash": given, "session_id": row.id, "used_at": now}
        await connection.execute(upsert(used_renew_tokens).values(used).on_conflict_do_nothing())
    return row


async def _revoke(connection: AsyncConnection, session_id: str, now: datetime) -> None:
    await connection.execute(
        update(sessions)
        .where(sessions.c.id == session_id, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
