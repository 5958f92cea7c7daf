"""The Mini App's unit tests are part of the suite."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.rules import ROOT


@pytest.mark.slow
def test_the_front_end_passes_its_own_tests() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.house.front_end", "test"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "passed" in done.stdout
