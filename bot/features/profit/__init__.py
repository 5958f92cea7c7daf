"""Results of closed positions."""
