"""Run the suite and write its table: ``python -m tests.conformance``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.conformance.table import PAGE, page


class Recorder:
    """Notes what became of each case at each venue."""

    def __init__(self) -> None:
        self.results: dict[tuple[str, str], str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name, _, rest = report.nodeid.partition("[")
        if not name.endswith("::test_case"):
            return
        number, _, hall = rest.rstrip("]").partition("-")
        worse = report.failed or report.skipped
        if report.when == "call" or worse:
            self.results[number, hall] = report.outcome


def main() -> int:
    recorder = Recorder()
    suite = str(Path(__file__).with_name("test_conformance.py"))
    options = ["-q", "-n0", "-p", "no:cacheprovider"]
    code = pytest.main([suite, *options], plugins=[recorder])
    failed = [name for name, outcome in recorder.results.items() if outcome == "failed"]
    if failed:
        # cases give up after seconds: on a busy machine what failed has one more try, alone
        names = [f"{suite}::test_case[{number}-{hall}]" for number, hall in failed]
        for name in failed:
            del recorder.results[name]
        code = pytest.main([*names, *options], plugins=[recorder])
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(recorder.results), encoding="utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
