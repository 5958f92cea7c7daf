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

POSTGRES_CONNECTIONS_MAX: Final = 200
POSTGRES_WAIT_S: Final = 110
"""Crash recovery of a large database takes a while."""
POSTGRES_TOOL_TIMEOUT_S: Final = 10.0
POSTGRES_LOG_BYTES_MAX: Final = 20 * 1024 * 1024
POSTGRES_LOG_TAIL_CHARS: Final = 800

# --- app.sandbox (the stand-in for Telegram; the first block is Telegram's own) ------------------
TELEGRAM_TEXT_UNITS_MAX: Final = 4096
"""UTF-16 units in a message after its entities are parsed."""
TELEGRAM_CAPTION_UNITS_MAX: Final = 1024
TELEGRAM_ANSWER_UNITS_MAX: Final = 200
TELEGRAM_CALLBACK_BYTES_MAX: Final = 64
TELEGRAM_COPY_UNITS_MAX: Final = 256
TELEGRAM_ENTITIES_MAX: Final = 100
TELEGRAM_BUTTONS_MAX: Final = 100
TELEGRAM_BUTTONS_PER_ROW_MAX: Final = 8
TELEGRAM_COMMANDS_MAX: Final = 100
TELEGRAM_UPDATES_PER_POLL_MAX: Final = 100
TELEGRAM_POLL_TIMEOUT_MAX_S: Final = 50
TELEGRAM_UPDATE_LIFETIME_H: Final = 24
TELEGRAM_DELETE_WINDOW_H: Final = 48
TELEGRAM_PHOTO_BYTES_MAX: Final = 10 * 1024 * 1024
TELEGRAM_UPLOAD_BYTES_MAX: Final = 50 * 1024 * 1024
TELEGRAM_PRE_CHECKOUT_S: Final = 10.0
TELEGRAM_SUBSCRIPTION_S: Final = 30 * 24 * 3600
TELEGRAM_STARS_MAX: Final = 10_000

SANDBOX_QUERY_LIFETIME_S: Final = 60.0
"""A button press unanswered for longer is "too old"."""
SANDBOX_CHAT_BURST: Final = 3
"""Messages one chat takes at once before it is held to one a second (flood control switched on)."""
SANDBOX_PAGE_MESSAGES: Final = 60
SANDBOX_PAGE_MESSAGES_MAX: Final = 200
SANDBOX_USERS_MAX: Final = 50
SANDBOX_NAME_MAX: Final = 64
SANDBOX_STREAM_BACKLOG: Final = 500
"""Events a slow browser tab may lag behind before it is told to load everything anew."""
SANDBOX_STREAM_HEARTBEAT_S: Final = 15.0
SANDBOX_WEBHOOK_TIMEOUT_S: Final = 60.0
SANDBOX_WEBHOOK_BACKOFF_FIRST_S: Final = 0.5
SANDBOX_WEBHOOK_BACKOFF_MAX_S: Final = 30.0
SANDBOX_SHUTDOWN_S: Final = 3.0
SANDBOX_FAULT_TIMEOUT_S: Final = 120.0
SANDBOX_FAULTS_MAX: Final = 10_000

# --- engine.venues and engine.runtime ---------------------------------------------------------
ORDER_FENCE_S: Final = 2.0
"""A claim older than this is not sent any more; the resolver finds out that it never was."""
ORDER_VALIDITY_S: Final = 5.0
"""A venue drops a request that reaches it later than this after its claim."""
CLOCK_SKEW_S: Final = 1.0
"""Our clock and a venue's may differ by this much."""
VENUE_TIMEOUT_S: Final = 10.0
SENDERS: Final = 64
"""Requests under way to venues at once."""
SENDERS_PER_ACCOUNT: Final = 8
ORDER_RATE_PER_S: Final = 500
ORDER_BURST: Final = 200
CANCEL_RETRY_FIRST_S: Final = 1.0
RESOLVER_RETRY_FIRST_S: Final = 1.0
RESOLVER_RETRY_MAX_S: Final = 32.0
RESOLVER_PAGE: Final = 100
WORKER_ACCOUNTS_MAX: Final = 200
"""Accounts decided in one transaction."""
WORKER_ROWS_PER_ACCOUNT: Final = 50
WORKER_CACHE_ACCOUNTS: Final = 20_000
DUE_RETRY_S: Final = 5.0
"""A time that came and changed nothing is looked at again after this."""
FILLS_POLL_S: Final = 1.0
FILLS_POLL_IDLE_S: Final = 60.0
FILLS_AT_ONCE: Final = 16
ENGINE_POLL_S: Final = 1.0
"""Actors look at their tables this often when nobody wakes them."""
HEARTBEAT_S: Final = 10.0
LAG_PROBE_S: Final = 0.1
RULES_REFRESH_S: Final = 3600.0
RULES_RETRY_S: Final = 5.0
ENGINE_LOCK_RETRY_S: Final = 1.0
