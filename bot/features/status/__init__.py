"""Positions with their results, also as a table, also in a group chat."""
