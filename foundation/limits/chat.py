"""Bounds of the bot."""

from __future__ import annotations

from typing import Final

BOT_UPDATE_BYTES_MAX: Final = 1024 * 1024
BOT_UPDATES_AT_ONCE: Final = 16
"""Users whose updates are worked on side by side."""
BOT_UPDATE_LEASE_S: Final = 60.0
BOT_UPDATE_TRIES: Final = 3
BOT_UPDATE_RETRY_S: Final = 0.5
"""Pause before the second try of an update; it doubles."""
BOT_INBOX_IDLE_S: Final = 5.0
BOT_POLL_TIMEOUT_S: Final = 25
BOT_POLL_BACKOFF_FIRST_S: Final = 0.5
BOT_POLL_BACKOFF_MAX_S: Final = 30.0
BOT_POLL_LOCK_RETRY_S: Final = 2.0
BOT_PRESS_GRACE_S: Final = 0.7
"""A press nobody answered for this long gets an empty answer, so that its button stops spinning."""
BOT_REQUEST_TIMEOUT_S: Final = 30.0

BOT_SENDERS: Final = 8
BOT_SEND_LEASE_S: Final = 60.0
BOT_OUTBOX_IDLE_S: Final = 5.0
BOT_LANDING_S: Final = 3.0
BOT_SEND_PER_S: Final = 25.0
BOT_SEND_RESERVED: Final = 0.3
"""Share of the overall rate kept for answers and approvals (P0 and P1)."""
BOT_CHAT_PER_S: Final = 1.0
BOT_CHAT_BURST: Final = 3
BOT_GROUP_PER_MINUTE: Final = 18.0
BOT_LIVE_EDIT_GAP_S: Final = 5.0
BOT_SEND_BACKOFF_FIRST_S: Final = 1.0
BOT_SEND_BACKOFF_MAX_S: Final = 60.0
BOT_MESSAGE_LIFETIME_H: Final = 24
"""A message that could not be delivered for this long is given up."""
BOT_KEEP_DAYS: Final = 7
"""Handled updates and sent messages are kept this long."""
BOT_HOUSEKEEPING_S: Final = 3600.0
BOT_PURGE_ROWS: Final = 5000

BOT_USER_BURST: Final = 20
BOT_USER_PER_S: Final = 1.0
BOT_USERS_REMEMBERED: Final = 10_000

BOT_CONSUMER_BATCH: Final = 200
BOT_CONSUMER_IDLE_S: Final = 2.0
BOT_SETUP_BACKOFF_FIRST_S: Final = 0.5
BOT_SETUP_BACKOFF_MAX_S: Final = 60.0
BOT_LIST_ROWS: Final = 10
BOT_CHART_CANDLES: Final = 72
BOT_NOTICES_PER_MINUTE: Final = 5
"""More notices than this collapse into one line."""
BOT_REFRESH_S: Final = 60.0
BOT_LOAD_LOOK_S: Final = 5.0
BOT_SHED_PAUSE_S: Final = 3.0
"""Between two looks at what happened, while the engine leaves live edits out."""
BOT_REFRESH_DAYS: Final = 30
BOT_REFRESH_PERCENT: Final = 0.25
"""A position's card is shown anew when its result moved this far, in percent."""
BOT_STOP_GROUPS_MAX: Final = 100
"""Positions an emergency stop lists one by one."""
BOT_STOP_LOOKS: Final = 5
BOT_STOP_LOOK_S: Final = 0.25
