"""Bounds of the HTTP server."""

from __future__ import annotations

from typing import Final

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
OWNERS_KEPT_MAX: Final = 10_000
STREAM_CLIENTS_PER_USER: Final = 10
"""Sockets of one person; a further one ends the oldest."""
SWEEP_S: Final = 3_600.0
BODY_READ_S: Final = 10.0
"""How long a sender may take over its body."""
HEALTH_LOOK_S: Final = 3.0
"""A database that takes longer to answer /health is away."""
HEARTBEAT_STEP_S: Final = 5
"""Heartbeat ages within one such step count as the same answer for ETags."""
