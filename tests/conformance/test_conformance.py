"""Every venue keeps every promise it can be asked to keep."""

from __future__ import annotations

from typing import Any

import pytest

from foundation import limits
from foundation.db import Database
from tests.conformance.cases import CASES, Case
from tests.conformance.halls import HALLS
from tests.conformance.table import features


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that was cut is dialled again at once."""
    monkeypatch.setattr(limits, "VENUE_STREAM_RETRY_FIRST_S", 0.05)


def _pairs() -> list[Any]:
    return [
        pytest.param(
            case,
            hall,
            id=f"{case.number}-{hall}",
        )
        for case in CASES
        for hall in HALLS
        if case.needs <= features(hall)
    ]


@pytest.mark.parametrize(("case", "hall"), _pairs())
async def test_case(
    case: Case, hall: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with HALLS[hall](database) as stage:
        # a request that hangs is given up soon; keys were tried with the usual patience
        monkeypatch.setattr(limits, "VENUE_HTTP_TIMEOUT_S", 2.0)
        assert stage.features == features(hall)
        await case.play(stage)
