"""Fees in dollars: converted once, when the fill is read, at the exchange's own rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from engine.domain.events import Fee
from engine.domain.words import OrderSide
from engine.venues.exchange.dialect import Trade
from engine.venues.exchange.failure import Failure
from engine.venues.exchange.wire import Wire
from engine.venues.port import Fill
from foundation import limits
from foundation.money import usd

DOLLARS: Final = frozenset({"USD", "USDT", "USDC", "FDUSD", "BUSD", "TUSD", "DAI", "USDP"})
"""Assets counted as one dollar."""
QUOTED_IN: Final = ("USDT", "USDC")
"""The dollars that what we trade is quoted and settled in, one to one."""
ZERO: Final = Decimal(0)


class Rates:
    """What assets are worth at one net, for a minute each."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Decimal | None]] = {}

    async def of(self, wire: Wire, asset: str) -> Decimal | None:
        """USD for one unit; None when nobody knows now."""
        if asset in DOLLARS:
            return Decimal(1)
        now = wire.net.clock.monotonic()
        at, rate = self._known.get(asset, (-limits.VENUE_RATE_S, None))
        if now - at < limits.VENUE_RATE_S:
            return rate
        try:
            rate = await wire.net.dialect.rate(wire, asset)
        except Failure:
            rate = None
        self._known[asset] = (now, rate)
        return rate


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A fee for which there was no rate yet."""

    order_id: str
    trade_id: str
    asset: str
    amount: Decimal


async def as_fill(
    trade: Trade, order_id: str, base: str, rates: Rates, wire: Wire
) -> tuple[Fill, Unpriced | None]:
    """The fill with its fee in dollars; or without, and what is left to convert."""
    rate: Decimal | None
    in_base = ZERO
    if trade.fee_asset == base:
        rate = trade.price
        in_base = trade.fee if trade.side is OrderSide.BUY else ZERO
    elif not trade.fee:
        rate = ZERO
    else:
        rate = await rates.of(wire, trade.fee_asset)
    fill = Fill(
        order_id=order_id,
        trade_id=f"{trade.symbol}:{trade.trade_id}",
        quantity=trade.quantity,
        price=trade.price,
        fee_usd=ZERO if rate is None else usd(trade.fee * rate),
        fee_in_base=in_base,
        venue_time=trade.at,
        fee=Fee(trade.fee, trade.fee_asset, rate),
        fee_converted=rate is not None,
    )
    if rate is not None:
        return fill, None
    return fill, Unpriced(order_id, fill.trade_id, trade.fee_asset, trade.fee)
