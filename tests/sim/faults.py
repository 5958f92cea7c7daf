"""Faults: which kinds a seed has, how often, and how many there were."""

from __future__ import annotations

import random
from collections import Counter

#: The most often a fault may happen per chance it gets, by name.
CEILINGS = {
    "crash": 0.008,
    "database_away": 0.01,
    "commit_ack_lost": 0.04,
    "slow_database": 0.02,
    "pause_after_claim": 0.2,
    "request_lost": 0.15,
    "request_late": 0.2,
    "reply_lost": 0.3,
    "venue_error": 0.05,
    "refused": 0.06,
    "refused_for_now": 0.1,
    "lookup_fails": 0.6,
    "comparison_fails": 0.15,
    "cancel_fails": 0.3,
    "fill_crosses_cancel": 0.2,
    "fills_fail": 0.10,
    "fills_lag": 0.4,
    "fills_again": 0.30,
    "fills_reordered": 0.30,
    "venue_ends_order": 0.04,
    "cancelled_by_hand": 0.03,
    "placed_by_hand": 0.02,
    "stream_gap": 0.05,
    "alert_twice": 0.40,
    "wake_lost": 0.30,
    "clock_steps": 0.05,
    "rules_change": 0.05,
    "old_price": 0.05,
}


class Faults:
    """Rates of one world. About a third of the kinds are absent from any one world."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.counts: Counter[str] = Counter()
        self._rates = {
            name: 0.0 if rng.random() < 0.33 else ceiling * rng.random()
            for name, ceiling in CEILINGS.items()
        }

    def hit(self, name: str) -> bool:
        """Whether this fault happens now."""
        rate = self._rates[name]
        if rate and self._rng.random() < rate:
            self.counts[name] += 1
            return True
        return False

    def note(self, name: str) -> None:
        """Count a fault that was decided elsewhere."""
        self.counts[name] += 1

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._rates = dict.fromkeys(self._rates, 0.0)
