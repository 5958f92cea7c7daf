"""The paper venue's rules: what may be traded there, and the checks an order must pass, pure.

Steps and minimums are those Binance spot published for its USDT pairs; metals and currencies
trade in units of the base, in the steps brokers quote them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from engine.domain.events import Fee
from engine.domain.instrument import Instrument
from engine.venues.port import RefusalCode
from foundation.money import plain


def _listed(*rows: str) -> Mapping[str, Instrument]:
    found: dict[str, Instrument] = {}
    for row in rows:
        symbol, tick, step, min_notional = row.split()
        base, quote = symbol.split("/")
        found[symbol] = Instrument(
            symbol=symbol,
            base=base,
            quote=quote,
            tick=Decimal(tick),
            step=Decimal(step),
            min_quantity=Decimal(step),
            min_notional=Decimal(min_notional),
            shorts=True,
        )
    return MappingProxyType(found)


#: symbol, tick, step (= smallest quantity), smallest notional in quote currency
INSTRUMENTS: Final[Mapping[str, Instrument]] = _listed(
    "BTC/USDT   0.01       0.00001 5",
    "ETH/USDT   0.01       0.0001  5",
    "SOL/USDT   0.01       0.01    5",
    "BNB/USDT   0.1        0.001   5",
    "XRP/USDT   0.0001     1       5",
    "ADA/USDT   0.0001     0.1     5",
    "DOGE/USDT  0.00001    1       5",
    "LINK/USDT  0.001      0.01    5",
    "DOT/USDT   0.001      0.01    5",
    "LTC/USDT   0.01       0.001   5",
    "AVAX/USDT  0.01       0.01    5",
    "TRX/USDT   0.00001    0.1     5",
    "ATOM/USDT  0.001      0.01    5",
    "ETC/USDT   0.01       0.01    5",
    "XLM/USDT   0.0001     1       5",
    "SHIB/USDT  0.00000001 1       5",
    "ARB/USDT   0.0001     0.1     5",
    "OP/USDT    0.001      0.01    5",
    "FIL/USDT   0.001      0.01    5",
    "APT/USDT   0.0001     0.01    5",
    "SUI/USDT   0.0001     0.1     5",
    "NEAR/USDT  0.001      0.1     5",
    "UNI/USDT   0.001      0.01    5",
    "AAVE/USDT  0.01       0.001   5",
    "MATIC/USDT 0.0001     0.1     5",
    "PAXG/USDT  1          0.0001  5",
    "XAU/USD    0.01       0.01    5",
    "EUR/USD    0.00001    1       5",
    "GBP/USD    0.00001    1       5",
    "AUD/USD    0.00001    1       5",
    "NZD/USD    0.00001    1       5",
    "XAG/USD    0.001      0.1     5",
)


def fee_of(symbol: str, fee_usd: Decimal) -> Fee:
    """What the venue takes for an execution: of the quote currency, which counts as dollars."""
    return Fee(fee_usd, symbol.partition("/")[2], Decimal(1))


def refusal(
    instrument: Instrument, quantity: Decimal, price: Decimal, reduces: bool
) -> tuple[str, str] | None:
    """(code, sentence) when the rules forbid an order of this size at this price, else None.

    An order that only reduces may be below the smallest notional, so that dust can be closed.
    """
    if quantity <= 0 or quantity % instrument.step:
        return RefusalCode.INVALID_ORDER, (
            f"{instrument.symbol}: quantity {plain(quantity)} is not a multiple of "
            f"{plain(instrument.step)}"
        )
    if quantity < instrument.min_quantity:
        return RefusalCode.INVALID_ORDER, (
            f"{instrument.symbol}: quantity {plain(quantity)} is under the smallest, "
            f"{plain(instrument.min_quantity)}"
        )
    if price <= 0 or price % instrument.tick:
        return RefusalCode.INVALID_ORDER, (
            f"{instrument.symbol}: price {plain(price)} is not a multiple of "
            f"{plain(instrument.tick)}"
        )
    if not reduces and quantity * price < instrument.min_notional:
        return RefusalCode.INVALID_ORDER, (
            f"{instrument.symbol}: {plain(quantity * price)} {instrument.quote} is under the "
            f"smallest order of {plain(instrument.min_notional)} {instrument.quote}"
        )
    return None
