"""All promises in the order of their numbers."""

from __future__ import annotations

from typing import Final

from tests.conformance import accounts, case, network, orders

PARTS: Final = (orders, network, accounts)
"""Importing them numbers their promises."""
CASES: Final = tuple(sorted(case.CASES, key=lambda one: one.number))
Case = case.Case
