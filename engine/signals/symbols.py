"""Tickers as charts write them, into the unified symbols an account may trade."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PREFIXED = re.compile(
    r"(?:([A-Z0-9_]{1,20}):)?([A-Z0-9]{2,24}?(?:[/_-][A-Z0-9]{2,8}?)?)(\.P|PERP)?"
)
_SEPARATORS = str.maketrans("", "", "/-_")
_QUOTES = ("USDT", "USDC", "USD")
_SHOWN = 6


class Symbols:
    """The tradable symbols, found by any usual spelling of a ticker."""

    def __init__(self, tradable: Iterable[str]) -> None:
        self.tradable = tuple(sorted(set(tradable)))
        # a perpetual is written like its spot market, or with an ending that says so
        self._compact = {
            name.partition(":")[0].translate(_SEPARATORS): name for name in self.tradable
        }
        # Bybit writes those settled in USDC by their base alone
        self._compact |= {
            f"{name.partition('/')[0]}PERP": name
            for name in self.tradable
            if name.endswith(":USDC")
        }

    def find(self, ticker: str) -> tuple[str, str | None] | None:
        """The unified symbol and the exchange named before a colon, or None when unknown.

        ``BINANCE:BTCUSDT.P`` and ``BTC/USDT`` both give ``BTC/USDT``, or ``BTC/USDT:USDT`` where
        perpetuals are traded; ``BTCPERP`` gives ``BTC/USDC:USDC``.
        """
        match = _PREFIXED.fullmatch(ticker.strip().upper())
        if match is None:
            return None
        exchange, name, ending = match.groups()
        name = name.translate(_SEPARATORS)
        symbol = self._compact.get(name) or self._compact.get(f"{name}{ending or ''}")
        return None if symbol is None else (symbol, exchange)

    def hint(self, ticker: str) -> str:
        """What to write instead: the same base in another quote, else some that can be traded."""
        name = ticker.strip().upper().rpartition(":")[2].removesuffix(".P").translate(_SEPARATORS)
        quote = next((q for q in _QUOTES if name.endswith(q)), "")
        base = name.removesuffix(quote) if quote else name[:-3]
        near = [s for s in self.tradable if base and s.partition("/")[0] == base]
        if near:
            return f"did you mean {' or '.join(near)}?"
        if not self.tradable:
            return "no symbol can be traded right now"
        more = " …" if len(self.tradable) > _SHOWN else ""
        return f"it can trade {', '.join(self.tradable[:_SHOWN])}{more}"
