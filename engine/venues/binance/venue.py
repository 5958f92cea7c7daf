"""Binance as a venue."""

from __future__ import annotations

from engine.domain.words import MarketKind
from engine.venues.binance.linear import BinanceLinear
from engine.venues.binance.spot import BinanceSpot
from engine.venues.exchange.venue import Exchange
from foundation.settings import Settings

DIALECTS = (BinanceSpot(), BinanceLinear())


def binance(settings: Settings) -> Exchange:
    """The exchange, at the addresses the settings give."""
    return Exchange(
        name="binance",
        title="Binance",
        dialects=DIALECTS,
        addresses={
            MarketKind.SPOT.value: settings.binance_api_url,
            MarketKind.LINEAR.value: settings.binance_futures_api_url,
        },
        rules_refresh_s=settings.precision_refresh_seconds,
    )
