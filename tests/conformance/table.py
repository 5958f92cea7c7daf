"""The table of venues and cases, from one run of the suite: ``docs/venues/conformance.md``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.conformance.cases import CASES
from tests.conformance.halls import HALLS
from tests.conformance.stage import EXCHANGE, LINEAR, SPOT, STREAM

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "venues" / "conformance.md"
MARKS: Final = {"passed": "✓", "skipped": "–", "failed": "✗"}
_HEAD: Final = """\
# Conformance

Every venue proves the same numbered promises, the exchanges against stateful stand-ins over HTTP
that enforce the real rules. ✓ proved, – does not apply, ✗ failed. Written by `make conformance`
from its run; cases are in `tests/conformance/`.

"""

Results = Mapping[tuple[str, str], str]
"""(case number, venue) -> passed, skipped or failed."""


def page(results: Results) -> str:
    """The whole page."""
    lines = [
        "| | promise | " + " | ".join(HALLS) + " |",
        "|---|---|" + "---|" * len(HALLS),
    ]
    for case in CASES:
        marks = [MARKS[_found(results, case.number, case.needs, hall)] for hall in HALLS]
        lines.append(f"| {case.number} | {case.text} | " + " | ".join(marks) + " |")
    return _HEAD + "\n".join(lines) + "\n"


def _found(results: Results, number: str, needs: frozenset[str], hall: str) -> str:
    """What became of a case; one that applies and did not run has failed."""
    return results.get((number, hall), "failed") if needs <= features(hall) else "skipped"


def expected() -> str:
    """The page as it is when everything passes that applies."""
    return page(
        {(case.number, hall): _outcome(case.needs, hall) for case in CASES for hall in HALLS}
    )


def _outcome(needs: frozenset[str], hall: str) -> str:
    return "passed" if needs <= features(hall) else "skipped"


def features(hall: str) -> frozenset[str]:
    """What a venue has, judged by its name in the table."""
    if hall == "paper":
        return frozenset()
    return frozenset({EXCHANGE, STREAM, LINEAR if hall.endswith("linear") else SPOT})
