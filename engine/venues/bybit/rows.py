"""Bybit's rows as our words: pure, exact, and strict about what they need."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from engine.domain.instrument import Instrument
from engine.domain.words import OrderSide, OrderStatus
from engine.venues.port import Found, OpenOrder
from foundation.money import parse_decimal

Row = Mapping[str, Any]

ZERO: Final = Decimal(0)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DATED: Final = re.compile(r"-\d")

#: Coins that are dollars.
DOLLARS: Final = ("USDT", "USDC")

#: Words of the venue for an order that works.
WORKING: Final = frozenset({"Created", "New", "PartiallyFilled", "Untriggered", "Triggered"})
#: Words for one that works no more. ccxt reads PartiallyFilledCanceled as closed, that is filled.
FINISHED: Final = MappingProxyType(
    {
        "Filled": OrderStatus.FILLED,
        "Cancelled": OrderStatus.CANCELLED,
        "PartiallyFilledCanceled": OrderStatus.CANCELLED,
        "Deactivated": OrderStatus.CANCELLED,
        "Rejected": OrderStatus.FAILED,
    }
)


def number(row: Row, *names: str) -> Decimal:
    """The first of these fields that holds something, else 0 (the venue writes "" for none)."""
    for name in names:
        if row.get(name) not in {None, ""}:
            return parse_decimal(str(row[name]), name)
    return ZERO


def free(row: Row) -> Decimal:
    """What of a coin is bound by nothing; "availableToWithdraw" is always empty."""
    bound = ("locked", "totalPositionIM", "totalOrderIM")
    return number(row, "walletBalance") - sum((number(row, name) for name in bound), ZERO)


def moment(milliseconds: str | int) -> datetime:
    return _EPOCH + timedelta(milliseconds=int(milliseconds))


def millis(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(milliseconds=1)


def spot_instrument(row: Row) -> Instrument | None:
    """None for what is not quoted in dollars."""
    if row["quoteCoin"] not in DOLLARS:
        return None
    lot = row["lotSizeFilter"]
    return Instrument(
        symbol=f"{row['baseCoin']}/{row['quoteCoin']}",
        base=row["baseCoin"],
        quote=row["quoteCoin"],
        tick=parse_decimal(row["priceFilter"]["tickSize"]),
        step=parse_decimal(lot["basePrecision"]),
        min_quantity=number(lot, "minOrderQty"),
        min_notional=number(lot, "minOrderAmt"),
        max_quantity=_smallest(lot, "maxOrderQty", "maxLimitOrderQty", "maxMarketOrderQty"),
        tradable=row["status"] == "Trading",
    )


def linear_instrument(row: Row) -> Instrument | None:
    """None for contracts that end on a day: we hold perpetuals only.

    And for one that is written in another way than the price feed would write it.
    """
    dated = row["contractType"] != "LinearPerpetual" or _DATED.search(row["symbol"])
    ending = {"USDT": "USDT", "USDC": "PERP"}.get(row["settleCoin"])
    if dated or ending is None or row["symbol"] != row["baseCoin"] + ending:
        return None
    lot = row["lotSizeFilter"]
    return Instrument(
        symbol=f"{row['baseCoin']}/{row['settleCoin']}:{row['settleCoin']}",
        base=row["baseCoin"],
        quote=row["settleCoin"],
        tick=parse_decimal(row["priceFilter"]["tickSize"]),
        step=parse_decimal(lot["qtyStep"]),
        min_quantity=number(lot, "minOrderQty"),
        min_notional=number(lot, "minNotionalValue"),
        shorts=True,
        # the smaller of the two: what may be opened must be closable at market in one order
        max_quantity=_smallest(lot, "maxOrderQty", "maxMktOrderQty"),
        tradable=row["status"] == "Trading",
        max_leverage=int(number(row["leverageFilter"], "maxLeverage")),
    )


def _smallest(lot: Row, *names: str) -> Decimal | None:
    return min((found for name in names if (found := number(lot, name))), default=None)


def status(row: Row) -> OrderStatus | None:
    """What the order is now; None for a word in no table.

    One that was rejected after it was accepted is failed, unless it executed before.
    """
    word = row["orderStatus"]
    partly = number(row, "cumExecQty") > 0
    if word in WORKING:
        return OrderStatus.PARTIALLY_FILLED if partly else OrderStatus.OPEN
    now = FINISHED.get(word)
    return OrderStatus.CANCELLED if now is OrderStatus.FAILED and partly else now


def found(row: Row) -> Found | None:
    """The order as `Venue.find` tells it; None when its state has a word we do not know."""
    now = status(row)
    return None if now is None else Found(now, row["orderId"], number(row, "cumExecQty"))


def executed(rows: list[Row]) -> Found | None:
    """What executions alone say about their order; None without any.

    While the order's own record is not to be seen they prove that it is, or was, there.
    """
    if not rows:
        return None
    filled = sum((number(row, "execQty") for row in rows), ZERO)
    whole = filled >= number(rows[0], "orderQty")
    now = OrderStatus.FILLED if whole else OrderStatus.PARTIALLY_FILLED
    return Found(now, rows[0]["orderId"], filled)


def open_order(row: Row, symbol: str) -> OpenOrder:
    price = number(row, "price")
    return OpenOrder(
        order_id=row.get("orderLinkId") or None,
        venue_order_id=row["orderId"],
        symbol=symbol,
        side=OrderSide(row["side"].lower()),
        quantity=number(row, "qty"),
        filled=number(row, "cumExecQty"),
        price=price if price and row["orderType"] == "Limit" else None,
    )


def signed_size(row: Row) -> Decimal:
    """A position's size, negative for a short; 0 for an empty slot."""
    size = number(row, "size")
    return -size if row.get("side") == "Sell" else size
