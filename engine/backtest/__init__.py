"""The core driven by candles in market time."""
