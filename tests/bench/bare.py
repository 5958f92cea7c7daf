"""The baseline server: aiohttp, one route that reads JSON and answers; started as a process."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import uvloop
from aiohttp import ClientError, ClientSession, web

from tests.support.house import ROOT, free_ports


@asynccontextmanager
async def bare_server() -> AsyncIterator[tuple[str, psutil.Process]]:
    """Address of its only route, and its process."""
    port = free_ports()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bare", str(port), cwd=ROOT
    )
    url = f"http://127.0.0.1:{port}/hook"
    try:
        end = time.monotonic() + 30
        async with ClientSession() as session:
            while time.monotonic() < end:
                try:
                    async with session.post(url, json={}):
                        break
                except ClientError:
                    await asyncio.sleep(0.05)
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


async def _hook(request: web.Request) -> web.Response:
    json.loads(await request.read())
    return web.json_response({"ok": True})


def main(port: int) -> None:
    app = web.Application()
    app.router.add_post("/hook", _hook)
    web.run_app(
        app, host="127.0.0.1", port=port, access_log=None, print=None,
        loop=uvloop.new_event_loop(),
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
