"""What an emergency stop found and what became of it, order by order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.house import House
from engine.api.front import Front
from engine.api.views import GroupDetail, OrderView
from foundation.limits import BOT_STOP_GROUPS_MAX, BOT_STOP_LOOK_S, BOT_STOP_LOOKS

_WORKING = ("pending", "open", "partially_filled")


@dataclass(frozen=True, slots=True)
class Picture:
    """An account before the stop: its live groups, and how many signals wait."""

    groups: tuple[GroupDetail, ...]
    queued: int

    @property
    def entries(self) -> tuple[OrderView, ...]:
        """Entry orders that may still fill."""
        return tuple(order for detail in self.groups for order in _entries(detail))


@dataclass(frozen=True, slots=True)
class Report:
    """After the stop. Each order was cancelled, filled meanwhile, or is not settled yet."""

    cancelled: int
    filled: int
    unsettled: tuple[str, ...]
    closed: tuple[str, ...]
    closing: tuple[str, ...]
    dequeued: int


async def account_picture(front: Front, user_id: str, account_id: str) -> Picture:
    """What a stop of this account would touch."""
    page = await front.groups.list(user_id, account_id, limit=BOT_STOP_GROUPS_MAX)
    details = [await front.groups.get(user_id, group.id) for group in page.items]
    waiting = await front.queue.list(user_id, account_id)
    return Picture(tuple(details), len(waiting))


async def watch(house: House, user_id: str, before: Picture) -> Report:
    """Look until everything is settled, or for about a second; the rest is told as open."""
    report = await _look(house.front, user_id, before)
    for _ in range(BOT_STOP_LOOKS):
        if not report.unsettled and not report.closing:
            break
        await house.bus.wait("events", BOT_STOP_LOOK_S)
        report = await _look(house.front, user_id, before)
    return report


async def _look(front: Front, user_id: str, before: Picture) -> Report:
    wanted = {order.id for order in before.entries}
    cancelled = filled = 0
    unsettled: list[str] = []
    closed: list[str] = []
    closing: list[str] = []
    for old in before.groups:
        now = await front.groups.get(user_id, old.group.id)
        orders = [order for order in now.orders if order.id in wanted]
        cancelled += _count(orders, ("cancelled", "failed"))
        filled += _count(orders, ("filled",))
        unsettled += [now.group.symbol for order in orders if order.status in _WORKING]
        (closed if now.group.status == "closed" else closing).append(now.group.symbol)
    return Report(cancelled, filled, tuple(unsettled), tuple(closed), tuple(closing), before.queued)


def _entries(detail: GroupDetail) -> Iterable[OrderView]:
    return (o for o in detail.orders if o.purpose == "entry" and o.status in _WORKING)


def _count(orders: Iterable[OrderView], statuses: tuple[str, ...]) -> int:
    return sum(1 for order in orders if order.status in statuses)
