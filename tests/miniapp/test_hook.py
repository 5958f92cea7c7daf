"""Where alerts arrive: what is answered to whom, and that nothing is ever a 500."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

from aiohttp import hdrs

from foundation import limits
from tests.engine.signals.kit import nested, raw
from tests.miniapp.kit import Site, problem_of

SAMPLES = Path(__file__).resolve().parents[1] / "fixtures" / "alerts" / "tradingview_alerts.jsonl"


async def send(site: Site, body: bytes, kind: str = "application/json", token: str = "") -> Any:
    path = f"/hooks/tradingview/{token or site.town.token}"
    headers = {hdrs.CONTENT_TYPE: kind}
    return await site.ask("POST", path, data=body, headers=headers)


def alert(site: Site, **tv: Any) -> bytes:
    return raw({"secret": site.town.hook.secret} | nested(site.clock.now(), **tv))


async def test_an_alert_is_accepted(site: Site) -> None:
    answer = await send(site, alert(site))
    assert answer.status == 202
    body = await answer.json()
    assert set(body) == {"receipt", "status", "code", "message", "field"}
    assert body["status"] == "accepted"


async def test_text_that_is_json_is_read_as_json(site: Site) -> None:
    answer = await send(site, alert(site), "text/plain; charset=utf-8")
    assert (await answer.json())["status"] == "accepted"


async def test_fifty_copies_at_once(site: Site) -> None:
    body = alert(site)
    answers = await asyncio.gather(*(send(site, body) for _ in range(50)))
    assert {answer.status for answer in answers} == {202}
    told = [await answer.json() for answer in answers]
    assert len({one["receipt"] for one in told}) == 1
    assert Counter(one["status"] for one in told) == {"accepted": 1, "duplicate": 49}
    assert await site.database.pool.fetchval("select count(*) from receipts") == 1


async def test_wrong_secret_and_wrong_address(site: Site) -> None:
    wrong = raw({"secret": "wrong"} | nested(site.clock.now()))
    assert (await send(site, wrong)).status == 401
    assert (await send(site, raw(nested(site.clock.now())))).status == 401
    for token in ("nosuchtoken", "a" * 43, "%00", "%ff%fe", "a" * 3000, "%2e%2e"):
        answer = await send(site, alert(site), token=token)
        assert answer.status == 404, token


async def test_too_large(site: Site) -> None:
    for size in (limits.HOOK_BODY_BYTES_MAX + 1, 1_000_000):
        await problem_of(await send(site, b" " * size), 413, "too_large")
    largest = await send(site, b" " * limits.HOOK_BODY_BYTES_MAX)
    assert largest.status != 413

    async def chunks() -> Any:
        for _ in range(40):
            yield b"x" * 1000

    path = f"/hooks/tradingview/{site.town.token}"
    await problem_of(await site.ask("POST", path, data=chunks()), 413)


async def test_too_many(site: Site) -> None:
    statuses: Counter[int] = Counter()
    for n in range(limits.INTAKE_BURST + 5):
        answer = await send(site, alert(site, timeframe=str(n + 1)))
        statuses[answer.status] += 1
        if answer.status == 429:
            assert int(answer.headers[hdrs.RETRY_AFTER]) >= 1
            assert (await answer.json())["status"] == "rate_limited"
    assert statuses[429] >= 1
    assert set(statuses) == {202, 429}


async def test_every_sample_gets_an_answer_with_a_reason(site: Site) -> None:
    secret = site.town.hook.secret
    for line in SAMPLES.read_text(encoding="utf-8").splitlines():
        sample = json.loads(line)
        body = sample["body"].replace("whk_7f3a91c2", secret).encode()
        answer = await send(site, body, sample["content_type"])
        assert answer.status in (202, 401, 413), (sample["id"], answer.status)
        told = await answer.json()
        assert told["message"], sample["id"]
        assert told["code"], sample["id"]
        site.clock.advance(1)


HOSTILE = [
    b"",
    b"\x00",
    b"\xff\xfe\xfd",
    b"[" * 16_000,
    b'{"a":' * 3000,
    b'{"tv": "\\u0000"}',
    b'{"tv": "\\ud800"}',
    b'{"tv": {"entry_price": 1' + b"0" * 9000 + b"}}",
    b'{"tv": {"entry_price": "1e999999999"}}',
    b"null",
    b"1e400",
    b'"text"',
    b"a,b,c=d\r\n\r\n",
    "{{strategy.order.action}} \u202e".encode(),
]


async def test_hostile_bodies(site: Site) -> None:
    secret = site.town.hook.secret.encode()
    for body in HOSTILE:
        with_secret = b'{"secret": "' + secret + b'", "x": ' + body + b"}"
        for one in (body, with_secret):
            answer = await send(site, one)
            assert answer.status in (202, 401), await answer.text()
            assert (await answer.json())["message"]


async def test_a_database_that_is_away(site: Site, database_dsn: str) -> None:
    body = alert(site)
    await site.database.pool.close()
    answer = await send(site, body)
    assert answer.status == 503
    assert (await answer.json())["receipt"] is None


async def test_a_browser_gets_an_explanation(site: Site) -> None:
    answer = await site.get(f"/hooks/tradingview/{site.town.token}")
    assert answer.status == 200
    assert "POST" in await answer.text()
    assert site.town.token not in await answer.text()
