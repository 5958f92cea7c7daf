"""Errors that mean "not now": the database or something else we need does not answer."""

from __future__ import annotations

from typing import Final

import asyncpg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from foundation.errors import Unavailable

AWAY: Final = (
    Unavailable,
    OperationalError,
    InterfaceError,
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    OSError,
)
