"""Routes of queue."""
