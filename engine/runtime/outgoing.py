"""Outgoing webhooks: posts every event of an account to its registered addresses, signed.

At least once, in order: the place of reading moves after the answer. Each address backs off on
its own, and one that fails for long is switched off with a notice.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import orjson
from asyncpg import Record

from engine.runtime.ports import Waker
from engine.store import webhooks
from engine.store.codec import decode_strings
from foundation import limits
from foundation.clock import Clock
from foundation.crypto import Vault
from foundation.db import Database
from foundation.errors import InvalidInput, Unavailable
from foundation.log import get_logger
from foundation.outgoing import GuardedResolver, check_target

_log = get_logger("engine.runtime.outgoing")
_LEASE = timedelta(seconds=limits.WEBHOOK_LEASE_S)

SIGNATURE = "X-Countersign-Signature"
EVENT = "X-Countersign-Event"
DELIVERY = "X-Countersign-Delivery"


class Outgoing:
    """Delivers what waits; several may run side by side, an address has one at a time."""

    def __init__(
        self, database: Database, clock: Clock, bus: Waker, vault: Vault, *, allow_private: bool
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._vault = vault
        self._allow_private = allow_private
        self._listened_to = False
        self._looked_at: int | None = None

    async def run(self) -> None:
        """Deliver until cancelled."""
        async with self.session() as session:
            while True:
                marks = {topic: self._bus.mark(topic) for topic in ("events", "webhooks")}
                topic = "events"
                try:
                    if not await self._anybody(marks["webhooks"]):
                        topic = "webhooks"  # while nobody listens, events cost nothing here
                    elif await self.turn(session):
                        continue
                except Unavailable as error:
                    _log.warning("webhooks wait", reason=str(error))
                if not await self._bus.wait(topic, limits.WEBHOOK_POLL_S, since=marks[topic]):
                    self._looked_at = None  # a wake may be lost: look again in quiet times

    async def _anybody(self, mark: int) -> bool:
        """Whether anybody listens; asked anew when one came or left. Raises Unavailable."""
        if self._looked_at != mark:
            self._listened_to = await webhooks.any_listening(self._database)
            self._looked_at = mark
        return self._listened_to

    @asynccontextmanager
    async def session(self) -> AsyncIterator[aiohttp.ClientSession]:
        """A client that reaches no private address unless that is allowed."""
        resolver = GuardedResolver(allow_private=self._allow_private)
        connector = aiohttp.TCPConnector(resolver=resolver, limit=limits.WEBHOOKS_AT_ONCE)
        timeout = aiohttp.ClientTimeout(total=limits.WEBHOOK_TIMEOUT_S)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            yield session

    async def turn(self, session: aiohttp.ClientSession) -> bool:
        """Deliver once to everybody who waits; True when somebody did. Raises Unavailable."""
        due = await webhooks.lease(
            self._database, self._clock.now(), _LEASE, limits.WEBHOOKS_AT_ONCE
        )
        async with asyncio.TaskGroup() as group:
            for webhook in due:
                group.create_task(self._deliver(session, webhook))
        return bool(due)

    async def _deliver(self, session: aiohttp.ClientSession, webhook: Record) -> None:
        """Post a page of events, one after the other, until one fails."""
        began = self._clock.monotonic()
        try:
            for event in await webhooks.waiting(self._database, webhook, limits.WEBHOOK_PAGE):
                answer = await self._post(session, webhook, event)
                now = self._clock.now()
                if not answer.startswith("2"):
                    await self._failed(webhook, answer)
                    return
                await webhooks.delivered(self._database, webhook["id"], event, now, answer)
                if self._clock.monotonic() - began > limits.WEBHOOK_LEASE_S / 2:
                    break
            await webhooks.release(self._database, webhook["id"])
        except Unavailable as error:
            _log.warning("delivery not written", webhook=webhook["id"], reason=str(error))

    async def _post(self, session: aiohttp.ClientSession, webhook: Record, event: Record) -> str:
        """The answer in a few words, a status first when there was one."""
        body = payload(event)
        secret = self._vault.open(bytes(webhook["secret"]), webhooks.aad(webhook["id"]))
        moment = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Countersign",
            EVENT: event["kind"],
            DELIVERY: str(event["id"]),
            SIGNATURE: signature(secret, moment, body),
        }
        url = webhook["url"]
        try:
            check_target(url, allow_private=self._allow_private)
            async with session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                return f"{response.status} {response.reason or ''}".strip()
        except InvalidInput as error:
            return error.text
        except TimeoutError:
            return f"no answer within {limits.WEBHOOK_TIMEOUT_S:.0f} s"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return type(error).__name__

    async def _failed(self, webhook: Record, answer: str) -> None:
        now, failures = self._clock.now(), webhook["failures"] + 1
        pause = limits.WEBHOOK_RETRY_FIRST_S
        for _ in range(webhook["failures"]):
            pause = min(pause * 2, limits.WEBHOOK_RETRY_MAX_S)
        retry_at = now + timedelta(seconds=pause)
        shown = answer[: limits.WEBHOOK_ANSWER_MAX]
        await webhooks.failed(self._database, webhook["id"], retry_at, now, shown)
        if failures < limits.WEBHOOK_FAILURES_MAX:
            return
        reason = (
            f"The webhook {webhook['label']} was switched off after {failures} failed tries; "
            f"the last answer was: {shown}."
        )
        await webhooks.disable(self._database, webhook["id"], now, reason)
        self._bus.wake("events")
        self._bus.wake("webhooks")
        _log.error("a webhook was switched off", webhook=webhook["id"], answer=shown)


def payload(event: Record) -> bytes:
    """An event as it is posted; the same bytes every time."""
    fields = {
        "id": str(event["id"]),
        "account": event["account_id"],
        "seq": event["seq"],
        "at": event["at"].isoformat(),
        "kind": event["kind"],
        "severity": event["severity"],
        "reason": event["reason"],
        "group": event["group_id"],
        "symbol": event["symbol"],
        "data": decode_strings(event["data"]),
    }
    return orjson.dumps(fields)


def signature(secret: bytes, moment: int, body: bytes) -> str:
    """``t=<unix seconds>,v1=<hex>``: HMAC-SHA256 over ``<t>.<body>``."""
    mac = hmac.new(secret, f"{moment}.".encode() + body, hashlib.sha256)
    return f"t={moment},v1={mac.hexdigest()}"
