"""Which symbols an account has ever traded at an exchange: written before its first order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

from engine.domain.words import MarginMode
from foundation.db import Database
from foundation.errors import Unavailable

_AWAY: Final = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_ALL: Final = "select * from venue_symbols where account_id = $1 order by symbol"
_ADD: Final = """
insert into venue_symbols (account_id, symbol, mark, since) values ($1, $2, $3, $4)
on conflict (account_id, symbol) do nothing
"""
_LEVERAGE: Final = """
update venue_symbols set leverage = $3 where account_id = $1 and symbol = $2
"""
_MARGIN: Final = """
update venue_symbols set margin_mode = $3 where account_id = $1 and symbol = any($2::text[])
"""


@dataclass(frozen=True, slots=True)
class Known:
    """``mark``: where reading its executions begins.

    ``leverage`` and ``margin_mode``: what we set there last.
    """

    symbol: str
    mark: str
    since: datetime
    leverage: int | None = None
    margin_mode: MarginMode | None = None


class SymbolBook:
    """The table. Every method raises Unavailable when the database is away."""

    def __init__(self, database: Database) -> None:
        self._pool = database.pool

    async def of(self, account_id: str) -> dict[str, Known]:
        """By symbol."""
        rows = await self._run(self._pool.fetch(_ALL, account_id))
        return {row["symbol"]: _known(row) for row in rows}

    async def add(self, account_id: str, known: Known) -> None:
        await self._run(self._pool.execute(_ADD, account_id, known.symbol, known.mark, known.since))

    async def set_leverage(self, account_id: str, symbol: str, leverage: int) -> None:
        await self._run(self._pool.execute(_LEVERAGE, account_id, symbol, leverage))

    async def set_margin(self, account_id: str, symbols: list[str], mode: MarginMode) -> None:
        await self._run(self._pool.execute(_MARGIN, account_id, symbols, mode))

    async def _run(self, work: Any) -> Any:
        try:
            return await work
        except _AWAY as error:
            raise Unavailable(f"symbols cannot be read: {type(error).__name__}") from error


def _known(row: Mapping[str, Any]) -> Known:
    return Known(row["symbol"], row["mark"], row["since"], row["leverage"], row["margin_mode"])
