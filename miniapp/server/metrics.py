"""What the server counts and times, for Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)

REQUESTS = Histogram(
    "countersign_http_request_seconds",
    "Time to answer a request, by route template.",
    ("method", "route", "status"),
    buckets=_FAST,
)
FAILURES = Counter("countersign_http_crashes_total", "Requests answered 500 by the last defence.")
SOCKETS = Gauge("countersign_stream_clients", "WebSocket clients connected now.")
ENGINE_HEARTBEAT = Gauge("countersign_engine_heartbeat_age_seconds", "Age of the last heartbeat.")
INBOX_WAITING = Gauge("countersign_inbox_waiting", "Facts that no engine has decided yet.")
ORDERS_UNKNOWN = Gauge("countersign_orders_unknown", "Orders sent without a clear answer.")
FEED_AGE = Gauge(
    "countersign_feed_heartbeat_age_seconds",
    "Age of the heartbeat of a board's prices.",
    ("board", "market"),
)
TRADING = Gauge(
    "countersign_trading_state", "1 for the state of all accounts together.", ("state",)
)
LOOP_LAG = Gauge("countersign_engine_loop_lag_seconds", "Worst lag of the engine's event loop.")
LEFT_OUT = Gauge("countersign_engine_work_left_out", "Kinds of work shed under load.")
RECONCILED_AGE = Gauge(
    "countersign_engine_reconciled_age_seconds", "Since an account was compared with its venue."
)
VENUE_REACHABLE = Gauge("countersign_venue_reachable", "Whether a venue answers.", ("venue",))
VENUE_ENTRIES_HELD = Gauge(
    "countersign_venue_entries_held", "Whether a venue's circuit breaker holds entries.", ("venue",)
)
VENUE_LATENCY = Gauge(
    "countersign_venue_latency_seconds", "How long a venue takes to answer, smoothed.", ("venue",)
)
VENUE_CLOCK_OFFSET = Gauge(
    "countersign_venue_clock_offset_seconds", "A venue's clock minus ours.", ("venue",)
)
VENUE_LIMIT_USED = Gauge(
    "countersign_venue_rate_limit_used", "Share of a venue's rate limit in use, 0 to 1.", ("venue",)
)
VENUE_RULES_AGE = Gauge(
    "countersign_venue_rules_age_seconds", "Since a venue's precision rules were read.", ("venue",)
)
VENUE_STREAM_AGE = Gauge(
    "countersign_venue_stream_age_seconds", "How long the worst account stream is away.", ("venue",)
)
