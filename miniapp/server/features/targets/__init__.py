"""Targets of an open position: what a switch would change, and the switch."""
