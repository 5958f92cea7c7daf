"""Routes of an account's settings."""
