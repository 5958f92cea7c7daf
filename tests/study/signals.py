"""A stream of entry and exit signals over several symbols and timeframes, from a plain RSI rule.

Buys dips (RSI below 30) and sells rallies (above 70), adds while the move goes on, leaves at the
middle. It is no good strategy and is not meant to be: it gives pool, queue and risk engine work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from engine.domain.events import SignalReceived
from engine.domain.ids import derived_id
from engine.domain.signal import Signal
from engine.domain.words import Intent, Side
from engine.market.candle import Candle, aggregated

BARS: Final = 14
LOW, HIGH, MIDDLE = 30.0, 70.0, 50.0


def stream(
    symbol: str, candles: Sequence[Candle], timeframe: int
) -> Iterator[tuple[datetime, SignalReceived]]:
    """Signals of one symbol and timeframe, each at the close of its bar, in order of time."""
    bars = list(aggregated(candles, timeframe))
    before = MIDDLE
    for bar, now in zip(bars[BARS:], _rsi(bars), strict=False):
        at = bar.at + timedelta(minutes=timeframe)
        if now < LOW <= before:
            yield at, _signal(symbol, timeframe, bar, Side.LONG, Intent.ENTER)
        elif now > HIGH >= before:
            yield at, _signal(symbol, timeframe, bar, Side.SHORT, Intent.ENTER)
        before = now


def _signal(symbol: str, timeframe: int, bar: Candle, side: Side, intent: Intent) -> SignalReceived:
    at = bar.at + timedelta(minutes=timeframe)
    signal = Signal(
        id=derived_id("study", symbol, timeframe, side.value, int(at.timestamp())),
        source="study",
        producer="rsi",
        received_at=at,
        signal_time=at,
        symbol=symbol,
        raw_symbol=symbol,
        timeframe=timeframe,
        side=side,
        intent=intent,
        entry_price=bar.close,
        strategy="rsi",
    )
    return SignalReceived(signal, approved_by="policy")


def _rsi(bars: Sequence[Candle]) -> Iterator[float]:
    """Wilder's relative strength index, from the bar after the first 14 on; 0 … 100."""
    gain = loss = 0.0
    for n, (last, bar) in enumerate(pairwise(bars), start=1):
        change = float(bar.close - last.close)
        weight = min(n, BARS)
        gain += (max(change, 0.0) - gain) / weight
        loss += (max(-change, 0.0) - loss) / weight
        if n >= BARS:
            yield 100 * gain / (gain + loss) if gain + loss else MIDDLE
