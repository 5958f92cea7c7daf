"""Pause and resume of new entries."""
