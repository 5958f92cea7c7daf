"""The page's own interface: people, history, market, launches, files, and who may ask at all."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import BufferedInputFile
from aiogram.utils.web_app import check_webapp_signature, safe_parse_webapp_init_data

from app.sandbox.server import Sandbox
from tests.app.sandbox.conftest import (
    MIA,
    NOAH,
    TOKEN,
    WEB_APP_URL,
    Alerts,
    MakeSandbox,
    Market,
    Person,
    picture,
)
from tests.support.clock import FakeClock

HOSTILE = "<img src=x onerror=alert(1)>\"'=cmd|calc"


async def test_people_with_their_last_message(person: Person, bot: Bot) -> None:
    state = await person.done("GET", "/sandbox/api/state")
    assert [user["id"] for user in state["users"]] == [1001, 1002, 1003]
    assert state["users"][0]["last"] is None
    assert state["web_app_origin"] == "http://127.0.0.1:8080"
    await person.write(MIA, "/start")
    await bot.send_message(MIA, "one")
    await bot.send_message(MIA, "two")
    mia = (await person.done("GET", "/sandbox/api/state"))["users"][0]
    assert (mia["unread"], mia["last"]["text"]) == (2, "two")
    await person.done("POST", f"/sandbox/api/chats/{MIA}/read", json={})
    assert (await person.done("GET", "/sandbox/api/state"))["users"][0]["unread"] == 0


async def test_a_new_person_gets_the_next_id(person: Person, bot: Bot) -> None:
    body = {"first_name": HOSTILE, "username": "eve_x", "language_code": "de"}
    made = await person.done("POST", "/sandbox/api/users", json=body)
    assert made == {
        "id": 1004,
        "is_bot": False,
        "first_name": HOSTILE,
        "username": "eve_x",
        "language_code": "de",
    }
    await person.write(1004, "/start")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.first_name == HOSTILE


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "first_name"),
        ({"first_name": "x" * 65}, "first_name"),
        ({"first_name": "Eve", "username": "a b"}, "username"),
        ({"first_name": "Eve", "language_code": "english"}, "language_code"),
        (["Eve"], "body"),
    ],
)
async def test_a_bad_person_is_explained(person: Person, body: Any, field: str) -> None:
    status, problem = await person.call("POST", "/sandbox/api/users", json=body)
    assert status == 422
    assert problem["errors"][0]["field"] == field
    assert problem["code"] == "invalid_input"


async def test_a_username_is_taken_once(person: Person) -> None:
    body = {"first_name": "Mia", "username": "MIA_trades"}
    status, problem = await person.call("POST", "/sandbox/api/users", json=body)
    assert (status, problem["errors"][0]["field"]) == (409, "username")


async def test_history_in_pages(mia: Person, bot: Bot) -> None:
    for number in range(2, 8):
        await bot.send_message(MIA, str(number))
    path = f"/sandbox/api/chats/{MIA}/messages"
    newest = await mia.done("GET", path, params={"limit": "3"})
    assert [m["message_id"] for m in newest["messages"]] == [5, 6, 7]
    assert newest["has_older"] is True
    older = await mia.done("GET", path, params={"limit": "3", "before": "5"})
    assert [m["message_id"] for m in older["messages"]] == [2, 3, 4]
    first = await mia.done("GET", path, params={"before": "2"})
    assert ([m["message_id"] for m in first["messages"]], first["has_older"]) == ([1], False)
    assert (await mia.call("GET", path, params={"before": "x"}))[0] == 422
    assert (await mia.call("GET", "/sandbox/api/chats/77/messages"))[0] == 404


async def test_what_a_person_may_not_write(mia: Person) -> None:
    path = f"/sandbox/api/chats/{MIA}/messages"
    for text in ("", "   ", "😀" * 2049, 5, None):
        status, problem = await mia.call("POST", path, json={"text": text})
        assert (status, problem["errors"][0]["field"]) == (422, "text")
    status, _ = await mia.call("POST", path, json={"text": "x", "reply_to": 99})
    assert status == 404
    answer = await mia.write(MIA, "x", reply_to=1)
    assert answer["reply_to_message"]["text"] == "/start"
    press = f"/sandbox/api/chats/{MIA}/press"
    assert (await mia.call("POST", press, json={"message_id": 1, "data": "x"}))[0] == 404
    assert (await mia.call("POST", press, json={"message_id": 1, "data": "x" * 65}))[0] == 422


async def test_commands_and_links_are_found_in_texts(mia: Person) -> None:
    said = await mia.write(MIA, "😀 /status and https://example.org/a, @mia_trades a/b")
    found = [(e["type"], e["offset"], e["length"]) for e in said["entities"]]
    assert found == [("bot_command", 3, 7), ("url", 15, 21), ("mention", 38, 11)]


async def test_launch_data_is_valid_and_fresh(mia: Person, clock: FakeClock) -> None:
    body = {"start_param": "pos_1"}
    launch = await mia.done("POST", f"/sandbox/api/chats/{MIA}/launch", json=body)
    assert launch["url"] == WEB_APP_URL
    assert check_webapp_signature(TOKEN, launch["init_data"])
    assert not check_webapp_signature("7000000001:other", launch["init_data"])
    parsed = safe_parse_webapp_init_data(TOKEN, launch["init_data"])
    assert parsed.user is not None
    assert (parsed.user.id, parsed.user.first_name) == (MIA, "Mia")
    assert parsed.auth_date == clock.now()
    assert parsed.start_param == "pos_1"
    fields = parse_qsl(launch["init_data"], strict_parsing=True)
    assert len(dict(fields)) == len(fields)
    assert "signature" in dict(fields)
    assert "is_bot" not in json.loads(dict(fields)["user"])


async def test_only_the_mini_app_is_launched(mia: Person) -> None:
    path = f"/sandbox/api/chats/{MIA}/launch"
    inside = await mia.done("POST", path, json={"url": f"{WEB_APP_URL}offers/1"})
    assert inside["url"] == f"{WEB_APP_URL}offers/1"
    status, problem = await mia.call("POST", path, json={"url": "https://evil.example/"})
    assert (status, problem["errors"][0]["field"]) == (422, "url")


async def test_writing_first_through_the_mini_app(person: Person, bot: Bot) -> None:
    path = f"/sandbox/api/chats/{NOAH}/write-access"
    await person.done("POST", path, json={})
    await person.done("POST", path, json={})
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.write_access_allowed is not None
    await bot.send_message(NOAH, "now I may")


async def test_the_market_by_hand(person: Person, market: Market) -> None:
    shown = await person.done("GET", "/sandbox/market")
    assert shown == {"simulated": True, "prices": market.last}
    body = {"symbol": "btc/usdt", "price": "64000"}
    assert await person.done("POST", "/sandbox/market", json=body) == {
        "symbol": "BTC/USDT",
        "price": "64000",
    }
    assert market.last["BTC/USDT"] == "64000"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"price": "1"}, "symbol"),
        ({"symbol": "BTC/USDT"}, "price"),
        ({"symbol": "BTC/USDT", "price": "0"}, "price"),
        ({"symbol": "BTC/USDT", "price": "-1"}, "price"),
        ({"symbol": "BTC/USDT", "price": "NaN"}, "price"),
        ({"symbol": "BTC/USDT", "price": "1e999"}, "price"),
        ({"symbol": "BTC/USDT", "price": 64000.5}, "price"),
        ({"symbol": "BTC/USDT", "price": None}, "price"),
        ({"symbol": "NOPE/USDT", "price": "1"}, "symbol"),
        ({"symbol": 7, "price": "1"}, "symbol"),
        ("64000", "body"),
    ],
)
async def test_a_bad_price_is_explained(
    person: Person, market: Market, body: Any, field: str
) -> None:
    before = dict(market.last)
    status, problem = await person.call("POST", "/sandbox/market", json=body)
    assert status == 422
    assert problem["errors"][0]["field"] == field
    assert problem["detail"]
    assert market.last == before


async def test_a_real_feed_cannot_be_moved(make_sandbox: MakeSandbox) -> None:
    sandbox = await make_sandbox(market_control=None)
    async with aiohttp.ClientSession() as session:
        person = Person(session, sandbox.api_url)
        assert await person.done("GET", "/sandbox/market") == {"simulated": False, "prices": {}}
        body = {"symbol": "BTC/USDT", "price": "1"}
        status, problem = await person.call("POST", "/sandbox/market", json=body)
        assert (status, problem["code"]) == (409, "market_not_simulated")


async def test_a_test_alert(person: Person, alerts: Alerts) -> None:
    body = {"user": MIA, "symbol": "BTC/USDT", "side": "long"}
    receipt = await person.done("POST", "/sandbox/api/alerts", json=body)
    assert receipt["state"] == "accepted"
    assert alerts.sent == [(MIA, "long", "BTC/USDT")]
    body = {"user": MIA, "symbol": "BTC/USDT", "side": "sideways"}
    status, problem = await person.call("POST", "/sandbox/api/alerts", json=body)
    assert (status, problem["errors"][0]["field"]) == (422, "side")


async def test_news_reaches_an_open_tab(sandbox: Sandbox, mia: Person, bot: Bot) -> None:
    async with mia.session.get(f"{sandbox.api_url}/sandbox/api/stream") as stream:

        async def event() -> tuple[str, Any]:
            kind, data = "", ""
            while True:
                line = (await asyncio.wait_for(stream.content.readline(), 5)).decode().rstrip("\n")
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ")
                if line.startswith("data: "):
                    data = line.removeprefix("data: ")
                if not line and kind:
                    return kind, json.loads(data)

        assert (await event())[0] == "hello"
        sent = await bot.send_message(MIA, "line one\nline two\u2028three")
        kind, data = await event()
        assert (kind, data["chat"]) == ("message", MIA)
        assert data["message"]["text"] == "line one\nline two\u2028three"
        query_id = await mia.press(MIA, sent.message_id, "go")
        await bot.answer_callback_query(query_id, "done")
        kind, data = await event()
        assert (kind, data["text"], data["query_id"]) == ("answer", "done", query_id)
        await bot.delete_message(MIA, sent.message_id)
        assert await event() == ("deleted", {"chat": MIA, "message_ids": [sent.message_id]})


async def test_only_pictures_are_shown(mia: Person, bot: Bot) -> None:
    photo = await bot.send_photo(MIA, BufferedInputFile(picture(), "x.html"))
    page = BufferedInputFile(b"<script>alert(1)</script>", "x.html")
    document = await bot.send_document(MIA, page)
    assert photo.photo is not None
    assert document.document is not None
    base = f"{mia.base}/sandbox/files"
    async with mia.session.get(f"{base}/{photo.photo[-1].file_id}") as answer:
        assert answer.content_type == "image/png"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    async with mia.session.get(f"{base}/{document.document.file_id}") as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
    assert (await mia.call("GET", "/sandbox/files/none"))[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "sandbox.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "192.168.1.5:8081"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Anything": "x"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
async def test_strangers_are_refused(
    sandbox: Sandbox, person: Person, headers: dict[str, str]
) -> None:
    for path in ("/sandbox", "/sandbox/api/state", "/sandbox/market", f"/bot{TOKEN}/getMe"):
        status, problem = await person.call("GET", path, headers=headers)
        assert (status, problem["code"]) == (403, "not_local")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_other_sites_change_nothing(
    person: Person, market: Market, headers: dict[str, str]
) -> None:
    before = dict(market.last)
    body = {"symbol": "BTC/USDT", "price": "1"}
    status, problem = await person.call("POST", "/sandbox/market", json=body, headers=headers)
    assert (status, problem["code"]) == (403, "other_site")
    path = f"/sandbox/api/chats/{MIA}/messages"
    assert (await person.call("POST", path, json={"text": "x"}, headers=headers))[0] == 403
    assert market.last == before
    assert await person.messages(MIA) == []


async def test_this_machine_is_let_in(sandbox: Sandbox, person: Person) -> None:
    for host in (f"localhost:{sandbox.port}", f"127.0.0.1:{sandbox.port}", "[::1]:9"):
        status, _ = await person.call("GET", "/sandbox/api/state", headers={"Host": host})
        assert status == 200
    own = {"Origin": sandbox.api_url, "Sec-Fetch-Site": "same-origin"}
    path = f"/sandbox/api/chats/{MIA}/messages"
    assert (await person.call("POST", path, json={"text": "x"}, headers=own))[0] == 201


async def test_the_page_and_its_policy(sandbox: Sandbox, person: Person) -> None:
    async with person.session.get(sandbox.page_url) as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-src http://127.0.0.1:8080;" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script>" not in page
    assert "style=" not in page
    for name in ("main.js", "chat.css", "icon.svg"):
        async with person.session.get(f"{person.base}/sandbox/web/{name}") as answer:
            assert answer.status == 200
    async with person.session.get(f"{person.base}/sandbox/web/none.js") as answer:
        assert answer.status == 404
    async with person.session.get(f"{person.base}/", allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/sandbox"
