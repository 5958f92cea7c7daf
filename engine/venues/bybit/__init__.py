"""Bybit v5, unified account: spot and linear perpetuals."""
