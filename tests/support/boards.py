"""One market for everybody: whatever board an account follows, its prices are these."""

from __future__ import annotations

from typing import Protocol

from engine.domain.account import Account
from engine.domain.instrument import Quote
from engine.market.index import ThresholdIndex


class Market(Protocol):
    """Prices without a board."""

    def quote(self, symbol: str) -> Quote | None: ...

    def age(self) -> float | None: ...


class OneBoard:
    """Keeps the promises of `engine.market.boards.Boards` with a single market."""

    def __init__(self, market: Market, index: ThresholdIndex) -> None:
        self._market = market
        self._index = index

    def knows(self, board: str) -> bool:
        return True

    def follow(self, account: Account) -> ThresholdIndex:
        return self._index

    def quote(self, board: str, symbol: str) -> Quote | None:
        return self._market.quote(symbol)

    def age(self) -> float | None:
        return self._market.age()
