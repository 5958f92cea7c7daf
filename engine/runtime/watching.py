"""Watching: keeps the threshold indexes at what the accounts want and tells them of crossings.

A crossing is told once for one arming: its key names the watch and ``armed_seq``, so a repeat
after a restart or a lost acknowledgement changes nothing.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from engine.domain.account import Account
from engine.domain.events import PriceCrossed
from engine.domain.watch import Wants, Watch
from engine.market.index import Crossing, ThresholdIndex
from engine.market.ticks import Tick
from engine.runtime import answers
from engine.runtime.ports import Ports
from engine.store.port import InboxEntry

_Key = tuple[str, str]
Follow = Callable[[Account], ThresholdIndex]


class _Place(NamedTuple):
    """Where an account's watches wait."""

    board: str
    levels: ThresholdIndex


class Watching:
    """Bridges `wants` to the indexes, which it may share with others who wait for prices.

    ``follow`` gives the index of an account's board, and opens that board when it is the first
    one there. Owners in an index are account ids. ``heard`` is what hubs tell; ``turn`` writes.
    """

    def __init__(self, ports: Ports, follow: Follow) -> None:
        self._ports = ports
        self._follow = follow
        self._places: dict[str, _Place] = {}
        self._wanted: dict[str, dict[str, Watch]] = {}
        self._told: dict[_Key, int] = {}
        self._asleep: list[tuple[datetime, str, str, int]] = []
        self._unwritten: dict[_Key, InboxEntry] = {}
        self._news = asyncio.Event()

    def changed(self, account: Account, wants: Wants) -> None:
        """Arm what is new or moved, disarm what is wanted no more."""
        index = self._follow(account)
        self._places[account.id] = _Place(account.board, index)
        before = self._wanted.get(account.id, {})
        after = {watch.id: watch for watch in wants.watches}
        self._wanted[account.id] = after
        for watch_id in before:
            if watch_id not in after:
                index.disarm(account.id, watch_id)
                self._told.pop((account.id, watch_id), None)
        for watch_id, watch in after.items():
            if before.get(watch_id) != watch:
                self._want(account.id, watch)

    async def heard(self, tick: Tick, crossings: Sequence[Crossing]) -> None:
        """A listener of the market hub: note what the tick crossed; `turn` writes it."""
        for crossing in crossings:
            self._note(crossing, tick.price, tick.at)

    async def turn(self) -> bool:
        """Wake sleepers and write what was crossed. Raises Unavailable, and then keeps it."""
        self._wake_sleepers()
        self._news.clear()
        if not self._unwritten:
            return False
        entries = dict(self._unwritten)
        await self._ports.store.put(list(entries.values()), self._ports.clock.now())
        for key in entries:
            del self._unwritten[key]
        self._ports.bus.wake("inbox")
        return True

    async def rest(self, timeout: float) -> None:
        """Return when something was crossed, or after ``timeout`` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._news.wait()
        except TimeoutError:
            return

    def _want(self, owner: str, watch: Watch) -> None:
        self._places[owner].levels.disarm(owner, watch.id)
        if self._told.get((owner, watch.id)) == watch.armed_seq:
            return
        if watch.not_before is not None and watch.not_before > self._ports.clock.now():
            item = (watch.not_before, owner, watch.id, watch.armed_seq)
            heapq.heappush(self._asleep, item)
            return
        self._arm(owner, watch)

    def _arm(self, owner: str, watch: Watch) -> None:
        """Arm it, unless the market is beyond it already: then that is told at once."""
        board, index = self._places[owner]
        quote = self._ports.prices.quote(board, watch.symbol)
        if quote is not None and _beyond(watch, quote.price):
            crossing = Crossing(owner, watch.id, watch.armed_seq)
            self._note(crossing, quote.price, quote.price_at)
            return
        index.arm(owner, watch.id, watch.symbol, watch.direction, watch.price, watch.armed_seq)

    def _note(self, crossing: Crossing, price: Decimal, at: datetime) -> None:
        owner, watch_id, armed_seq = crossing
        self._told[owner, watch_id] = armed_seq
        entry = answers.crossed(owner, PriceCrossed(watch_id, armed_seq, price, at))
        self._unwritten.setdefault((owner, entry.key), entry)
        self._news.set()

    def _wake_sleepers(self) -> None:
        now = self._ports.clock.now()
        while self._asleep and self._asleep[0][0] <= now:
            _, owner, watch_id, armed_seq = heapq.heappop(self._asleep)
            watch = self._wanted.get(owner, {}).get(watch_id)
            if watch is not None and watch.armed_seq == armed_seq:
                self._arm(owner, watch)


def _beyond(watch: Watch, price: Decimal) -> bool:
    return price >= watch.price if watch.direction == "up" else price <= watch.price
