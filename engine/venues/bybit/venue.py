"""Bybit as a venue."""

from __future__ import annotations

from engine.domain.words import MarketKind
from engine.venues.bybit.dialect import Bybit
from engine.venues.exchange.venue import Exchange
from foundation.settings import Settings

DIALECTS = (Bybit(MarketKind.SPOT), Bybit(MarketKind.LINEAR))


def bybit(settings: Settings) -> Exchange:
    """The exchange; both markets are at one address."""
    return Exchange(
        name="bybit",
        title="Bybit",
        dialects=DIALECTS,
        addresses={market.value: settings.bybit_api_url for market in MarketKind},
        rules_refresh_s=settings.precision_refresh_seconds,
    )
