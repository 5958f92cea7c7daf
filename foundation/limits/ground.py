"""Bounds of the ground: numbers, database, log, embedded server, people."""

from __future__ import annotations

from typing import Final

DECIMAL_TEXT_MAX: Final = 64
"""Characters in a number somebody sends."""
DECIMAL_EXPONENT_MAX: Final = 30
"""Powers of ten a number may be away from one."""

MIGRATION_LOCK_TIMEOUT_MS: Final = 4_000
MIGRATION_STATEMENT_TIMEOUT_MS: Final = 60_000
MIGRATION_TURN_TIMEOUT_MS: Final = 120_000
"""How long one process waits for another that migrates the same database."""
DATABASE_CONNECT_TIMEOUT_S: Final = 10.0
DATABASE_POOL_TIMEOUT_S: Final = 10.0
HOT_POOL_MIN: Final = 1

BUS_COALESCE_S: Final = 0.005
"""Wakes within this time leave as one NOTIFY."""
BUS_GATHER_S: Final = 0.05
"""Who only tells what has happened reads what came within this time at once."""
BUS_RECONNECT_FIRST_S: Final = 0.1
BUS_RECONNECT_MAX_S: Final = 5.0
BUS_NOTIFY_TIMEOUT_S: Final = 5.0

NURSERY_BACKOFF_FIRST_S: Final = 0.5
NURSERY_BACKOFF_MAX_S: Final = 30.0
NURSERY_CALM_S: Final = 60.0
"""A task that ran this long starts its back-off anew when it crashes."""
NURSERY_STOP_TIMEOUT_S: Final = 10.0

LOG_FILE_BYTES_MAX: Final = 20 * 1024 * 1024
LOG_FILES_KEPT: Final = 5

POSTGRES_CONNECTIONS_MAX: Final = 200
POSTGRES_WAIT_S: Final = 110
"""Crash recovery of a large database takes a while."""
POSTGRES_POLL_S: Final = 0.01
POSTGRES_WATCH_S: Final = 2.0
POSTGRES_TOOL_TIMEOUT_S: Final = 10.0
POSTGRES_LOG_BYTES_MAX: Final = 20 * 1024 * 1024
POSTGRES_LOG_TAIL_CHARS: Final = 800

PERSON_NAME_MAX: Final = 128
LANGUAGE_TAG_MAX: Final = 35
ORIGIN_TEXT_MAX: Final = 512
OWNER_CLAIM_LIFETIME_S: Final = 24 * 3600

COLLECTOR_THRESHOLDS: Final = (20_000, 20, 50)
"""New objects, young and middle rounds between two looks of the garbage collector."""
