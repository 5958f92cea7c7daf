"""Customers' money: catalogue, entitlements, ledger and providers."""
