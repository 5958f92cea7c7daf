"""The resolver: what was claimed or sent without a clear answer is waited out, then asked after.

Only when no request can land any more (claim + fence + validity window + clock skew) does the
venue's "not there" mean lost. Nothing is ever sent again from here; the core decides anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.words import OrderStatus
from engine.runtime import answers, backoff
from engine.runtime.asking import ask
from engine.runtime.brakes import Brakes, make_brakes
from engine.runtime.cancelling import cancel
from engine.runtime.ports import Ports
from engine.store.port import InboxEntry, OutboxRow
from engine.venues.port import Absent, Accepted, Found, Refused
from foundation import limits
from foundation.errors import Unavailable
from foundation.log import get_logger

_log = get_logger("engine.runtime.resolver")

CERTAIN_AFTER = timedelta(
    seconds=limits.ORDER_FENCE_S + limits.ORDER_VALIDITY_S + limits.CLOCK_SKEW_S
)


class Resolver:
    """Asks after one page of unclear commands a turn; each backs off on its own."""

    def __init__(self, ports: Ports, brakes: Brakes | None = None) -> None:
        self._ports = ports
        self._credentials = (brakes or make_brakes(ports)).credentials
        self._tries: dict[str, int] = {}
        self._not_before: dict[str, datetime] = {}

    async def turn(self) -> bool:
        """True when something was resolved. Raises Unavailable."""
        now = self._ports.clock.now()
        # what backs off stands first in line and must not keep those behind it from being asked
        page = limits.RESOLVER_PAGE + len(self._not_before)
        rows = await self._ports.store.unresolved(now, CERTAIN_AFTER, page)
        waiting = {row.command.id for row in rows}
        self._forget_all_but(waiting)
        rows = [row for row in rows if self._not_before.get(row.command.id, now) <= now]
        rows = [row for row in rows if not self._credentials.is_blocked(row.account_id)]
        rows = rows[: limits.RESOLVER_PAGE]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._resolve(row)) for row in rows]
        return any(task.result() for task in tasks)

    async def _resolve(self, row: OutboxRow) -> bool:
        try:
            if isinstance(row.command, CancelOrder):
                done = await cancel(self._ports, row, row.command)
            else:
                done = await self._ask_after(row, row.command)
        except Unavailable as error:
            _log.warning("resolution not written", command=row.command.id, reason=str(error))
            done = False
        if not done:
            self._back_off(row)
            await self._alert(row)
        return done

    async def _alert(self, row: OutboxRow) -> None:
        """Have the owner told, once, of an order nobody gives an answer about."""
        tries = self._tries[row.command.id]
        if tries != limits.RESOLVER_ALERT_TRIES or not isinstance(row.command, PlaceOrder):
            return
        try:
            await self._ports.store.put([answers.unclear(row, tries)], self._ports.clock.now())
            self._ports.bus.wake("inbox")
        except Unavailable as error:
            _log.warning("alert not written", order=row.command.id, reason=str(error))

    async def _ask_after(self, row: OutboxRow, order: PlaceOrder) -> bool:
        ports = self._ports
        venue = ports.venue(row.venue)
        answer = await ask(venue.find(row.account_id, order.id, order.symbol), f"find {order.id}")
        if not isinstance(answer, Found | Absent):
            _log.warning("still unknown", order=order.id)
            return False
        facts = _facts(row, answer)
        now = ports.clock.now()
        if len(facts) > 1:
            await ports.store.put(facts, now)
        done = await ports.store.answered(row, facts[0], now)
        _log.info("resolved", order=order.id, fact=facts[0].fact.kind)
        ports.bus.wake("inbox")
        return done

    def _back_off(self, row: OutboxRow) -> None:
        tries = self._tries[row.command.id] = self._tries.get(row.command.id, 0) + 1
        pause = backoff.orders().pause(tries, row.command.id)
        later = self._ports.clock.now() + timedelta(seconds=pause)
        self._not_before[row.command.id] = later

    def _forget_all_but(self, waiting: set[str]) -> None:
        for command_id in [name for name in self._tries if name not in waiting]:
            del self._tries[command_id], self._not_before[command_id]


def _facts(row: OutboxRow, answer: Found | Absent) -> Sequence[InboxEntry]:
    """What was found, in the order the account should hear it."""
    if isinstance(answer, Absent):
        return (answers.lost(row),)
    if answer.status is OrderStatus.FAILED:
        return (answers.refused(row, Refused("rejected", "The venue did not take the order.")),)
    found = answers.accepted(row, Accepted(answer.venue_order_id))
    if answer.status is OrderStatus.CANCELLED:
        return (found, answers.cancelled(row, row.command.id, answer.filled))
    return (found,)
