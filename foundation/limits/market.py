"""Bounds of prices, candles, feeds and the paper venue."""

from __future__ import annotations

from typing import Final

INDEX_DEAD_MIN: Final = 64
"""Dead entries a threshold heap may always carry before a rebuild is worth its while."""
QUOTES_FLUSH_S: Final = 0.5
"""Prices and the feed's heartbeat reach the database at most this often."""
CANDLES_FLUSH_S: Final = 2.0
FEED_STALE_S: Final = 15.0
"""A price not told for longer is stale: it is shown as old and fills nothing at market."""
CANDLES_MAX: Final = 1_000
"""Candles one request returns."""
CANDLE_TIMEFRAME_MAX_MIN: Final = 43_200
CANDLE_HISTORY_MINUTES: Final = 2_160
"""One-minute bars fetched or generated when a symbol has none yet."""
CANDLE_HISTORY_HOURS: Final = 720
"""Hourly bars before those."""
CANDLE_KEEP_MINUTES_D: Final = 14
"""Days one-minute bars are kept; older ones are folded into hourly bars."""
CANDLE_FOLD_EVERY_S: Final = 3_600.0
CANDLE_FILE_BYTES_MAX: Final = 512 * 1024 * 1024
"""A candle file after unpacking."""
SIMULATED_TICK_S: Final = 1.0
REPLAY_BEAT_S: Final = 1.0
LIVE_POLL_S: Final = 1.0
LIVE_PROBE_TIMEOUT_S: Final = 2.0
LIVE_REQUEST_TIMEOUT_S: Final = 5.0
LIVE_BACKOFF_MAX_S: Final = 30.0
LIVE_FAILURES_BEFORE_NEXT: Final = 3
"""Failed polls in a row after which the live feed tries its next address."""
LIVE_ANSWER_BYTES_MAX: Final = 16 * 1024 * 1024
LIVE_STREAM_SILENT_S: Final = 3.0
"""Without a price for so long the stream is not relied upon, and the source is asked."""
LIVE_SYMBOL_QUIET_S: Final = 5.0
"""A symbol the stream has not told of for so long is asked after, with all others, once."""
LIVE_STREAM_DEAD_S: Final = 45.0
"""Without any frame for so long a stream is given up and made anew."""
LIVE_STREAM_PING_S: Final = 20.0
LIVE_SYMBOLS_MAX: Final = 500
"""Symbols of one market served at once; those of the paper venue and what accounts ask for."""
LIVE_STREAM_BYTES_MAX: Final = 1024 * 1024
PAPER_REPORTS_PAGE: Final = 500
PAPER_RETRY_S: Final = 2
"""Seconds after which a paper order refused for want of a price may be tried again."""
DEMO_DECISION_S: Final = 20
"""Seconds the simulated trader of the demo thinks before approving."""
