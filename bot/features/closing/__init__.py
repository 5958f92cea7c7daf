"""Closing one position or all, and the emergency stop; always in two steps."""
