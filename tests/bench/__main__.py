"""`python -m tests.bench`: run the benches one after another and print one table."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from foundation.clock import WallClock
from foundation.collector import look_less_often
from tests.bench.page import page
from tests.bench.rows import (
    accept,
    chat,
    closing,
    history,
    load,
    memory,
    order,
    proof,
    queue,
    reads,
    start,
    steps,
    ticks,
)
from tests.bench.table import Row, show
from tests.bench.world import World

Bench = Callable[[World], Awaitable[Sequence[Row]]]
BENCHES: Final[dict[str, Bench]] = {
    "ticks": ticks.run,
    "queue": queue.run,
    "memory": memory.run,
    "steps": steps.run,
    "load": load.run,
    "start": start.run,
    "accept": accept.run,
    "order": order.run,
    "closing": closing.run,
    "reads": reads.run,
    "history": history.run,
    "chat": chat.run,
    "proof": proof.run,
}


async def measure(names: Sequence[str], console: Console) -> list[Row]:
    """All rows of the named benches; one that breaks is told and leaves the others alone."""
    rows: list[Row] = []
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, refresh_per_second=2, transient=True) as progress:
        task = progress.add_task("", total=len(names))
        world = World(lambda text: progress.update(task, description=text))
        try:
            for name in names:
                began = time.monotonic()
                progress.update(task, description=name)
                rows += await BENCHES[name](world)
                progress.advance(task)
                progress.print(f"{name}: {time.monotonic() - began:.1f} s", style="dim")
        finally:
            world.close()
    return rows


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHES, help="repeat for several")
    parser.add_argument("--page", type=Path, help="also write the table into this page")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    given = parser.parse_args()
    console = Console(stderr=True)
    look_less_often()  # as the product does
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rows = runner.run(measure(given.only or list(BENCHES), console))
    if given.page:
        today = WallClock().now().date()
        given.page.write_text(page(given.page.read_text("utf-8"), rows, today), "utf-8")
    if given.json:
        json.dump([row.as_dict() for row in rows], sys.stdout, indent=2)
        sys.stdout.write("\n")
        return
    show(rows, Console(width=None if sys.stdout.isatty() else 170))


if __name__ == "__main__":
    main()
