"""Start-up of `countersign run`, embedded Postgres included, until the first page is served.

A process is started in an empty data folder (cold: a cluster is made and migrated) and again in
the same folder (warm); timed from the fork to the first 200 of the sandbox's chat page, and to
the bot's first answer there being possible (`/ready` and the chat's commands are set). Baseline:
a Python that imports nothing but aiohttp and answers.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from aiohttp import ClientError

from tests.bench.bare import bare_server
from tests.bench.table import Row
from tests.bench.world import World
from tests.support.house import House


async def run(world: World) -> Sequence[Row]:
    house = House(world.new_folder())
    rows = []
    began = time.perf_counter()
    async with bare_server():
        bare = time.perf_counter() - began
    try:
        for kind in ("cold", "warm"):
            world.say(f"start-up, {kind}")
            began = time.perf_counter()
            house.launch()
            await _served(house, f"{house.sandbox_url}/sandbox")
            page = time.perf_counter() - began
            await house.ready()
            ready = time.perf_counter() - began
            await house.bot_at_work()
            bot = time.perf_counter() - began
            note = f"ready after {ready:.2f} s, bot at work after {bot:.2f} s"
            rows.append(
                Row(
                    "start", f"start to first page, {kind} data folder", page, "s", 5,
                    baseline=bare, baseline_is="a bare aiohttp server", note=note,
                )
            )  # fmt: skip
            await house.stop()
    finally:
        await house.close()
    return rows


async def _served(house: House, url: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            async with house.session.get(url) as response:
                if response.status == 200:
                    return
        except ClientError:
            pass
        await asyncio.sleep(0.01)
    raise AssertionError(f"no page: {house.tail()}")
