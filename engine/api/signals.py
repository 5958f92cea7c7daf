"""Signals a person makes happen: the test alert, sent through the same door as real ones."""

from __future__ import annotations

from typing import Final, Literal

from engine.api.hooks import Hooks
from engine.api.markets import Markets
from engine.api.views import HookView, QuoteView, ReceiptView
from engine.signals.nested import template
from engine.store import registry
from engine.store.registry import AccountHeader
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Conflict, CountersignError, Unavailable
from foundation.money import plain

TEST_HOOK: Final = "Test alerts"
TEST_SYMBOLS: Final = ("BTC/USDT", "ETH/USDT")
"""Tried before whatever else the account's board serves."""
TEST_TIMEFRAME: Final = 15
_STATUS_ERRORS: Final = (429, 503)


class Signals:
    """Makes signals on behalf of people."""

    def __init__(self, database: Database, clock: Clock, hooks: Hooks, markets: Markets) -> None:
        self._database = database
        self._clock = clock
        self._hooks = hooks
        self._markets = markets

    async def send_test(
        self,
        user_id: str,
        account_id: str,
        symbol: str | None = None,
        side: Literal["long", "short"] = "long",
    ) -> ReceiptView:
        """A real alert at the market's price, posted to the account's own test hook.

        Without a symbol the first one with a fresh price is taken. Raises NotFound, Unavailable
        (no price yet, or the database is away), Conflict (too many).
        """
        account = await registry.owned(self._database, user_id, account_id)
        quote = await self._quote(account, symbol)
        hook = await self._test_hook(user_id, account.id)
        body = template.body(self._values(quote, side), TEST_HOOK, hook.secret)
        token = hook.path.rpartition("/")[2]
        answer = await self._hooks.accept(token, body.encode(), "application/json")
        if answer.receipt is None:
            text = answer.body["message"] or "the test alert was not taken"
            raise _error(answer.http_status, text)
        return answer.receipt

    async def _quote(self, account: AccountHeader, wanted: str | None) -> QuoteView:
        """A fresh price of the account's own board."""
        served = await self._markets.symbols(account.board, account.market)
        first = [name for name in served if name.partition(":")[0] in TEST_SYMBOLS]
        for symbol in [wanted] if wanted else [*first, *served]:
            quote = await self._markets.quote(symbol, account.board)
            if quote is not None and not quote.stale:
                return quote
        raise Unavailable("there is no market price yet: try again in a moment", code="no_price")

    async def _test_hook(self, user_id: str, account_id: str) -> HookView:
        for attempt in (True, False):
            for hook in await self._hooks.list(user_id, account_id):
                if hook.label == TEST_HOOK:
                    return hook
            try:
                return await self._hooks.create(user_id, account_id, TEST_HOOK)
            except Conflict as error:
                # somebody was faster: the next look finds theirs
                if not attempt or error.code != "label_taken":
                    raise
        raise Conflict("the hook for test alerts is being changed: try again")

    def _values(self, quote: QuoteView, side: Literal["long", "short"]) -> dict[str, str]:
        """What TradingView would put into the placeholders for a first entry."""
        now, price = self._clock.now(), plain(quote.price)
        return {
            "timestamp": now.isoformat(timespec="milliseconds"),
            "exchange": "TEST",
            "symbol": quote.symbol.partition(":")[0].replace("/", ""),
            "timeframe": str(TEST_TIMEFRAME),
            "action": "buy" if side == "long" else "sell",
            "market_position": side,
            "market_position_size": "1" if side == "long" else "-1",
            "prev_market_position": "flat",
            "prev_market_position_size": "0",
            "entry_price": price,
            "close_price": price,
            "order_size": "1",
            "trade_id": "Test",
            "alert_message": "Test alert: this is what a real one looks like.",
        }


def _error(status: int, text: str) -> CountersignError:
    if status in _STATUS_ERRORS:
        return Unavailable(text, code="test_alert_not_taken")
    return Conflict(text, code="test_alert_not_taken")
