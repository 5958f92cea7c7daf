"""What may be sent: methods, bodies, queries, limits; every refusal is a problem document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aiohttp import hdrs

from foundation import limits
from tests.miniapp.kit import ADA, Person, Site, init_data, problem_of

JSON = {hdrs.CONTENT_TYPE: "application/json"}


async def test_nothing_there(site: Site, ada: Person) -> None:
    for path in ("/nope", "/api/v1/nope", "/api/v1/accounts/", "/api/v2/me", "//", "/%00"):
        await problem_of(await site.get(path, as_=ada), 404, "not_found")


async def test_wrong_method(site: Site, ada: Person) -> None:
    answer = await site.ask("PATCH", "/api/v1/accounts", as_=ada)
    await problem_of(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET,HEAD,POST"


async def test_head_is_get_without_a_body(site: Site, ada: Person) -> None:
    for path in ("/api/v1/offers", "/api/openapi.json", "/health", "/"):
        full = await site.get(path, as_=ada)
        short = await site.ask("HEAD", path, as_=ada)
        assert short.status == full.status == 200
        assert await short.text() == ""
        assert short.headers[hdrs.CONTENT_TYPE] == full.headers[hdrs.CONTENT_TYPE]


async def test_every_answer_carries_its_reference(site: Site, ada: Person) -> None:
    good = await site.get("/api/v1/me", as_=ada)
    bad = await site.get("/api/v1/me?x=1", as_=ada)
    assert len(good.headers["X-Request-Id"]) == 26
    body = await problem_of(bad, 422)
    assert body["reference"] == bad.headers["X-Request-Id"] != good.headers["X-Request-Id"]


async def test_other_media_types(site: Site, ada: Person) -> None:
    path = f"/api/v1/accounts/{ada.account}/state"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = await site.ask(
            "POST", path, as_=ada, data=b'{"state": "paused"}', headers={hdrs.CONTENT_TYPE: kind}
        )
        await problem_of(answer, 415, "unsupported_media_type")
    await problem_of(await site.ask("POST", path, as_=ada), 415)


NO_BODIES = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"state": "\xff"}',
    b'{"state": "running\\u0000"}',
    b'{"state": "\\ud800"}',
    b'{"state": 1' + b"0" * 5000 + b"}",
    b'{"state": 1e999}',
    b'{"state": NaN}',
    b"[" * 30_000,
    b'{"a":' * 10_000,
    b'{"state": "paused", "more": 1}',
    b'{"state": "PAUSED"}',
    b'{"state": ["paused"]}',
]


async def test_bodies_that_are_none(site: Site, ada: Person) -> None:
    for body in NO_BODIES:
        site.clock.advance(1)
        path = f"/api/v1/accounts/{ada.account}/state"
        answer = await site.ask("POST", path, as_=ada, data=body, headers=JSON)
        found = await problem_of(answer, 422, "invalid_request")
        assert found["errors"]
        assert all(one["field"] and one["message"] for one in found["errors"])


TEXTS = ["a\x00b", "\ud800", "x" * 500, "", " ", "\u202e" * 3]


async def test_texts_no_row_can_hold(site: Site, ada: Person) -> None:
    for value in TEXTS:
        site.clock.advance(1)
        body = json.dumps({"account": ada.account, "label": value})
        answer = await site.ask("POST", "/api/v1/hooks", as_=ada, data=body, headers=JSON)
        assert answer.status in (200, 422), await answer.text()


NO_VERSIONS: list[Any] = [0, -1, 2**31, 2**63, 10**30, 1.5, "one", None, True, []]


async def test_versions_that_are_none(site: Site, ada: Person) -> None:
    offer = await site.town.offer()
    path = f"/api/v1/offers/{offer.id}/decision"
    for version in NO_VERSIONS:
        answer = await site.post(path, {"decision": "reject", "version": version}, as_=ada)
        await problem_of(answer, 422, "invalid_request")


NO_SHARES = ["0", "-1", "1.1", "NaN", "Infinity", "1e-9", "1/2", "", "٣"]


async def test_shares_that_are_none(site: Site, ada: Person) -> None:
    group = (await site.taken(await site.town.offer())).group_id
    for value in NO_SHARES:
        answer = await site.post(f"/api/v1/groups/{group}/close", {"fraction": value}, as_=ada)
        body = await problem_of(answer, 422, "invalid_request")
        assert body["errors"][0]["field"] == "fraction"


async def test_large_bodies(site: Site, ada: Person) -> None:
    path = f"/api/v1/accounts/{ada.account}/state"
    large = b" " * (limits.BODY_BYTES_MAX + 1)
    await problem_of(await site.ask("POST", path, as_=ada, data=large, headers=JSON), 413)

    async def chunks() -> Any:
        for _ in range(100):
            yield b" " * 1024

    answer = await site.ask("POST", path, as_=ada, data=chunks(), headers=JSON)
    await problem_of(answer, 413, "too_large")


async def test_packed_bodies(site: Site, ada: Person) -> None:
    path = f"/api/v1/accounts/{ada.account}/state"
    headers = {**JSON, hdrs.CONTENT_ENCODING: "gzip"}
    answer = await site.ask("POST", path, as_=ada, data=b"not gzip at all", headers=headers)
    assert 400 <= answer.status < 500
    import gzip

    bomb = gzip.compress(b" " * 20_000_000)
    answer = await site.ask("POST", path, as_=ada, data=bomb, headers=headers)
    assert answer.status == 413


NO_QUERIES = [
    "limit=0",
    "limit=201",
    "limit=x",
    "limit=1&limit=2",
    "cursor=!",
    "cursor=abc",
    "cursor=" + "a" * 201,
    "cursor=MjAyNi0wMS0wNQ",
    "cursor=%ff",
    "cursor=%00",
    "status=open",
    "colour=red",
    "limit=1" + "0" * 5000,
    "=",
]


async def test_queries_that_are_none(site: Site, ada: Person) -> None:
    for query in NO_QUERIES:
        site.clock.advance(1)
        await problem_of(await site.get(f"/api/v1/offers?{query}", as_=ada), 422)


async def test_ids_that_are_none(site: Site, ada: Person) -> None:
    for one in ("A", "%00", "x" * 41, "%2e%2e", "a-b", "%ff", "a%0a", "'", "ä"):
        answer = await site.get(f"/api/v1/offers/{one}", as_=ada)
        await problem_of(answer, 422 if one != "%2e%2e" else answer.status)
        assert answer.status in (404, 422)


@pytest.mark.parametrize("settings", [{"TRUSTED_PROXIES": "127.0.0.1", "HTTP_PORT": "8080"}])
async def test_sign_ins_are_few_per_address(site: Site) -> None:
    def headers(address: str) -> dict[str, str]:
        raw = init_data(site.clock, ADA)
        return {hdrs.AUTHORIZATION: f"tma {raw}", "X-Forwarded-For": f"6.6.6.6, {address}"}

    for _ in range(limits.SIGN_INS_PER_MINUTE):
        assert (await site.post("/api/v1/session", headers=headers("9.9.9.9"))).status == 200
    answer = await site.post("/api/v1/session", headers=headers("9.9.9.9"))
    await problem_of(answer, 429, "rate_limited")
    wait = int(answer.headers[hdrs.RETRY_AFTER])
    assert 1 <= wait <= 6
    assert (await site.post("/api/v1/session", headers=headers("9.9.9.8"))).status == 200
    for last in ("1", "2"):
        await site.post("/api/v1/session", headers=headers(f"2001:db8::{last}"))
    site.clock.advance(wait)
    assert (await site.post("/api/v1/session", headers=headers("9.9.9.9"))).status == 200


async def test_nobody_else_says_whose_address_it_is(site: Site) -> None:
    statuses = []
    for n in range(limits.SIGN_INS_PER_MINUTE + 1):
        headers = {
            hdrs.AUTHORIZATION: f"tma {init_data(site.clock)}",
            "X-Forwarded-For": f"1.1.1.{n}",
        }
        statuses.append((await site.post("/api/v1/session", headers=headers)).status)
    assert statuses == [200] * limits.SIGN_INS_PER_MINUTE + [429]


async def test_reads_and_acts_are_limited_per_session(site: Site, ada: Person, bob: Person) -> None:
    path = "/api/v1/offers/nosuchoffer/undo"
    for _ in range(limits.ACTS_PER_MINUTE):
        await problem_of(await site.post(path, as_=ada), 404)
    answer = await site.post(path, as_=ada)
    await problem_of(answer, 429, "rate_limited")
    assert int(answer.headers[hdrs.RETRY_AFTER]) == 1
    assert (await site.get("/api/v1/me", as_=ada)).status == 200
    await problem_of(await site.post(path, as_=bob), 404)
    site.clock.advance(1)
    await problem_of(await site.post(path, as_=ada), 404)
    statuses = {(await site.get("/api/v1/me", as_=ada)).status for _ in range(limits.READS_BURST)}
    assert statuses == {200}
    await problem_of(await site.get("/api/v1/me", as_=ada), 429)


async def test_guessing_tokens_is_limited(site: Site) -> None:
    headers = {hdrs.AUTHORIZATION: "Bearer guess"}
    for _ in range(limits.REFUSALS_PER_MINUTE):
        assert (await site.get("/api/v1/me", headers=headers)).status == 401
    await problem_of(await site.get("/api/v1/me", headers=headers), 429)
