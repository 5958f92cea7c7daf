"""Bounds of the adapters of real exchanges."""

from __future__ import annotations

from typing import Final

VENUE_HTTP_TIMEOUT_S: Final = 8.0
"""One request; shorter than VENUE_TIMEOUT_S, so that the adapter can still say what it knows."""
VENUE_CONNECTIONS: Final = 32
VENUE_LIMIT_KEPT_FROM_READS: Final = 0.3
VENUE_LIMIT_KEPT_FROM_ENTRIES: Final = 0.1
VENUE_RATE_RETRY_S: Final = 10
"""Wait after "too many requests" when the exchange does not say how long."""
VENUE_CLOCK_CHECK_S: Final = 60.0
VENUE_CLOCK_CORRECTED_S: Final = 1.0
"""A clock further off than this is corrected aloud."""
VENUE_CLOCK_MAX_S: Final = 5.0
"""Entries pause when our clock and the exchange's differ by more."""
VENUE_CLOCK_RETRY_S: Final = 30
VENUE_NOT_READY_RETRY_S: Final = 5
VENUE_THIN_RETRY_S: Final = 5
"""Nobody offers anything: tried again after this."""
VENUE_REDUCE_ONLY_RETRY_S: Final = 60
"""An exchange takes no entries of a symbol for now."""
VENUE_RULES_ASK_S: Final = 15.0
"""How often a venue is asked for its rules; it answers from what it read last."""
VENUE_CLIENT_IDS_MAX: Final = 5_000
"""Orders per account whose client ids are remembered."""
VENUE_TRADES_PAGE: Final = 500
VENUE_PAGES_MAX: Final = 10
"""Pages of executions read for one account in one go."""
VENUE_POLL_QUIET_S: Final = 20.0
"""A symbol is polled this often while its account's stream is alive and silent."""
VENUE_POLL_S: Final = 1.0
VENUE_POLL_IDLE_S: Final = 600.0
"""A symbol without open orders, long untouched, is read this often."""
VENUE_TOUCHED_S: Final = 120.0
"""So long after something of ours happened with it a symbol is polled closely."""
VENUE_RATE_S: Final = 60.0
"""How long a rate for converting fees is kept."""
VENUE_FUNDING_S: Final = 300.0
VENUE_STREAM_RETRY_FIRST_S: Final = 1.0
VENUE_STREAM_RETRY_MAX_S: Final = 60.0
VENUE_STREAM_SILENT_S: Final = 60.0
"""A stream without any frame, not even a pong, for so long is reconnected."""
VENUE_KEY_CHECK_S: Final = 20.0
VENUE_KEY_MAX: Final = 4_096
"""Characters of a key or secret."""
BYBIT_LATE_EXECUTION_S: Final = 60.0
"""An execution may show in Bybit's list this long after its own time."""
BYBIT_MARK_AGE_S: Final = 24 * 3600.0
"""The mark of an account without executions follows the time when it is older than this."""
BYBIT_BAN_S: Final = 600
"""Bybit shuts an address out for this long once it asks too often."""
BYBIT_PING_S: Final = 20.0
BYBIT_LOOK_S: Final = 1.0
"""How long an accepted market order's state is waited for."""
BYBIT_CANCEL_LOOKS: Final = 4
BYBIT_CANCEL_LOOK_S: Final = 0.1
"""A cancel is only announced; its end is looked for this often, this far apart."""
