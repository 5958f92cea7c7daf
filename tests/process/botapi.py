"""The stand-in Bot API as a process of its own: what any server that speaks the Bot API is.

Arguments: database address, port, bot token. Ends on SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping
from typing import Any

from app.sandbox.server import Sandbox
from foundation.clock import WallClock
from foundation.db import Database, migrate


async def nobody(_user: int, _side: str, _symbol: str) -> Mapping[str, Any]:
    """Test alerts are not this server's business."""
    return {}


async def main(dsn: str, port: int, token: str) -> None:
    await asyncio.to_thread(migrate, dsn)
    database = await Database.open(dsn, pool_size=10)
    server = Sandbox(
        database=database,
        clock=WallClock(),
        host="127.0.0.1",
        port=port,
        bot_token=token,
        web_app_url="https://trade.example.org/app/",
        hook_poster=nobody,
        market_control=None,
    )
    await server.start()
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await over.wait()
    await server.stop()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
