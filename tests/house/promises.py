"""Reads the pages of docs/promises: every row must name tests, and every test named must exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

from tests.house.rules import ROOT

PAGES = ROOT / "docs" / "promises"
_NAMED = re.compile(r"`([\w/.-]+\.py)::(\w+)`")


def findings(name: str, text: str) -> list[str]:
    """Rows of the page ``text`` that no test holds, or that name a test there is not."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not _is_row(line):
            continue
        named = _NAMED.findall(line)
        if not named:
            found.append(f"{name}:{number}: no test named; write `file.py::test_name`")
        for path, test in named:
            if test not in _tests(ROOT / "tests" / path):
                found.append(f"{name}:{number}: tests/{path} has no {test}")
    return found


def rows(text: str) -> int:
    """How many promises a page makes."""
    return sum(map(_is_row, text.splitlines()))


def _is_row(line: str) -> bool:
    head = line.replace(" ", "")
    return line.startswith("|") and not head.startswith(("|---", "|:--", "|whatmusthold|"))


@cache
def _tests(path: Path) -> frozenset[str]:
    if not path.exists():
        return frozenset()
    nodes = ast.walk(ast.parse(path.read_text()))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return frozenset(node.name for node in nodes if isinstance(node, kinds))
