"""The page in the repository is that of these cases and venues, and nothing on it has failed."""

from __future__ import annotations

from tests.conformance.cases import CASES
from tests.conformance.table import PAGE, expected


def test_the_page_is_of_these_cases_and_all_of_them_passed() -> None:
    assert PAGE.read_text(encoding="utf-8") == expected(), "run `make conformance`"


def test_cases_are_numbered_without_a_gap() -> None:
    assert [one.number for one in CASES] == [f"C{n:02d}" for n in range(1, len(CASES) + 1)]
    assert len({one.text for one in CASES}) == len(CASES)
    assert all(one.text.endswith(".") for one in CASES)
