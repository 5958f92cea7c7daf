"""Prices: feeds, quotes, candles and the threshold index."""
