"""Sessions: short tokens, renewal that works once, and an end that is one."""

from __future__ import annotations

import base64
import json
from typing import Any

from aiohttp import hdrs
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from foundation import limits
from tests.miniapp.kit import PEM, Person, Site, problem_of


async def renew(site: Site, token: str) -> Any:
    site.clock.advance(6)
    return await site.post("/api/v1/session", {"renew_token": token})


def bearer(token: str) -> dict[str, str]:
    return {hdrs.AUTHORIZATION: f"Bearer {token}"}


async def test_a_token_lasts_a_quarter_of_an_hour(site: Site, ada: Person) -> None:
    site.clock.advance(limits.SESSION_TOKEN_S - 30)
    assert (await site.get("/api/v1/me", as_=ada)).status == 200
    site.clock.advance(31)
    await problem_of(await site.get("/api/v1/me", as_=ada), 401, "token_expired")


async def test_renewal_gives_a_new_pair_for_the_same_person(site: Site, ada: Person) -> None:
    site.clock.advance(limits.SESSION_TOKEN_S + 1)
    answer = await renew(site, ada.renew_token)
    assert answer.status == 200
    given = await answer.json()
    assert given["user"]["id"] == ada.id
    assert given["renew_token"] != ada.renew_token
    assert (await site.get("/api/v1/me", headers=bearer(given["token"]))).status == 200


async def test_a_lost_answer_is_forgiven_for_some_seconds(site: Site, ada: Person) -> None:
    first = await (await renew(site, ada.renew_token)).json()
    again = await (await renew(site, ada.renew_token)).json()
    assert again["renew_token"] != first["renew_token"]
    assert (await renew(site, again["renew_token"])).status == 200


async def test_an_old_renew_token_ends_the_session_for_both(site: Site, ada: Person) -> None:
    current = await (await renew(site, ada.renew_token)).json()
    site.clock.advance(limits.RENEW_GRACE_S + 1)
    await problem_of(await renew(site, ada.renew_token), 401, "session_ended")
    await problem_of(await renew(site, current["renew_token"]), 401, "session_ended")
    answer = await site.get("/api/v1/me", headers=bearer(current["token"]))
    await problem_of(answer, 401, "session_ended")


async def test_a_day_is_the_end(site: Site, ada: Person) -> None:
    token = ada.renew_token
    for _ in range(23):
        site.clock.advance(3600 - 6)
        answer = await renew(site, token)
        assert answer.status == 200
        token = (await answer.json())["renew_token"]
    site.clock.advance(3601)
    await problem_of(await renew(site, token), 401, "session_ended")


async def test_signing_out(site: Site, ada: Person, bob: Person) -> None:
    assert (await site.ask("DELETE", "/api/v1/session", as_=ada)).status == 204
    await problem_of(await site.get("/api/v1/me", as_=ada), 401, "session_ended")
    await problem_of(await renew(site, ada.renew_token), 401, "session_ended")
    assert (await site.get("/api/v1/me", as_=bob)).status == 200


async def test_a_session_revoked_elsewhere_acts_no_more(site: Site, ada: Person) -> None:
    await site.database.pool.execute("update sessions set revoked_at = $1", site.clock.now())
    path = f"/api/v1/accounts/{ada.account}/state"
    await problem_of(await site.post(path, {"state": "paused"}, as_=ada), 401, "session_ended")
    # a signed token still reads for the rest of its quarter of an hour
    assert (await site.get("/api/v1/me", as_=ada)).status == 200


async def test_tokens_are_stored_as_hashes_only(site: Site, ada: Person) -> None:
    await renew(site, ada.renew_token)
    for table in ("sessions", "used_renew_tokens"):
        for row in await site.database.pool.fetch(f"select * from {table}"):
            assert ada.renew_token not in str(tuple(row))
            assert ada.token not in str(tuple(row))


async def test_sessions_of_long_ago_are_forgotten(site: Site, ada: Person) -> None:
    from miniapp.server.deps import SESSIONS

    await renew(site, ada.renew_token)
    site.clock.advance(limits.SESSION_LIFETIME_S * 2 + 60)
    await site.server.app[SESSIONS].sweep()
    assert await site.database.pool.fetchval("select count(*) from sessions") == 0
    assert await site.database.pool.fetchval("select count(*) from used_renew_tokens") == 0


async def test_renew_tokens_that_are_none(site: Site) -> None:
    for value in ("x" * 19, "x" * 201, "x" * 43, "", 5, None, "a\x00" * 20, {"a": 1}):
        answer = await renew(site, value)  # type: ignore[arg-type]  # that is the point
        assert answer.status in (401, 422)
        await problem_of(answer, answer.status)


def forged(site: Site, ada: Person) -> list[str]:
    """Tokens that others might make up."""
    claims = {"sub": ada.id, "sid": "x", "exp": int(site.clock.now().timestamp()) + 600}
    header, payload, signature = ada.token.split(".")
    stranger = OKPKey.generate_key("Ed25519")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    secret = OctKey.import_key(PEM)
    return [
        jwt.encode({"alg": "Ed25519"}, claims, stranger, algorithms=["Ed25519"]),
        jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"]),
        f"{none}.{payload}.",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        f"{header}.{payload}",
        "....",
        "e30.e30.e30",
        "W10.W10.W10",
        "é" * 20,
        "\udcff.\udcfe.\udcfd",
        base64.urlsafe_b64encode(json.dumps(claims).encode()).decode(),
    ]


async def test_forged_tokens(site: Site, ada: Person) -> None:
    for token in forged(site, ada):
        answer = await site.get("/api/v1/me", headers=bearer(token))
        await problem_of(answer, 401)
