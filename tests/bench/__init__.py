"""Benchmarks: what the house costs, beside a baseline measured in the same run.

`make bench`, or `python -m tests.bench --only ticks --json`. Nothing here fails by time.
"""
