"""Hooks: their addresses, and the way in for everything that is posted to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.api.receipts import receipt_view
from engine.api.views import HookView, ReceiptView
from engine.signals.body import printable
from engine.signals.counters import Counters
from engine.signals.hooks import Goal, Hook, HookStore
from engine.signals.intake import Answer, Intake, Tradable
from engine.signals.nested import template
from engine.signals.receipt_log import ReceiptLog, Traffic
from engine.signals.writer import ReceiptWriter
from engine.store import registry
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.crypto import Vault
from foundation.db import Database
from foundation.errors import Conflict, InvalidInput
from foundation.log import get_logger
from foundation.nursery import Nursery

PATH = "/hooks/tradingview/"
_log = get_logger("engine.api.hooks")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What to answer a sender: ``body`` has receipt, status, code, message and field.

    ``receipt`` is None when nothing was stored; ``retry_after`` is in seconds.
    """

    http_status: int
    body: Mapping[str, str | None]
    retry_after: int | None
    receipt: ReceiptView | None


class Hooks:
    """Hooks of people's accounts; somebody else's hook is not found.

    ``base_url`` is the public address without a slash at its end. `accept` works between
    `start` and `stop`; everything else always.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        vault: Vault,
        tradable: Tradable,
        base_url: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._base_url = base_url.rstrip("/")
        self._store = HookStore(database, clock, vault)
        self._log = ReceiptLog(database)
        self._writer = ReceiptWriter(database, bus)
        self._counters = Counters(database, clock)
        self._intake = Intake(self._store, self._writer, self._counters, tradable, clock)
        self._nursery: Nursery | None = None

    async def start(self) -> None:
        """Begin to write receipts and counts."""
        await self._writer.start()
        self._nursery = Nursery(_log)
        self._nursery.start("hook-counters", self._count_forever)

    async def stop(self) -> None:
        """Stop; alerts still waiting are answered with 503 and stored nowhere."""
        await self._writer.stop()
        if self._nursery is not None:
            await self._nursery.stop()
            self._nursery = None

    async def create(
        self, user_id: str, account_id: str, label: str, *, with_secret: bool = True
    ) -> HookView:
        """A new hook; without a secret its address alone lets alerts in, for senders whose
        body cannot carry one. Raises NotFound, InvalidInput (label), Conflict (taken, too many).
        """
        account = await registry.owned(self._database, user_id, account_id)
        name = printable(label, limits.HOOK_LABEL_MAX + 1)
        if not name or len(name) > limits.HOOK_LABEL_MAX:
            raise InvalidInput(
                f"a hook's name has 1 to {limits.HOOK_LABEL_MAX} characters", field="label"
            )
        known = await self._store.of_user(user_id, account_id)
        if len(known) >= limits.HOOKS_PER_ACCOUNT_MAX:
            raise Conflict(
                f"an account has at most {limits.HOOKS_PER_ACCOUNT_MAX} hooks: revoke one first",
                code="too_many_hooks",
            )
        hook = await self._store.create(
            user_id, Goal(account_id, account.venue, account.market), name, with_secret=with_secret
        )
        return self._view(hook, None)

    async def list(self, user_id: str, account_id: str | None = None) -> tuple[HookView, ...]:
        """The hooks that are not revoked, oldest first."""
        found = await self._store.of_user(user_id, account_id)
        traffic = await self._log.traffic([hook.id for hook in found])
        return tuple(self._view(hook, traffic.get(hook.id)) for hook in found)

    async def get(self, user_id: str, hook_id: str) -> HookView:
        """Raises NotFound."""
        hook = await self._store.get(user_id, hook_id)
        traffic = await self._log.traffic([hook.id])
        return self._view(hook, traffic.get(hook.id))

    async def rotate(self, user_id: str, hook_id: str) -> HookView:
        """A new address and secret; the old ones answer no more. Raises NotFound."""
        await self._store.rotate(user_id, hook_id)
        return await self.get(user_id, hook_id)

    async def revoke(self, user_id: str, hook_id: str) -> None:
        """Close the hook for good; its receipts stay. Raises NotFound."""
        await self._store.revoke(user_id, hook_id)

    async def accept(self, token: str, body: bytes, content_type: str = "") -> Acceptance:
        """Judge one posted alert and store its receipt durably; raises for nothing it is sent."""
        return _acceptance(await self._intake.accept(token, body, content_type))

    def _view(self, hook: Hook, traffic: Traffic | None) -> HookView:
        path = f"{PATH}{hook.token}"
        return HookView(
            id=hook.id,
            account_id=hook.account_id,
            label=hook.label,
            path=path,
            url=f"{self._base_url}{path}",
            secret=hook.secret or "",
            body_to_paste=template.body(template.PLACEHOLDERS, hook.label, hook.secret),
            created_at=hook.created_at,
            last_alert_at=traffic.last_at if traffic else None,
            alerts_total=traffic.total if traffic else 0,
        )

    async def _count_forever(self) -> None:
        while True:
            await self._counters.turn()
            await self._clock.sleep(limits.COUNTERS_FLUSH_S)


def _acceptance(answer: Answer) -> Acceptance:
    receipt, repeat = answer.receipt, answer.status == "duplicate"
    return Acceptance(
        http_status=answer.http_status,
        body={
            "receipt": receipt.id if receipt else None,
            "status": answer.status,
            "code": answer.code,
            "message": answer.message,
            "field": answer.field,
        },
        retry_after=answer.retry_after,
        receipt=receipt_view(receipt, repeat=repeat) if receipt else None,
    )
