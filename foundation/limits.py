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
POSTGRES_POLL_S: Final = 0.01
POSTGRES_WATCH_S: Final = 2.0
POSTGRES_TOOL_TIMEOUT_S: Final = 10.0
POSTGRES_LOG_BYTES_MAX: Final = 20 * 1024 * 1024
POSTGRES_LOG_TAIL_CHARS: Final = 800

PERSON_NAME_MAX: Final = 128
LANGUAGE_TAG_MAX: Final = 35
ORIGIN_TEXT_MAX: Final = 512
OWNER_CLAIM_LIFETIME_S: Final = 24 * 3600

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
LAG_PROBE_EVERY_S: Final = 0.5
WORKER_REFRESH_S: Final = 60.0
"""Accounts another engine has decided are noticed within this time."""
ENGINE_REST_MIN_S: Final = 0.05
ENGINE_STOP_S: Final = 5.0
"""How long a stop waits for turns and requests under way."""
ENGINE_STOP_LOOK_S: Final = 0.05
RULES_REFRESH_S: Final = 3600.0
RULES_RETRY_S: Final = 5.0
ENGINE_LOCK_RETRY_S: Final = 1.0
SENDERS_EXITS_MORE: Final = 16
"""Requests beyond `SENDERS` that only exits and cancels may have under way at a venue."""
SENDERS_PER_ACCOUNT_EXITS_MORE: Final = 4
ORDER_BURST_RESERVED: Final = 50
"""Tokens of a venue's burst that only exits and cancels may use."""
BREAKER_WINDOW_S: Final = 30.0
BREAKER_CALLS_MIN: Final = 10
"""Fewer calls in the window say nothing about a venue."""
BREAKER_CALLS_MAX: Final = 1_000
BREAKER_FAILURE_SHARE: Final = 0.5
"""Share of failed calls at which no more entries are sent to a venue."""
BREAKER_OPEN_FIRST_S: Final = 5.0
"""Pause before one call is taken as a probe; it doubles while probes fail."""
BREAKER_OPEN_MAX_S: Final = 60.0
BREAKER_PROBE_S: Final = 15.0
"""A probe whose outcome is not known after this makes room for another."""
CREDENTIALS_TOLD_S: Final = 60.0
"""An account whose keys were just refused waits this long for the core to say so."""
RECONCILE_POSITIONS_S: Final = 10.0
RECONCILE_FULL_S: Final = 60.0
RECONCILE_AT_ONCE: Final = 8
"""Accounts of one venue compared side by side."""
RECONCILE_BATCH: Final = 500
"""Accounts looked at in one turn."""
RECONCILE_SETTLE_S: Final = 0.1
"""How often an account is looked at again whose facts are still being decided."""
RECONCILE_RETRY_FIRST_S: Final = 0.5
RECONCILE_RETRY_MAX_S: Final = 30.0
RECONCILE_TIMEOUT_S: Final = 30.0
RECONCILE_FINDS: Final = 20
"""Missing orders of one account asked after in one pass."""
RECONCILE_FUNDS_PERCENT: Final = 0.5
"""A change of the venue's money that is told at once, in percent."""
RECONCILE_MOVED_PERCENT: Final = 0.1
"""Unexplained change of a wallet, in percent, that counts as a deposit or withdrawal."""
FILLS_PATIENCE_S: Final = 0.25
"""How long a round of reading waits for a venue before it goes on without it."""
FILLS_POLL_TOLD_S: Final = 10.0
"""Busy accounts of a venue that tells its news are read this often all the same."""
LOAD_LAGS: Final = (0.25, 0.5, 1.0, 2.0)
"""Loop lags in seconds at which work is shed: analytics, live edits, ranking, new entries."""
LOAD_CALM_S: Final = 5.0
"""Work is taken up again, one kind at a time, after so long without lag."""
STALL_S: Final = 5.0
"""A loop that has not turned for so long is stalled."""
STALL_LOOK_S: Final = 0.5
STALL_RECENT_S: Final = 30.0
"""A stall shows for this long after its end."""
WEBHOOKS_PER_ACCOUNT_MAX: Final = 10
WEBHOOK_URL_MAX: Final = 500
WEBHOOK_LABEL_MAX: Final = 40
WEBHOOKS_AT_ONCE: Final = 16
"""Addresses posted to side by side."""
WEBHOOK_PAGE: Final = 50
WEBHOOK_POLL_S: Final = 5.0
WEBHOOK_TIMEOUT_S: Final = 10.0
WEBHOOK_LEASE_S: Final = 60.0
"""How long an address belongs to whoever delivers to it, should that one die."""
WEBHOOK_RETRY_FIRST_S: Final = 1.0
WEBHOOK_RETRY_MAX_S: Final = 600.0
WEBHOOK_FAILURES_MAX: Final = 20
"""Failed tries in a row after which a webhook is switched off: about two hours."""
WEBHOOK_ANSWER_MAX: Final = 80
UNREADABLE_RETRY_S: Final = 10.0
"""An account whose rows cannot be read is tried again after this."""

# --- engine.venues.exchange (adapters of real exchanges) ----------------------------------------
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

# --- engine core ------------------------------------------------------------------------------
EXIT_RETRY_MAX_S: Final = 32
"""Longest wait between two tries of an exit the venue refused."""
ENTRY_FRESH_S: Final = 300
"""An entry older than this is not sent, and not tried again once lost."""
ENTRY_RETRY_MIN_S: Final = 1
"""Shortest wait between two tries of an entry the venue refused for now."""
CLOSED_GROUP_KEPT_S: Final = 3600
"""A closed group stays in its account's memory this long for facts that come late."""
WAITING_RECHECK_S: Final = 5
"""How often a group without instrument rules looks for them."""
QUEUE_LOOK_S: Final = 5
"""While a slot and a waiting signal both exist, promotion looks at least this often."""
RISK_PLAN_LOOK_S: Final = 5
"""A risk plan under way is looked at least this often."""
RISK_PLAN_S: Final = 300
"""How long the winners of a risk plan, and then its loser, may take to close."""
FUNDS_FRESH_S: Final = 120
"""The venue's word on free money counts for this long; every reconciliation renews it."""
GUARD_REVIEW_S: Final = 30
"""The drawdown guard looks at equity at least this often while something is open."""
GUARD_WARN_PERCENT: Final = 75
"""Share of the drawdown limit at which the guard warns."""
GUARD_PEAK_STEPS: Final = 1_000
"""A rise of the peak by one part in this many is kept although nothing else happened."""
EQUITY_JUMP_PERCENT: Final = 5
"""A change of equity between two reconciliations that is told."""
RESULTS_KEPT: Final = 200
"""Closed groups protections may look back on."""

# --- engine.market, engine.venues.paper (prices, candles, the paper venue) ----------------------
INDEX_DEAD_MIN: Final = 64
"""Dead entries a threshold heap may always carry before a rebuild is worth its while."""
QUOTES_FLUSH_S: Final = 0.5
"""Prices and the feed's heartbeat reach the database at most this often."""
CANDLES_FLUSH_S: Final = 2.0
FEED_STALE_S: Final = 15.0
"""A feed silent for longer is stale: its prices are shown as old and fill nothing at market."""
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

# --- bot -------------------------------------------------------------------------------------
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
BOT_REFRESH_DAYS: Final = 30
BOT_REFRESH_PERCENT: Final = 0.25
"""A position's card is shown anew when its result moved this far, in percent."""
BOT_STOP_GROUPS_MAX: Final = 100
"""Positions an emergency stop lists one by one."""
BOT_STOP_LOOKS: Final = 5
BOT_STOP_LOOK_S: Final = 0.25

# --- engine.signals and engine.offers -------------------------------------------------------------
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
"""Accepted alerts acted on in one turn."""
FAN_OUT_LANES: Final = 8
"""Accounts whose alerts are acted on at the same time."""
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

# --- engine.store and engine.api -----------------------------------------------------------------
EQUITY_POINT_S: Final = 60.0
EQUITY_KEEP_MINUTES_D: Final = 30
"""Equity is kept by the minute for so long, by the hour afterwards."""
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
HEARTBEAT_LATE_S: Final = 30.0
"""An engine whose last heartbeat is older counts as not running."""
PROFIT_DAYS_MAX: Final = 3_650

# --- miniapp.server ------------------------------------------------------------------------------
INIT_DATA_BYTES_MAX: Final = 8_192
INIT_DATA_AGE_S: Final = 900
INIT_DATA_FUTURE_S: Final = 60
SESSION_TOKEN_S: Final = 900
SESSION_LIFETIME_S: Final = 86_400
RENEW_GRACE_S: Final = 10
"""A renew token used a second time this soon is a lost answer; later it is a stolen one."""
SESSIONS_ENDED_KEPT: Final = 10_000
IDEMPOTENCY_KEPT_S: Final = 86_400
HTTP_KEY_MAX: Final = 64
REQUEST_ABANDONED_S: Final = 30
"""A request without an answer for this long died on its way."""
BODY_BYTES_MAX: Final = 65_536
HOOK_BODY_BYTES_MAX: Final = 16_384
READS_PER_MINUTE: Final = 600
READS_BURST: Final = 200
ACTS_PER_MINUTE: Final = 60
SIGN_INS_PER_MINUTE: Final = 10
REFUSALS_PER_MINUTE: Final = 300
"""Requests of one address without a valid session."""
RATE_KEYS_MAX: Final = 50_000
IPV6_CLIENT_BITS: Final = 64
"""Of an IPv6 address, what tells one client from another."""
STREAM_BACKLOG: Final = 200
"""Frames a slow client may lag behind before it is let go."""
STREAM_HELLO_S: Final = 5.0
STREAM_HEARTBEAT_S: Final = 30.0
STREAM_POLL_S: Final = 2.0
STREAM_QUOTES_S: Final = 0.5
STREAM_OWNERS_MAX: Final = 10_000
STREAM_CLIENTS_PER_USER: Final = 10
"""Sockets of one person; a further one ends the oldest."""
SWEEP_S: Final = 3_600.0
BODY_READ_S: Final = 10.0
"""How long a sender may take over its body."""
HEALTH_LOOK_S: Final = 3.0
"""A database that takes longer to answer /health is away."""
HEARTBEAT_STEP_S: Final = 5
"""Heartbeat ages within one such step count as the same answer for ETags."""

# --- app -----------------------------------------------------------------------------------------
SERVER_SHUTDOWN_S: Final = 5.0
DOCTOR_TIMEOUT_S: Final = 10.0
BOT_NAME_WAIT_S: Final = 5.0
