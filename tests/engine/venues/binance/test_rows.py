"""What Binance says of its symbols, as our rules."""

from __future__ import annotations

from typing import Any

import pytest

from engine.venues.binance.rows import linear_listing, spot_listing

FILTERS = [
    {"filterType": "PRICE_FILTER", "tickSize": "0.01"},
    {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "100", "stepSize": "0.001"},
    {"filterType": "NOTIONAL", "minNotional": "5"},
]


def row(status: str, **more: Any) -> dict[str, Any]:
    names = {"symbol": "BTCUSDT", "baseAsset": "BTC", "quoteAsset": "USDT"}
    return {**names, "status": status, "filters": FILTERS, **more}


@pytest.mark.parametrize(
    ("status", "tradable", "market_open"),
    [
        ("TRADING", True, True),
        ("BREAK", True, False),
        ("END_OF_DAY", True, False),
        ("AUCTION_MATCH", True, False),
        ("HALT", False, True),
        ("SETTLING", False, True),
    ],
)
def test_a_market_that_opens_again_is_told_from_one_that_does_not(
    status: str, tradable: bool, market_open: bool
) -> None:
    perpetual = {"contractType": "PERPETUAL", "marginAsset": "USDT"}
    for listing in (spot_listing(row(status)), linear_listing(row(status, **perpetual))):
        assert listing is not None
        assert listing.instrument.tradable is tradable
        assert listing.instrument.market_open is market_open
