"""Boards: whose prices an account follows. Paper's is made as it is set, an exchange's is its own.

An exchange's board opens when the first account there is loaded, and stays. What it cannot tell
goes stale on it alone: no board ever looks at another one's prices.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from engine.domain.instrument import Quote
from engine.domain.words import MarketKind
from engine.market.beside import SpotAndPerpetuals
from engine.market.hub import Hub, Listener
from engine.market.index import ThresholdIndex
from foundation.clock import Clock
from foundation.log import get_logger
from foundation.nursery import Nursery

_log = get_logger("engine.market.boards")


class Follower(Protocol):
    """An account, as far as its prices go."""

    @property
    def board(self) -> str: ...

    @property
    def market(self) -> MarketKind: ...


class Boards:
    """Every board of this process. ``make_hub`` and ``make_feed`` make those of an exchange."""

    def __init__(
        self,
        paper: Hub,
        make_hub: Callable[[str], Hub],
        make_feed: Callable[[str], SpotAndPerpetuals | None],
        nursery: Nursery,
        clock: Clock,
    ) -> None:
        self._hubs = {paper.board: paper}
        self._make_hub = make_hub
        self._make_feed = make_feed
        self._nursery = nursery
        self._clock = clock
        self._feeds: dict[str, SpotAndPerpetuals] = {}
        self._served: set[tuple[str, MarketKind]] = set()
        self._opened: dict[str, float] = {}
        self._listener: Listener | None = None

    def listen(self, listener: Listener) -> None:
        """Tell this listener what the prices of any board cross, now and of those to come."""
        self._listener = listener
        for hub in self._hubs.values():
            hub.listen("", listener)

    def follow(self, account: Follower) -> ThresholdIndex:
        """Where this account's watches wait; its board is opened if nobody followed it yet."""
        hub = self._hubs.get(account.board)
        if hub is None:
            hub = self._open(account.board)
        wish = (account.board, account.market)
        if wish not in self._served:
            self._served.add(wish)
            feed = self._feeds.get(account.board)
            if feed is not None:
                feed.serve(account.market)
        return hub.index

    def quote(self, board: str, symbol: str) -> Quote | None:
        """The last price of that board and the moment it held."""
        hub = self._hubs.get(board)
        return None if hub is None else hub.quote(symbol)

    def knows(self, board: str) -> bool:
        """Whether this process has that board's prices."""
        return board in self._hubs

    def age(self) -> float | None:
        """Seconds of silence of the quietest board; None before the first sign of life."""
        ages = [self._age(board, hub) for board, hub in self._hubs.items()]
        return max((age for age in ages if age is not None), default=None)

    def _age(self, board: str, hub: Hub) -> float | None:
        """One that never gave a sign of life has been silent since it was opened."""
        age, opened = hub.age(), self._opened.get(board)
        return self._clock.monotonic() - opened if age is None and opened is not None else age

    def _open(self, board: str) -> Hub:
        self._hubs[board] = hub = self._make_hub(board)
        if self._listener is not None:
            hub.listen("", self._listener)
        feed = self._make_feed(board)
        if feed is None:
            _log.warning("no prices", board=board, reason="nobody here tells them")
            return hub
        self._feeds[board] = feed
        self._opened[board] = self._clock.monotonic()
        hub.start(self._nursery, feed)
        _log.info("prices followed", board=board)
        return hub
