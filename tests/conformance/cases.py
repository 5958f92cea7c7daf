"""All promises in the order of their numbers."""

from __future__ import annotations

from typing import Final

from tests.conformance import accounts, case, network, orders, stops

PARTS: Final = (orders, network, accounts, stops)
"""Importing them numbers their promises."""
CASES: Final = tuple(sorted(case.CASES, key=lambda one: one.number))
Case = case.Case
