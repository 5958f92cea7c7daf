"""Bounds of Telegram, and of the sandbox that stands in for it."""

from __future__ import annotations

from typing import Final

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
