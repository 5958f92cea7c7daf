"""Memory of 10,000 groups of six legs, in a process that holds nothing else.

The process imports everything, notes its resident memory, makes 1,000 accounts of ten groups
each by the core itself and notes it again. Baseline: the same rows as plain dictionaries.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import psutil

from tests.bench.seed import account_with_groups
from tests.bench.table import Row
from tests.bench.world import World
from tests.support.house import ROOT

ACCOUNTS = 1_000
GROUPS_EACH = 10
SYMBOLS = tuple(f"M{n}/USDT" for n in range(GROUPS_EACH))
_MB = 1024 * 1024


async def run(world: World) -> Sequence[Row]:
    world.say("memory of 10,000 groups")
    ours, dictionaries = await asyncio.gather(_measured("domain"), _measured("dictionaries"))
    return [
        Row(
            "memory", "10,000 groups x 6 legs over the empty process", ours, "MB", 50,
            baseline=dictionaries, baseline_is="the same as dictionaries",
            note="with the orders of every leg",
        )
    ]  # fmt: skip


async def _measured(kind: str) -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.rows.memory", kind, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    grown: float = json.loads(out)
    return grown


def main(kind: str) -> None:
    """In the process that is measured: make one account more, so that nothing is first."""
    held: list[Any] = [account_with_groups("first", GROUPS_EACH, SYMBOLS)]
    gc.collect()
    before = psutil.Process().memory_info().rss
    for number in range(ACCOUNTS):
        account = account_with_groups(f"account-{number}", GROUPS_EACH, SYMBOLS)
        held.append(account if kind == "domain" else asdict(account))
    gc.collect()
    json.dump((psutil.Process().memory_info().rss - before) / _MB, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
