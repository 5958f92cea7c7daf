"""Checks of the house itself: budgets, purity, contracts, locale keys."""
