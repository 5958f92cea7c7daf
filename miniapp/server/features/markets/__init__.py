"""Routes of markets."""
