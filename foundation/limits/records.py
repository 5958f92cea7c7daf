"""Bounds of what is stored and read: store, windows, trades."""

from __future__ import annotations

from typing import Final

EQUITY_POINT_S: Final = 60.0
KEEP_MINUTES_D: Final = 30
"""Equity is kept by the minute for so long, then by the hour; of reviews only what was new."""
EXCURSION_DELAY_S: Final = 30
"""After this the last bar of a closed trade is written."""
EXCURSIONS_PER_TURN: Final = 200
TRADE_ROWS_IMPORT_MAX: Final = 1_000_000
EQUITY_POINTS_MAX: Final = 500
PERIODS_MAX: Final = 400
REPLAY_ROWS: Final = 500
"""Events of a journal read at once."""
LOAD_GROUPS_PER_READ: Final = 500
"""Groups read and made at once, before others get their turn."""
ACCOUNTS_REMEMBERED: Final = 16
"""Accounts that screens keep as they read them; one with 200 groups takes about 2 MB."""
SETTINGS_FINDINGS_MAX: Final = 50
"""Problems, keys or unknown names told of one settings document."""
SETTINGS_LINT_SYMBOLS_MAX: Final = 200
"""Symbols a settings document is tried on."""
STORE_TIMEOUT_S: Final = 15.0
"""A statement or transaction of the hot path taking longer counts as a database that is away."""
ACCOUNTS_PER_USER_MAX: Final = 20
COMMAND_WAIT_S: Final = 2.0
"""How long a person's command waits for its outcome before it is answered with a receipt."""
COMMAND_LOOK_S: Final = 0.25
"""How often the outcome is looked for when nobody wakes us."""
IDEMPOTENCY_KEY_MAX: Final = 128
PAGE_DEFAULT: Final = 50
PAGE_MAX: Final = 200
GROUP_EVENTS_MAX: Final = 1_000
EVENTS_READ_MAX: Final = 1_000
EVENTS_LOOK_BACK: Final = 2_000
"""How many of an account's last events are looked through for those of some kinds."""
HEARTBEAT_LATE_S: Final = 30.0
"""An engine whose last heartbeat is older counts as not running."""
PROFIT_DAYS_MAX: Final = 3_650
