"""Telegram counts text in UTF-16 units; Python in code points. The bridge between the two."""

from __future__ import annotations

from itertools import accumulate


def units(text: str) -> int:
    """Length in UTF-16 units: an emoji outside the basic plane counts two."""
    return len(text) + sum(1 for letter in text if ord(letter) > 0xFFFF)


def unit_offsets(text: str) -> tuple[int, ...]:
    """For each code point index (and the end) its offset in UTF-16 units."""
    return (0, *accumulate(2 if ord(letter) > 0xFFFF else 1 for letter in text))
