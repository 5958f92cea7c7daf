"""The threshold index: which watches and resting orders does this price cross?

Theory. A symbol has two heaps, one of levels waiting for a rise and one for a fall, so a tick
looks at two tops and then only at what it crosses. Levels are integers (1e-12 of the quote
currency), Decimal stays at the edges. Whoever re-arms or disarms leaves the old heap entry to
die where it lies; a heap more dead than alive is rebuilt.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final, Literal, NamedTuple

from foundation import limits

Direction = Literal["up", "down"]

_SCALE: Final = 12


class Crossing(NamedTuple):
    """One arming whose level the price has reached; told once, then gone from the index."""

    owner: str
    watch_id: str
    armed_seq: int


class Watching(NamedTuple):
    """One level somebody waits for, as it stands in the index."""

    owner: str
    watch_id: str
    symbol: str
    direction: Direction
    price: Decimal
    armed_seq: int


@dataclass(slots=True, eq=False)
class _Entry:
    watching: Watching
    alive: bool = True


#: key to compare by, owner, watch id (ties end in ids), serial (never compares entries), entry
_Item = tuple[int, str, str, int, _Entry]


@dataclass(slots=True)
class _Heap:
    """Levels of one symbol and direction; ``sign`` turns a fall into a rise."""

    sign: int
    items: list[_Item] = field(default_factory=list)
    dead: int = 0

    def push(self, item: _Item) -> None:
        heapq.heappush(self.items, item)

    def forget_one(self) -> None:
        """Count one entry as dead, and rebuild when the dead are the majority."""
        self.dead += 1
        if self.dead > limits.INDEX_DEAD_MIN and self.dead * 2 > len(self.items):
            self.items = [item for item in self.items if item[4].alive]
            heapq.heapify(self.items)
            self.dead = 0

    def crossed(self, price: int) -> Iterator[Watching]:
        """Pop what stands at or before the price, nearest level to the old price first."""
        limit = self.sign * price
        items = self.items
        while items and (items[0][0] <= limit or not items[0][4].alive):
            entry = heapq.heappop(items)[4]
            if entry.alive:
                entry.alive = False
                yield entry.watching
            else:
                self.dead -= 1


class ThresholdIndex:
    """Levels by symbol. Arming and a crossing cost O(log n), an idle tick O(1).

    Not shared between threads; all calls are synchronous.
    """

    def __init__(self) -> None:
        self._up: dict[str, _Heap] = {}
        self._down: dict[str, _Heap] = {}
        self._armed: dict[tuple[str, str], _Entry] = {}
        self._last: dict[str, int] = {}
        self._serial = 0

    def __len__(self) -> int:
        return len(self._armed)

    def arm(
        self,
        owner: str,
        watch_id: str,
        symbol: str,
        direction: Direction,
        price: Decimal,
        armed_seq: int,
    ) -> None:
        """Wait for ``symbol`` at or beyond ``price``; replaces an older arming of the same id.

        ``up`` fires at price >= level, ``down`` at price <= level, at the next tick already when
        it holds by then. Arming the same thing twice changes nothing.
        """
        watching = Watching(owner, watch_id, symbol, direction, price, armed_seq)
        known = self._armed.get((owner, watch_id))
        if known is not None:
            if known.watching == watching:
                return
            self._kill(known)
        entry = _Entry(watching)
        self._armed[owner, watch_id] = entry
        self._serial += 1
        level = _level(price, direction)
        heap = self._heap(symbol, direction)
        heap.push((heap.sign * level, owner, watch_id, self._serial, entry))

    def disarm(self, owner: str, watch_id: str) -> bool:
        """Wait no longer; False when nothing of that name was armed (any more)."""
        entry = self._armed.pop((owner, watch_id), None)
        if entry is None:
            return False
        self._kill(entry)
        return True

    def cross(self, symbol: str, price: Decimal) -> list[Crossing]:
        """Everything ``price`` reaches, in the order a path from the last price meets it.

        What held before the move comes first. A gap over many levels fires all, once, in order.
        """
        level = int(price.scaleb(_SCALE))
        rising = level >= self._last.get(symbol, level)
        self._last[symbol] = level
        crossed: list[Crossing] = []
        for side in (self._down, self._up) if rising else (self._up, self._down):
            heap = side.get(symbol)
            if heap is None or not heap.items:
                continue
            for watching in heap.crossed(level):
                del self._armed[watching.owner, watching.watch_id]
                crossed.append(Crossing(watching.owner, watching.watch_id, watching.armed_seq))
        return crossed

    def watches(self, symbol: str) -> tuple[Watching, ...]:
        """What waits on a symbol, by price, then ids."""
        found = (e.watching for e in self._armed.values() if e.watching.symbol == symbol)
        return tuple(sorted(found, key=lambda w: (w.price, w.owner, w.watch_id)))

    def _heap(self, symbol: str, direction: Direction) -> _Heap:
        side = self._up if direction == "up" else self._down
        heap = side.get(symbol)
        if heap is None:
            heap = side[symbol] = _Heap(1 if direction == "up" else -1)
        return heap

    def _kill(self, entry: _Entry) -> None:
        entry.alive = False
        self._heap(entry.watching.symbol, entry.watching.direction).forget_one()


def _level(price: Decimal, direction: Direction) -> int:
    """The level in units, rounded so that it is never reached too early."""
    rounding = ROUND_CEILING if direction == "up" else ROUND_FLOOR
    return int(price.scaleb(_SCALE).to_integral_value(rounding=rounding))
