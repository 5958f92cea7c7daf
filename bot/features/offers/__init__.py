"""Offers: the list of pending ones, and every decision on them."""
