"""Every numeric bound in one place, one section per owner; units are last in the names."""

from __future__ import annotations

from typing import Final

# --- foundation -------------------------------------------------------------------------------
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
