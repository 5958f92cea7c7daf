"""Carrying out a CancelOrder: withdraw what was not sent, wait for what is unclear, else ask.

A cancel may be repeated safely, so whatever stays unclear is simply tried again later.
"""

from __future__ import annotations

from engine.domain.commands import CancelOrder
from engine.domain.words import WORKING
from engine.runtime import answers
from engine.runtime.asking import ask
from engine.runtime.ports import Ports
from engine.store.port import OutboxRow, OutboxStatus
from engine.venues.port import (
    Absent,
    Cancelled,
    Found,
    OutcomeUnknown,
    RefusalCode,
    Refused,
    Venue,
)
from foundation.log import get_logger

_log = get_logger("engine.runtime.cancelling")

_Outcome = Cancelled | Absent | Refused | OutcomeUnknown


async def cancel(ports: Ports, row: OutboxRow, command: CancelOrder) -> bool:
    """Try once; False when it must be tried again later (the row is then marked unclear)."""
    store, clock = ports.store, ports.clock
    if await store.withdraw(row.account_id, command.order_id, clock.now()):
        ports.bus.wake("inbox")
        return await store.answered(row, None, clock.now())
    status = await store.outbox_status(row.account_id, command.order_id)
    if status is OutboxStatus.WITHDRAWN:
        return await store.answered(row, None, clock.now())
    if status is OutboxStatus.DONE:
        return await _ask_venue(ports, row, command)
    if status is None:
        _log.error("a cancel names no order", account=row.account_id, order=command.order_id)
    await store.unknown(row, clock.now())
    return False


async def _ask_venue(ports: Ports, row: OutboxRow, command: CancelOrder) -> bool:
    venue = ports.venue(row.venue)
    answer: _Outcome = await ask(
        venue.cancel(row.account_id, command), f"cancel {command.order_id}"
    )
    if isinstance(answer, Refused) and answer.code == RefusalCode.UNKNOWN_ORDER:
        answer = await _look(venue, row, command)
    if isinstance(answer, Cancelled):
        fact = answers.cancelled(row, command.order_id, answer.filled_quantity)
    elif isinstance(answer, Absent):
        # It was refused there, or is so old that the venue has forgotten it: it works no more.
        fact = answers.cancelled(row, command.order_id, None)
    else:
        _log.warning("cancel unclear", account=row.account_id, order=command.order_id)
        await ports.store.unknown(row, ports.clock.now())
        return False
    done = await ports.store.answered(row, fact, ports.clock.now())
    ports.bus.wake("inbox")
    return done


async def _look(
    venue: Venue, row: OutboxRow, command: CancelOrder
) -> Cancelled | Absent | OutcomeUnknown:
    """A venue that never heard of an order is asked for it by name before it is believed."""
    order_id = command.order_id
    found = await ask(venue.find(row.account_id, order_id, command.symbol), f"find {order_id}")
    if not isinstance(found, Found):
        return found
    if found.status in WORKING:
        return OutcomeUnknown("it works though its cancel found nothing")
    return Cancelled(found.filled)
