"""``countersign import trades`` and ``countersign replay``: results from the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.ground import ground
from engine.analytics.importing import Imported, import_trades
from engine.analytics.reading import read_trades
from engine.store import load
from engine.store.replay import Replay, replay
from foundation.settings import Settings


async def bring_in(settings: Settings, path: Path, account_id: str, source: str) -> Imported:
    """Read the whole file first, then write it. Raises InvalidInput, NotFound, Unavailable."""
    trades = await asyncio.to_thread(read_trades, path, source)
    async with ground(settings) as base:
        return await import_trades(base.database, account_id, trades)


async def replay_accounts(settings: Settings, account_id: str | None) -> list[Replay]:
    """Replay one account, or all of them. Raises NotFound, Unavailable."""
    async with ground(settings) as base:
        names = [account_id] if account_id else [a.id for a in await load.accounts(base.database)]
        return [await replay(base.database, name) for name in names]
