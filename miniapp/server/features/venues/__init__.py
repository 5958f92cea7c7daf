"""Routes of venues."""
