"""The tests mirror the tree; what several of them share is in `tests.support`."""
