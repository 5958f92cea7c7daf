"""Idempotency keys: a repeated request gets the first answer and does not act again."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta

from aiohttp import web
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from foundation import limits
from foundation.clock import Clock
from foundation.crypto import Vault
from foundation.db import Database
from foundation.errors import Conflict, ContractBroken, InvalidInput
from miniapp.server.body import read_body
from miniapp.server.tables import idempotency

HEADER = "Idempotency-Key"
_KEPT_STATUSES = (200, 201, 204)
"""202 is not an answer to keep: the same key asks the account's inbox again."""


def key_of(request: web.Request) -> str | None:
    """The key a client sent. Raises InvalidInput when it is not usable as one."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not key or len(key) > limits.HTTP_KEY_MAX or not key.isascii() or not key.isprintable():
        raise InvalidInput(
            f"{HEADER} has 1 to {limits.HTTP_KEY_MAX} printable ASCII characters.", field=HEADER
        )
    return key


class Repeats:
    """Answers kept for a day, sealed (they may show a hook's secret), per person and key."""

    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._under_way: dict[tuple[str, str], asyncio.Event] = {}

    async def once(
        self,
        user_id: str,
        key: str,
        request: web.Request,
        act: Callable[[], Awaitable[web.StreamResponse]],
    ) -> web.StreamResponse:
        """Run ``act`` unless the same request was answered before; then give that answer.

        A repeat that comes while the first is being worked on waits for it. Raises Conflict
        when the key was used for another request, or another process works on it.
        """
        fingerprint = await _fingerprint(request)
        while (first := self._under_way.get((user_id, key))) is not None:
            await first.wait()
        over = self._under_way[user_id, key] = asyncio.Event()
        try:
            if not await self._begin(user_id, key, fingerprint):
                return await self._kept(user_id, key, fingerprint)
            return await self._first(user_id, key, act)
        finally:
            del self._under_way[user_id, key]
            over.set()

    async def sweep(self) -> int:
        """Forget what is older than a day; returns how many were."""
        oldest = self._clock.now() - timedelta(seconds=limits.IDEMPOTENCY_KEPT_S)
        async with self._database.begin() as connection:
            gone = delete(idempotency).where(idempotency.c.created_at < oldest)
            return (await connection.execute(gone)).rowcount

    async def _first(
        self, user_id: str, key: str, act: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        done = False
        try:
            response = await act()
            done = await self._keep(user_id, key, response)
        finally:
            if not done:
                await self._forget(user_id, key)
        return response

    async def _begin(self, user_id: str, key: str, fingerprint: bytes) -> bool:
        values = {
            "user_id": user_id,
            "key": key,
            "fingerprint": fingerprint,
            "created_at": self._clock.now(),
        }
        # a row without an answer is a request that died on its way: after a while it may be redone
        abandoned = self._clock.now() - timedelta(seconds=limits.REQUEST_ABANDONED_S)
        fresh = insert(idempotency).values(values)
        statement = fresh.on_conflict_do_update(
            index_elements=["user_id", "key"],
            set_={"created_at": fresh.excluded.created_at},
            where=(idempotency.c.status.is_(None))
            & (idempotency.c.created_at < abandoned)
            & (idempotency.c.fingerprint == fingerprint),
        ).returning(idempotency.c.key)
        async with self._database.begin() as connection:
            return (await connection.execute(statement)).one_or_none() is not None

    async def _kept(self, user_id: str, key: str, fingerprint: bytes) -> web.Response:
        async with self._database.connect() as connection:
            this = (idempotency.c.user_id == user_id) & (idempotency.c.key == key)
            row = (await connection.execute(select(idempotency).where(this))).one_or_none()
        if row is not None and row.fingerprint != fingerprint:
            text = f"This {HEADER} was used for another request; send a new one."
            raise Conflict(text, code="key_reused", field=HEADER)
        if row is None or row.status is None:
            text = "The first request with this key is still being worked on."
            raise Conflict(text, code="in_progress")
        if row.status == 204:
            return web.Response(status=204)
        try:
            body = self._vault.open(row.body, _label(user_id, key))
        except ContractBroken:
            text = "This was done before, and its answer can no longer be read: look at the object."
            raise Conflict(text, code="answer_lost") from None
        return web.Response(status=row.status, body=body, content_type="application/json")

    async def _keep(self, user_id: str, key: str, response: web.StreamResponse) -> bool:
        if not isinstance(response, web.Response) or response.status not in _KEPT_STATUSES:
            return False
        body = response.body if isinstance(response.body, bytes) else b""
        sealed = self._vault.seal(body, _label(user_id, key))
        this = (idempotency.c.user_id == user_id) & (idempotency.c.key == key)
        async with self._database.begin() as connection:
            await connection.execute(
                update(idempotency).where(this).values(status=response.status, body=sealed)
            )
        return True

    async def _forget(self, user_id: str, key: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(
                delete(idempotency).where(
                    idempotency.c.user_id == user_id,
                    idempotency.c.key == key,
                    idempotency.c.status.is_(None),
                )
            )


def _label(user_id: str, key: str) -> bytes:
    return f"answer|{user_id}|{key}".encode()


async def _fingerprint(request: web.Request) -> bytes:
    line = f"{request.method} {request.rel_url}\n".encode()
    body = await read_body(request, limits.BODY_BYTES_MAX)
    return hashlib.blake2b(line + body, digest_size=16).digest()
