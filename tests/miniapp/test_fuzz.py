"""A fuzzer reads the published document and sends what it allows and what it forbids: no answer
is a 5xx but 503, and every one has the shape the document tells."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import Future
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import CHECKS

from miniapp.server.app import openapi
from miniapp.server.endpoint import BUCKETS
from tests.miniapp.kit import Person, Site

EXAMPLES = 12
"""Per operation; a longer run is `HYPOTHESIS_PROFILE`'s business, not the suite's."""
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@pytest.fixture
async def open_site(
    site: Site, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> tuple[Site, dict[str, str]]:
    """A site without rate limits, whose acts are decided, and ids that are there."""
    monkeypatch.setattr(site.server.app[BUCKETS], "take", lambda *_: None)
    taken = await site.taken(await site.town.offer())
    waiting = await site.town.offer(timeframe="60")
    site.run_worker()
    return (
        site,
        {
            "accounts": ada.account,
            "offers": waiting.id,
            "groups": str(taken.group_id),
            "receipts": str(taken.receipt_id),
            "hooks": site.town.token,
            "": ada.account,
        },
    )


def made_real(case: Any, ids: dict[str, str]) -> None:
    """Point the case at objects that are there, so that more than the doorman is tried."""
    word = next((one for one in case.path.split("/")[1:] if one in ids), "")
    for name in ("id", "token"):
        if name in (case.path_parameters or {}):
            case.path_parameters[name] = ids[word]
    if "account" in (case.query or {}):
        case.query["account"] = ids["accounts"]


def fuzz(url: str, headers: dict[str, str], ids: dict[str, str]) -> Counter[int]:
    """Send cases for every operation; answers by status. Runs beside the server's loop."""
    document: Any = openapi()
    # signing out in the middle would make all the rest a 401
    del document["paths"]["/api/v1/session"]["delete"]
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=url)
    checks = [CHECKS.get_one(name) for name in WANTED]
    seen: Counter[int] = Counter()
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path == "/ready":
            continue  # there is no engine here, so it says 503
        strategies = [
            operation.as_strategy(generation_mode=mode)
            for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
        ]

        @given(case=strategies[0] | strategies[1])
        @hypothesis_settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            verbosity=Verbosity.quiet,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def run(case: Any) -> None:
            if seen.total() % 2:
                made_real(case, ids)
            answer = case.call(headers=headers)
            seen[answer.status_code] += 1
            case.validate_response(answer, checks=checks)

        run()
    return seen


async def test_no_case_of_the_document_breaks_the_server(
    open_site: tuple[Site, dict[str, str]], ada: Person
) -> None:
    site, ids = open_site
    done: Future[Counter[int]] = Future()

    def work() -> None:
        try:
            done.set_result(fuzz(site.url(""), ada.headers, ids))
        except BaseException as error:
            done.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    seen = await asyncio.wrap_future(done)
    assert {200, 404, 422} <= set(seen), seen
    assert seen[200] > 50, seen
