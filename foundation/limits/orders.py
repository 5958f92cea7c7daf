"""Bounds of orders on their way: fences, windows, lanes, retries, reconciliation."""

from __future__ import annotations

from typing import Final

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
BACKOFF_JITTER: Final = 0.25
"""A pause before another try is shorter by up to this share, so that not all come at once."""
RESOLVER_PAGE: Final = 100
RESOLVER_ALERT_TRIES: Final = 8
"""After so many look-ups without an answer, about two minutes, the owner is told."""
WORKER_ACCOUNTS_MAX: Final = 200
"""Accounts decided in one turn."""
WORKER_ACCOUNTS_A_COMMIT: Final = 40
"""Accounts written by one transaction; the next ones are decided meanwhile."""
WORKER_ROWS_PER_ACCOUNT: Final = 50
WORKER_RECALLS_MAX: Final = 32
"""Late money whose groups are read in one turn, before anybody is decided."""
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
ENGINE_STOP_CANCEL_S: Final = 5.0
"""How long a stop waits for entries it calls off, where settings want that."""
ENGINE_STOP_TELL_S: Final = 1.0
"""How much longer it waits for the word on those it could not call off."""
ENGINE_STOP_LOOK_S: Final = 0.05
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
RECONCILE_RETRY_FIRST_S: Final = 1.0
RECONCILE_RETRY_MAX_S: Final = 32.0
RECONCILE_ALERT_TRIES: Final = 8
"""After so many failures in a row, about two minutes, the owner is told."""
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
RANKING_SHED_S: Final = 30.0
"""While ranking is left out, whether it still is is looked at again after this."""
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
WEBHOOK_DELIVERIES: Final = 50
"""How many of its last events a webhook shows."""
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
