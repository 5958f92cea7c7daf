"""The roof: command line and hand-written wiring."""
