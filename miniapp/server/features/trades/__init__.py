"""Routes of trades."""
