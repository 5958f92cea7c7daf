"""The page `docs/performance.md`: the table of the last run, between two marks of the page."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import date

from tests.bench.table import Row, cells

BEGIN, END = "<!-- table -->", "<!-- end of the table -->"
_COLUMNS = """
| what | target | measured | | baseline | ratio | note |
|---|---:|---:|---|---:|---:|---|
"""


def page(before: str, rows: Sequence[Row], when: date) -> str:
    """The page with its table replaced; what people wrote round it stays.

    Raises ValueError when the page has lost its marks.
    """
    start, end = before.index(BEGIN) + len(BEGIN), before.index(END)
    return f"{before[:start]}\n{_table(rows, when)}\n{before[end:]}"


def _table(rows: Sequence[Row], when: date) -> str:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    lines = ["| " + " | ".join(cells(row)) + " |" for row in rows]
    judged = [row.met for row in rows if row.met is not None]
    verdict = f"{sum(judged)} of {len(judged)} targets met."
    return f"Measured {when.isoformat()} on {machine}. {verdict}\n{_COLUMNS}" + "\n".join(lines)
