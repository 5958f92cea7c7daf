"""Bounds of the core: retries, freshness, reviews."""

from __future__ import annotations

from typing import Final

EXIT_RETRY_MAX_S: Final = 32
"""Longest wait between two tries of an exit the venue refused."""
EXIT_TRIES_TOLD: Final = 10
"""The refused try of an exit that is told once more: the first one was, those between were not."""
ENTRY_FRESH_S: Final = 300
"""An entry older than this is not sent, and not tried again once lost."""
ENTRY_RETRY_MIN_S: Final = 1
"""Shortest wait between two tries of an entry the venue refused for now."""
CLOSED_GROUP_KEPT_S: Final = 3600
"""A closed group stays in its account's memory this long for facts that come late."""
FUNDING_SLACK_S: Final = 10
"""A group was there when funding was paid this long before it opened or after it closed."""
FIRST_PRICE_WAIT_S: Final = 30
"""An entry that could be taken waits this long for the first price of its symbol."""
WAITING_RECHECK_S: Final = 5
"""How often a group without instrument rules looks for them."""
QUEUE_STANDING_KEPT: Final = 50
"""So many of the first in line are kept with their rank and loss, more than a screen shows."""
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
PLAN_COUNT_MAX: Final = 10_000
"""The highest number of anything a plan may be set to allow; no limit is said by none."""
PLAN_USD_MAX: Final = 1_000_000_000
PLAN_GRACE_HOURS_MAX: Final = 24 * 90
"""The longest that entries may go on after a plan has ended."""
RESULTS_KEPT: Final = 200
"""Closed groups protections may look back on."""
