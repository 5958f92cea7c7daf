"""How long a call that changes nothing waits before another try: longer each time, with jitter.

The jitter comes from a name, not from chance: accounts that failed together do not come back
together, and the simulation stays the same world.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from foundation import limits


@dataclass(frozen=True, slots=True)
class Backoff:
    """The policy of one service: ``first_s``, twice that, … up to ``most_s``."""

    first_s: float
    most_s: float

    def pause(self, tries: int, name: str) -> float:
        """Seconds to wait after this many failures in a row; up to a quarter less for some."""
        exact = self.first_s
        for _ in range(tries - 1):
            exact = min(exact * 2, self.most_s)
            if exact == self.most_s:
                break
        return exact * (1 - limits.BACKOFF_JITTER * _share(f"{name}|{tries}"))


def orders() -> Backoff:
    """Asking a venue what became of an order."""
    return Backoff(limits.RESOLVER_RETRY_FIRST_S, limits.RESOLVER_RETRY_MAX_S)


def comparisons() -> Backoff:
    """Comparing an account with its venue."""
    return Backoff(limits.RECONCILE_RETRY_FIRST_S, limits.RECONCILE_RETRY_MAX_S)


_BITS: Final = 32


def _share(name: str) -> float:
    """0..1, always the same for a name."""
    digest = hashlib.blake2b(name.encode(), digest_size=_BITS // 8).digest()
    return int.from_bytes(digest) / (1 << _BITS)
