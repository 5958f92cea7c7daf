"""Bounds of signals and offers."""

from __future__ import annotations

from typing import Final

SIGNAL_BODY_BYTES_MAX: Final = 16 * 1024
SIGNAL_DEPTH_MAX: Final = 20
"""Levels of nesting in an alert's JSON."""
SIGNAL_NAME_MAX: Final = 64
"""Characters kept of a name, a ticker or a field somebody sends."""
SIGNAL_TEXT_MAX: Final = 280
"""Characters kept of an alert's own words."""
SIGNAL_ID_MAX: Final = 128
"""Characters of a sender's explicit alert id."""
SIGNAL_TIMEFRAME_MAX_MINUTES: Final = 518_400
"""Twelve months of thirty days, the longest chart interval."""
SIGNAL_DEDUPE_WINDOW_S: Final = 60
"""Alerts without a time of their own repeat within this window of the receipt time."""
SIGNAL_MAX_LAG_S: Final = 300
"""Age at which an alert is stale, unless its hook says otherwise."""
SIGNAL_FUTURE_S: Final = 60
"""How far an alert's own time may be ahead of ours."""
CONTENT_TYPE_MAX: Final = 100
"""Characters kept of an alert's content type."""
HOOK_SECRET_CHARACTERS: Final = 24
HOOK_TOKEN_MIN: Final = 20
HOOK_TOKEN_MAX: Final = 128
HOOK_LABEL_MAX: Final = 40
HOOKS_PER_ACCOUNT_MAX: Final = 50
HOOK_CACHE_S: Final = 5.0
HOOK_CACHE_MAX: Final = 2_000
INTAKE_BURST: Final = 100
"""New alerts one hook may bring at once."""
INTAKE_PER_SECOND: Final = 5.0
"""New alerts a hook may bring on average: 300 a minute."""
INTAKE_BUCKETS_MAX: Final = 10_000
INTAKE_QUEUE_MAX: Final = 5_000
"""Alerts waiting to be written; above it the answer is 503."""
INTAKE_BATCH_MAX: Final = 500
INTAKE_STATEMENT_S: Final = 1.5
INTAKE_WAIT_S: Final = 2.6
"""TradingView hangs up after three seconds."""
INTAKE_RETRY_AFTER_S: Final = 5
COUNTERS_FLUSH_S: Final = 1.0
COUNTERS_MAX: Final = 10_000
FAN_OUT_BATCH_MAX: Final = 200
"""Accepted alerts acted on in one turn: so many that reduce risk, and so many entries."""
FAN_OUT_AWAY_S: Final = 2.0
"""How long the entries of a venue that could not be quoted are left alone."""
FAN_OUT_TOGETHER: Final = 32
"""Accounts whose alerts are acted on in one transaction."""
FAN_OUT_SLICE_S: Final = 0.004
"""Quoting goes on for this long before others in the process get their turn."""
OFFERS_BATCH_MAX: Final = 200
OFFERS_WATCHED_MAX: Final = 2_000
"""Pending offers whose price is watched in one turn."""
OFFERS_POLL_S: Final = 1.0
OFFER_RULES_S: Final = 30.0
"""How long a venue's list of instruments is kept before it is asked again."""
OFFERS_REST_MIN_S: Final = 0.01
OFFER_REQUOTE_S: Final = 5.0
"""An offer is not quoted anew more often than this."""
OUTCOMES_BATCH_MAX: Final = 2_000
OUTCOMES_QUEUED_MAX: Final = 20_000
OFFER_CHANGES_MAX: Final = 500
