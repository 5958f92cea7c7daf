"""Routes of performance."""
