"""Webhooks: addresses of people's own that hear every event of an account, each signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from engine.store import registry
from engine.store import webhooks as store
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.crypto import Vault, new_token
from foundation.db import Database
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.ids import new_id
from foundation.outgoing import check_target

_SHOWN: Final = 4
"""Characters of a secret that are shown after it was made."""


@dataclass(frozen=True, slots=True)
class WebhookView:
    """An address and how it does. ``secret`` is whole only in the answer that made it.

    ``failures`` counts tries in a row that failed; after too many it is switched off, with the
    time in ``disabled_at``. ``last_answer`` is the address' own last word.
    """

    id: str
    account_id: str
    label: str
    url: str
    secret: str
    created_at: datetime
    failures: int
    retry_at: datetime | None
    last_at: datetime | None
    last_answer: str | None
    disabled_at: datetime | None


Delivery = Literal["delivered", "failing", "waiting"]


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """An event of the account as one webhook has it: ``delivered``, ``failing`` (it is tried again)
    or ``waiting`` behind that one.
    """

    event_id: int
    at: datetime
    kind: str
    reason: str
    status: Delivery


class Webhooks:
    """Of people's accounts; somebody else's is not found. ``allow_private``: a setting."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        vault: Vault,
        *,
        allow_private: bool = False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._bus = bus
        self._vault = vault
        self._allow_private = allow_private

    async def list(self, user_id: str, account_id: str | None = None) -> tuple[WebhookView, ...]:
        """Oldest first, secrets masked."""
        rows = await store.of_user(self._database, user_id, account_id)
        return tuple(self._view(row) for row in rows)

    async def create(self, user_id: str, account_id: str, url: str, label: str) -> WebhookView:
        """A new one that hears what happens from now on; its secret is shown this once.

        Raises NotFound, InvalidInput (url, label), Conflict (too many).
        """
        await registry.owned(self._database, user_id, account_id)
        name = label.strip()
        if not name or len(name) > limits.WEBHOOK_LABEL_MAX or not name.isprintable():
            text = f"A webhook's name has 1 to {limits.WEBHOOK_LABEL_MAX} characters."
            raise InvalidInput(text, field="label")
        if len(url) > limits.WEBHOOK_URL_MAX or not url.isascii() or not url.isprintable():
            text = f"An address has at most {limits.WEBHOOK_URL_MAX} plain characters."
            raise InvalidInput(text, field="url")
        check_target(url, allow_private=self._allow_private)
        known = await store.of_user(self._database, user_id, account_id)
        if len(known) >= limits.WEBHOOKS_PER_ACCOUNT_MAX:
            most = limits.WEBHOOKS_PER_ACCOUNT_MAX
            text = f"An account has at most {most} webhooks: remove one first."
            raise Conflict(text, code="too_many_webhooks")
        now, secret = self._clock.now(), new_token()
        webhook_id = new_id(now)
        sealed = self._seal(webhook_id, secret)
        row = await store.add(
            self._database, (webhook_id, user_id, account_id, name, url, sealed, now)
        )
        self._bus.wake("webhooks")
        return self._view(_there(row), secret)

    async def rotate(self, user_id: str, webhook_id: str) -> WebhookView:
        """A new secret, shown this once; the old one signs no more. Raises NotFound."""
        secret = new_token()
        sealed = self._seal(webhook_id, secret)
        row = await store.new_secret(self._database, webhook_id, user_id, sealed)
        return self._view(_there(row), secret)

    async def enable(self, user_id: str, webhook_id: str) -> WebhookView:
        """Try again at once, from where it stopped. Raises NotFound."""
        row = _there(await store.enable(self._database, webhook_id, user_id))
        self._bus.wake("webhooks")
        return self._view(row)

    async def disable(self, user_id: str, webhook_id: str) -> WebhookView:
        """Post nothing until it is enabled; what happens meanwhile waits. Raises NotFound."""
        now = self._clock.now()
        row = _there(await store.switch_off(self._database, webhook_id, user_id, now))
        self._bus.wake("webhooks")
        return self._view(row)

    async def test(self, user_id: str, webhook_id: str) -> WebhookView:
        """Have a test event delivered as any other. Raises NotFound, Conflict (switched off)."""
        webhook = _there(await store.one(self._database, webhook_id, user_id))
        if webhook["disabled_at"] is not None:
            raise Conflict("This webhook is switched off; enable it first.", code="webhook_off")
        text = f"A test of the webhook {webhook['label']}."
        await store.tell_test(self._database, webhook, self._clock.now(), text)
        self._bus.wake("events")
        return self._view(webhook)

    async def deliveries(self, user_id: str, webhook_id: str) -> tuple[DeliveryView, ...]:
        """The last events since its registration and what it has of them, newest first.

        Raises NotFound.
        """
        webhook = _there(await store.one(self._database, webhook_id, user_id))
        rows = await store.last_events(self._database, webhook, limits.WEBHOOK_DELIVERIES)
        missed = [row["id"] for row in rows if not row["heard"]]
        stuck = missed[-1] if missed and webhook["failures"] else None
        return tuple(
            DeliveryView(row["id"], row["at"], row["kind"], row["reason"], _status(row, stuck))
            for row in rows
        )

    async def remove(self, user_id: str, webhook_id: str) -> None:
        """Post nothing to it any more. Raises NotFound."""
        if not await store.remove(self._database, webhook_id, user_id):
            raise _unknown()
        self._bus.wake("webhooks")

    def _seal(self, webhook_id: str, secret: str) -> bytes:
        return self._vault.seal(secret.encode(), store.aad(webhook_id))

    def _view(self, row: Any, secret: str | None = None) -> WebhookView:
        if secret is None:
            opened = self._vault.open(bytes(row["secret"]), store.aad(row["id"])).decode()
            secret = "…" + opened[-_SHOWN:]
        return WebhookView(
            id=row["id"],
            account_id=row["account_id"],
            label=row["label"],
            url=row["url"],
            secret=secret,
            created_at=row["created_at"],
            failures=row["failures"],
            retry_at=row["retry_at"],
            last_at=row["last_at"],
            last_answer=row["last_answer"],
            disabled_at=row["disabled_at"],
        )


def _status(row: Any, stuck: int | None) -> Delivery:
    if row["heard"]:
        return "delivered"
    return "failing" if row["id"] == stuck else "waiting"


def _there(row: Any) -> Any:
    if row is None:
        raise _unknown()
    return row


def _unknown() -> NotFound:
    return NotFound("There is no such webhook.")
