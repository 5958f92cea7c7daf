"""Studies: what the whole engine comes to on real candles, with and without one of its parts."""
