"""Work on many seeds spread over the processors, told as it comes."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from tests.sim.quiet import quiet

Item = TypeVar("Item")
Result = TypeVar("Result")
BAR = 40
CHUNK = 4


def spread(
    act: Callable[[Item], Result], items: Sequence[Item], jobs: int | None = None
) -> Iterator[tuple[Item, Result]]:
    """``act`` on each item, in any order; in this process when one job is enough.

    Each world stays within one process, so that a seed is the same world however it is spread.
    """
    jobs = min(jobs or os.cpu_count() or 1, len(items))
    if jobs <= 1:
        with quiet():
            for item in items:
                yield item, act(item)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs) as pool:
        yield from pool.imap_unordered(_Quietly(act), items, CHUNK)


class _Quietly:
    """``act`` without its logs, as another process can be handed it."""

    def __init__(self, act: Callable[[Item], Result]) -> None:
        self._act = act

    def __call__(self, item: Item) -> tuple[Item, Result]:
        with quiet():
            return item, self._act(item)  # type: ignore[return-value]  # what the pool gave it


def progress(done: int, of: int, bad: int) -> None:
    """One line that grows; on paper only every five hundredth."""
    if not sys.stdout.isatty() and done % 500 and done != of:
        return
    full = BAR * done // max(of, 1)
    end = "" if sys.stdout.isatty() else "\n"
    print(f"\r[{'#' * full}{'.' * (BAR - full)}] {done}/{of} {bad} bad", end=end, flush=True)
