"""Bybit's filters as the real venue words them: the recorded metadata, and what it refuses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

_FIXTURES = Path(__file__).parents[2] / "fixtures" / "bybit"

Refusal = tuple[int, str]

#: Same fault, other code and words, by category.
WORDS: dict[str, dict[str, Refusal]] = {
    "spot": {
        "symbol": (170121, "Invalid symbol."),
        "closed": (170151, "The trading pair is not open yet."),
        "price_step": (170134, "Order price has too many decimals."),
        "quantity_step": (170137, "Order volume decimal too long."),
        "too_little": (170136, "Order quantity exceeded lower limit."),
        "too_much": (170124, "Order amount too large."),
        "notional": (170140, "Order value exceeded lower limit."),
        "price_high": (170193, "Buy order price cannot be higher than the limit."),
        "price_low": (170194, "Sell order price cannot be lower than the limit."),
        "funds": (170131, "Insufficient balance."),
        "duplicate": (170141, "Duplicate clientOrderId."),
        "unknown": (170213, "Order does not exist."),
    },
    "linear": {
        "symbol": (10001, "params error: symbol invalid"),
        "closed": (110074, "This contract is not live"),
        "price_step": (10001, "Price invalid"),
        "quantity_step": (10001, "Qty invalid"),
        "too_little": (10001, "The number of contracts exceeds minimum limit allowed"),
        "too_much": (10001, "The number of contracts exceeds maximum limit allowed: too large"),
        "notional": (110094, "Order does not meet minimum order value 5USDT"),
        "price_high": (30208, "The order price is higher than the maximum buying price."),
        "price_low": (30209, "The order price is lower than the minimum selling price."),
        "funds": (110007, "ab not enough for new order"),
        "duplicate": (110072, "OrderLinkedID is duplicate"),
        "unknown": (110001, "order not exists or too late to cancel"),
    },
}


def refused(category: str, fault: str) -> Refusal:
    return WORDS[category][fault]


@dataclass(frozen=True, slots=True)
class Rules:
    """One symbol's filters, and the metadata row they come from."""

    category: str
    symbol: str
    base: str
    tick: Decimal
    step: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    max_market: Decimal
    min_notional: Decimal
    band: Decimal
    row: dict[str, Any]

    def fault(
        self, side: str, quantity: Decimal, price: Decimal | None, last: Decimal, reducing: bool
    ) -> str | None:
        """The word of the first filter the order breaks; ``price`` None for a market order."""
        if self.row["status"] != "Trading":
            return "closed"
        if price is not None and price % self.tick:
            return "price_step"
        if quantity % self.step:
            return "quantity_step"
        if quantity < self.min_quantity:
            return "too_little"
        if quantity > (self.max_market if price is None else self.max_quantity):
            return "too_much"
        if quantity * (price or last) < self.min_notional and not reducing:
            return "notional"
        if price is not None and side == "Buy" and price > last * (1 + self.band):
            return "price_high"
        if price is not None and side == "Sell" and price < last * (1 - self.band):
            return "price_low"
        return None


def load(category: str) -> dict[str, Rules]:
    """The recorded symbols of a category."""
    body = json.loads((_FIXTURES / f"instruments_{category}.json").read_text())
    return {row["symbol"]: _rules(category, row) for row in body["result"]["list"]}


def _rules(category: str, row: dict[str, Any]) -> Rules:
    lot = row["lotSizeFilter"]
    return Rules(
        category=category,
        symbol=row["symbol"],
        base=row["baseCoin"],
        tick=Decimal(row["priceFilter"]["tickSize"]),
        step=Decimal(lot.get("basePrecision") or lot["qtyStep"]),
        min_quantity=Decimal(lot["minOrderQty"]),
        max_quantity=Decimal(lot["maxOrderQty"]),
        max_market=Decimal(lot.get("maxMktOrderQty") or lot["maxOrderQty"]),
        min_notional=Decimal(lot.get("minOrderAmt") or lot["minNotionalValue"]),
        band=Decimal(row["riskParameters"]["priceLimitRatioY"]),
        row=row,
    )
