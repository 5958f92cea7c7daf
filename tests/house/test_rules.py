"""The house keeps its rules, and every rule is shown to catch what it forbids."""

from __future__ import annotations

import pytest

from tests.house import rules


def _all(check: object, files: object) -> list[str]:
    found: list[str] = []
    for path in files:  # type: ignore[attr-defined]  # an iterable of paths
        name = str(path.relative_to(rules.ROOT))
        found += check(name, path.read_text())  # type: ignore[operator]  # one of the checks
    return found


def test_files_and_functions_keep_their_budgets() -> None:
    assert _all(rules.budget_findings, rules.sources()) == []


def test_test_files_keep_their_budget() -> None:
    lengths = {path.name: path.read_text().count("\n") for path in rules.sources("tests")}
    assert {n: count for n, count in lengths.items() if count > rules.TEST_FILE_LINES_MAX} == {}


def test_every_module_says_what_it_is_for() -> None:
    assert _all(rules.purpose_findings, rules.sources()) == []


def test_every_silenced_check_says_why() -> None:
    assert _all(rules.silenced_findings, rules.sources(*rules.PACKAGES, "tests")) == []


def test_the_core_is_pure() -> None:
    assert _all(rules.purity_findings, rules.pure_sources()) == []


def test_nobody_starts_detached_tasks() -> None:
    files = [path for path in rules.sources() if path.name != "nursery.py"]
    assert _all(rules.task_findings, files) == []


@pytest.mark.parametrize(
    "text",
    [
        "import asyncio",
        "from random import choice",
        "import os.path",
        "x = hash('a')",
        "x = id(object)",
        "x = 0.1",
        "from datetime import datetime\nx = datetime.now()",
        "for x in {1, 2}: pass",
        "y = [x for x in set((1, 2))]",
        "mode = 'backtest'",
        "if venue == 'paper': pass",
        "print(1)",
    ],
)
def test_purity_catches(text: str) -> None:
    assert rules.purity_findings("seeded.py", text)


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" * 401,
        "def f():\n" + "    x = 1\n" * 71,
        "def f():\n if 1:\n  if 1:\n   if 1:\n    if 1:\n     if 1:\n      x = 1",
    ],
)
def test_budgets_catch(text: str) -> None:
    assert rules.budget_findings("seeded.py", text)


def test_purpose_and_tasks_catch() -> None:
    assert rules.purpose_findings("seeded.py", "x = 1")
    assert rules.purpose_findings("seeded.py", "")
    assert rules.silenced_findings("seeded.py", "x = f()  # " + "noqa: S608")
    assert rules.silenced_findings("seeded.py", "x = f()  # " + "type: ignore[arg-type]")
    assert rules.task_findings("seeded.py", "import asyncio\nasyncio.create_task(f())")
