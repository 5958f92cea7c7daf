"""Every promise of docs/promises is held by a test that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house import promises

PAGES = sorted(path for path in promises.PAGES.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_promise_names_tests_that_exist(page: Path) -> None:
    text = page.read_text()
    assert promises.rows(text) > 0
    assert promises.findings(page.name, text) == []


def test_a_promise_without_a_test_is_found() -> None:
    head = "| what must hold | held by | |\n|---|---|---|\n"
    assert promises.findings("p.md", head + "| Money is kept. | by hand | |")
    assert promises.findings("p.md", head + "| Money is kept. | `nowhere.py::test_money` | |")
    kept = "`house/test_promises.py::test_a_promise_without_a_test_is_found`"
    assert promises.findings("p.md", head + f"| Rows are read. | {kept} | |") == []
