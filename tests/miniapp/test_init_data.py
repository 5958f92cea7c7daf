"""Signing in: only fresh init data of this bot opens the door."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlencode

import pytest
from aiohttp import hdrs

from tests.miniapp.kit import Site, init_data, problem_of
from tests.support.clock import FakeClock


async def knock(site: Site, raw: str, scheme: str = "tma") -> tuple[int, str]:
    """Status and code of a sign-in with this init data."""
    site.clock.advance(6)  # not to meet the sign-in limit
    headers = {hdrs.AUTHORIZATION: f"{scheme} {raw}"}
    answer = await site.post("/api/v1/session", headers=headers)
    body = await answer.json()
    return answer.status, body.get("code", "")


async def test_valid_init_data_opens_a_session_and_a_paper_account(site: Site) -> None:
    header = {hdrs.AUTHORIZATION: f"tma {init_data(site.clock, 42)}"}
    answer = await site.post("/api/v1/session", headers=header)
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    given = await answer.json()
    assert set(given) == {"token", "expires_at", "renew_token", "user"}
    user = given["user"]
    assert (user["telegram_id"], user["first_name"], user["role"]) == (42, "User 42", "user")
    bearer = {hdrs.AUTHORIZATION: f"Bearer {given['token']}"}
    assert await site.json("/api/v1/me", headers=bearer) == user
    [account] = (await site.json("/api/v1/accounts", headers=bearer))["items"]
    assert (account["venue"], account["state"]) == ("paper", "running")


async def test_a_sign_in_needs_no_body(site: Site) -> None:
    header = {hdrs.AUTHORIZATION: f"tma {init_data(site.clock)}"}
    assert (await site.ask("POST", "/api/v1/session", headers=header)).status == 200


async def test_the_scheme_is_not_case_sensitive(site: Site) -> None:
    assert await knock(site, init_data(site.clock), "TMA") == (200, "")


def changed(clock: FakeClock, **fields: str) -> str:
    """Valid init data whose fields were changed after signing."""
    known = {key: values[0] for key, values in parse_qs(init_data(clock)).items()}
    return urlencode(known | fields)


async def test_changed_fields_are_noticed(site: Site) -> None:
    other = json.dumps({"id": 666, "first_name": "Mallory"})
    assert await knock(site, changed(site.clock, user=other)) == (401, "init_data_forged")
    assert await knock(site, changed(site.clock, hash="0" * 64)) == (401, "init_data_forged")
    assert await knock(site, changed(site.clock, extra="1")) == (401, "init_data_forged")
    no_hash = init_data(site.clock).rpartition("&hash=")[0]
    assert await knock(site, no_hash) == (401, "init_data_forged")


async def test_another_bots_init_data_is_forged_here(site: Site) -> None:
    raw = init_data(site.clock, token="7000000002:somebody-elses-bot-token")
    assert await knock(site, raw) == (401, "init_data_forged")


@pytest.mark.parametrize(("seconds", "status"), [(-890, 200), (-910, 401), (50, 200), (70, 401)])
async def test_age(site: Site, seconds: int, status: int) -> None:
    at = str(int(site.clock.now().timestamp()) + seconds)
    raw = init_data(site.clock, auth_date=at)
    site.clock.advance(-6)
    assert await knock(site, raw) == (status, "" if status == 200 else "init_data_stale")


NO_DATES = ["", "soon", "-5", "1e9", "9" * 13, "٣"]


async def test_an_auth_date_that_is_none(site: Site) -> None:
    for at in NO_DATES:
        site.clock.advance(1)
        raw = init_data(site.clock, auth_date=at)
        assert await knock(site, raw) == (401, "init_data_malformed")


async def test_the_year_33658_is_not_now(site: Site) -> None:
    raw = init_data(site.clock, auth_date="9" * 12)
    assert await knock(site, raw) == (401, "init_data_stale")


async def test_doubled_fields(site: Site) -> None:
    raw = init_data(site.clock)
    for again in ("&auth_date=1", "&user=%7B%7D", "&hash=00"):
        assert await knock(site, raw + again) == (401, "init_data_malformed")


NO_INIT_DATA = [
    "nonsense",
    "a=1&&b=2",
    "%ff=1&hash=2",
    "a" * 8000,
    "user=%FF%FE&hash=1",
    "=",
    "\udcff=1",
    "hash=\udcff",
]


async def test_what_is_no_init_data_at_all(site: Site) -> None:
    for raw in NO_INIT_DATA:
        site.clock.advance(1)
        status, code = await knock(site, raw)
        assert status == 401
        assert code in ("init_data_malformed", "init_data_forged")


NO_USERS = [
    "",
    "null",
    "[]",
    "{}",
    '{"id": "1"}',
    '{"id": true}',
    '{"id": 0}',
    '{"id": -1}',
    '{"id": 4503599627370496}',
    '{"id": 1.5}',
    '{"id": 1' + "0" * 5000 + "}",
    "[" * 2000,
]


async def test_a_user_that_is_none(site: Site) -> None:
    for user in NO_USERS:
        site.clock.advance(1)
        raw = init_data(site.clock, user=user)
        status, code = await knock(site, raw)
        assert (status, code) == (401, "init_data_malformed")


async def test_hostile_names_are_kept_as_text(site: Site) -> None:
    name = "a\x00b\ud800<b>=1+1</b>"
    user = json.dumps(
        {"id": 77, "first_name": name, "username": "x\x00", "language_code": "e\x00n"}
    )
    headers = {hdrs.AUTHORIZATION: f"tma {init_data(site.clock, user=user)}"}
    answer = await site.post("/api/v1/session", headers=headers)
    assert answer.status == 200, await answer.text()
    assert (await answer.json())["user"]["first_name"] == "ab<b>=1+1</b>"


async def test_without_anything_to_show(site: Site) -> None:
    await problem_of(await site.post("/api/v1/session"), 401, "no_credentials")
    basic = {hdrs.AUTHORIZATION: "Basic YTpi"}
    await problem_of(await site.post("/api/v1/session", headers=basic), 401, "no_credentials")
