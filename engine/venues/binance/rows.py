"""Binance's rows as our shapes: orders, trades, listings. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from engine.domain.instrument import Instrument
from engine.domain.words import MarketKind, OrderSide, OrderStatus
from engine.venues.exchange.dialect import Listing, Trade
from engine.venues.exchange.failure import Silence
from engine.venues.exchange.fees import DOLLARS
from engine.venues.port import Found, OpenOrder

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LINEAR_LEVERAGE: Final = 20
#: Statuses of a symbol that trades again by itself (Binance, enum definitions, symbol status).
CLOSED_FOR_NOW: Final = ("BREAK", "END_OF_DAY", "AUCTION_MATCH", "PRE_TRADING", "POST_TRADING")
"""What nearly every USDT perpetual allows; the exchange refuses more where it does not."""

STATUS: Final[Mapping[str, OrderStatus]] = MappingProxyType(
    {
        "NEW": OrderStatus.OPEN,
        "PENDING_NEW": OrderStatus.OPEN,
        "PENDING_CANCEL": OrderStatus.OPEN,
        "PARTIALLY_FILLED": OrderStatus.PARTIALLY_FILLED,
        "FILLED": OrderStatus.FILLED,
        "CANCELED": OrderStatus.CANCELLED,
        "EXPIRED": OrderStatus.CANCELLED,
        "EXPIRED_IN_MATCH": OrderStatus.CANCELLED,
        "REJECTED": OrderStatus.FAILED,
    }
)


def moment(millis: Any) -> datetime:
    """A time of Binance's, in milliseconds."""
    return _EPOCH + timedelta(milliseconds=int(millis))


def millis(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def found(row: Any) -> Found:
    """An order's state. Raises Silence for a status nobody knows."""
    status = STATUS.get(str(row.get("status")))
    if status is None:
        raise Silence(f"an order in the unknown state {row.get('status')!r}")
    return Found(status, str(row["orderId"]), Decimal(str(row.get("executedQty") or 0)))


def open_order(row: Any, symbol: str) -> OpenOrder:
    price = Decimal(row.get("price") or 0)
    return OpenOrder(
        order_id=row.get("clientOrderId") or None,
        venue_order_id=str(row["orderId"]),
        symbol=symbol,
        side=OrderSide(row["side"].lower()),
        quantity=Decimal(row["origQty"]),
        filled=Decimal(row["executedQty"]),
        price=price or None,
    )


def trade(row: Any, symbol: str) -> Trade:
    """A row of ``myTrades`` or ``userTrades``."""
    buys = row["isBuyer"] if "isBuyer" in row else row["side"] == "BUY"
    return Trade(
        venue_order_id=str(row["orderId"]),
        trade_id=str(row["id"]),
        symbol=symbol,
        side=OrderSide.BUY if buys else OrderSide.SELL,
        quantity=Decimal(row["qty"]),
        price=Decimal(row["price"]),
        fee=Decimal(row["commission"]),
        fee_asset=row["commissionAsset"],
        at=moment(row["time"]),
    )


def spot_listing(row: Any) -> Listing | None:
    """A symbol of spot's ``exchangeInfo``; None when it is not quoted in dollars."""
    if row["quoteAsset"] not in DOLLARS:
        return None
    allowed = row.get("isSpotTradingAllowed", True)
    symbol = f"{row['baseAsset']}/{row['quoteAsset']}"
    return _listing(row, symbol, allowed, MarketKind.SPOT)


def linear_listing(row: Any) -> Listing | None:
    """A symbol of futures' ``exchangeInfo``; None unless it is a perpetual settled in dollars."""
    if row.get("contractType") != "PERPETUAL" or row["marginAsset"] not in DOLLARS:
        return None
    if row["quoteAsset"] != row["marginAsset"]:
        return None
    symbol = f"{row['baseAsset']}/{row['quoteAsset']}:{row['marginAsset']}"
    return _listing(row, symbol, True, MarketKind.LINEAR)


def _listing(row: Any, symbol: str, allowed: bool, market: MarketKind) -> Listing:
    filters = {one["filterType"]: one for one in row["filters"]}
    lots = filters["LOT_SIZE"]
    linear = market is MarketKind.LINEAR
    instrument = Instrument(
        symbol=symbol,
        base=row["baseAsset"],
        quote=row["quoteAsset"],
        tick=Decimal(filters["PRICE_FILTER"]["tickSize"]).normalize(),
        step=Decimal(lots["stepSize"]).normalize(),
        min_quantity=Decimal(lots["minQty"]).normalize(),
        min_notional=_least(filters),
        shorts=linear,
        max_quantity=_most(filters),
        tradable=allowed and row["status"] in ("TRADING", *CLOSED_FOR_NOW),
        market_open=row["status"] not in CLOSED_FOR_NOW,
        max_leverage=LINEAR_LEVERAGE if linear else 1,
    )
    return Listing(instrument, row["symbol"], frozenset(row.get("orderTypes", ())))


def _least(filters: Mapping[str, Any]) -> Decimal:
    """The smallest order in quote currency: three names for it are in use."""
    if "NOTIONAL" in filters:
        return Decimal(filters["NOTIONAL"]["minNotional"]).normalize()
    given = filters.get("MIN_NOTIONAL", {})
    return Decimal(given.get("notional") or given.get("minNotional") or 0).normalize()


def _most(filters: Mapping[str, Any]) -> Decimal:
    """The largest order; market orders may be bounded more tightly."""
    most = Decimal(filters["LOT_SIZE"]["maxQty"])
    market = Decimal(filters.get("MARKET_LOT_SIZE", {}).get("maxQty") or 0)
    return min(most, market) if market else most
