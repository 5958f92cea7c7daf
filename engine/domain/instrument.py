"""What may be traded and in which steps: the venue's rules for one symbol, and a price seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from engine.domain.record import record


@record(frozen=True, slots=True)
class Instrument:
    """Rules of one symbol at one venue. Prices in quote currency, quantities in base.

    Not ``tradable``: delisted or suspended, entries are refused and exits are tried. Not
    ``market_open``: closed for its hours, an auction or a break, and expected to open again.
    """

    symbol: str
    base: str
    quote: str
    tick: Decimal
    step: Decimal
    min_quantity: Decimal
    min_notional: Decimal
    shorts: bool = False
    max_quantity: Decimal | None = None
    contract_size: Decimal = Decimal(1)
    tradable: bool = True
    market_open: bool = True
    max_leverage: int = 1


@record(frozen=True, slots=True)
class Quote:
    """The last price of a symbol and the moment it held."""

    price: Decimal
    price_at: datetime


@record(frozen=True, slots=True)
class Market:
    """What a step may know of the world: prices and rules of the symbols it concerns."""

    quotes: Mapping[str, Quote]
    instruments: Mapping[str, Instrument]

    def price(self, symbol: str) -> Decimal | None:
        quote = self.quotes.get(symbol)
        return quote.price if quote else None
