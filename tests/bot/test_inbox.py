"""The update inbox: stored before confirmed, once, in each person's order, replayed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.inbox.store import Inbox, user_key
from bot.inbox.webhook import SECRET_HEADER, Webhook
from foundation import limits
from foundation.bus import Bus
from foundation.db import Database
from foundation.errors import Unavailable
from tests.bot.api import BOT_ID, FakeTelegram, press, text_message
from tests.bot.town import ANN, BEN, BotTown
from tests.support.clock import FakeClock
from tests.support.until import until

SECRET = "a-secret_of-the-tests"


class NoPresses:
    """Nobody presses a button here."""

    def arrived(self, _update: dict[str, Any]) -> None:
        return


@pytest.fixture
def inbox(database: Database, bus: Bus, clock: FakeClock) -> Inbox:
    return Inbox(database, clock, bus, BOT_ID)


@pytest.fixture
async def hook(inbox: Inbox) -> AsyncIterator[str]:
    """The address of the webhook view, served as in production."""
    view = Webhook(inbox, NoPresses(), SECRET)  # type: ignore[arg-type]  # a stand-in for presses

    async def _view(request: web.Request) -> web.Response:
        return await view(request)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/webhooks/telegram", _view)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/webhooks/telegram"))
    await server.close()


async def rows(database: Database) -> list[Any]:
    return list(await database.pool.fetch("select * from telegram_updates order by update_id"))


def update(number: int, who: int = ANN, text: str = "hello") -> dict[str, Any]:
    return {"update_id": number, **text_message(who, text)}


async def test_an_update_is_stored_and_then_answered(hook: str, database: Database) -> None:
    async with aiohttp.ClientSession() as client:
        for _ in range(3):
            answer = await client.post(hook, json=update(5), headers={SECRET_HEADER: SECRET})
            assert answer.status == 200
    stored = await rows(database)
    assert [(row["update_id"], row["user_key"]) for row in stored] == [(5, f"user:{ANN}")]


@pytest.mark.parametrize("secret", [None, "", "wrong", "sécret-ключ", SECRET + "x"])
async def test_a_wrong_secret_is_401(hook: str, database: Database, secret: str | None) -> None:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with aiohttp.ClientSession() as client:
        answer = await client.post(hook, json=update(5), headers=headers)
    assert answer.status == 401
    assert await rows(database) == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[1]", 400),
        (b"{}", 400),
        (b'{"update_id": "5"}', 400),
        (b'{"update_id": -1}', 400),
        (b'{"update_id": true}', 400),
        (b'{"update_id": 99999999999999999999999}', 400),
        (b"[" * 100_000, 400),
        (b'{"update_id": 5, "x": "\\u0000\\ud800"}', 200),
        (b'{"update_id": 5, "message": null, "edited_message": 3}', 200),
        (b"x" * (limits.BOT_UPDATE_BYTES_MAX + 1), 413),
    ],
)
async def test_odd_bodies_never_break_it(hook: str, body: bytes, status: int) -> None:
    async with aiohttp.ClientSession() as client:
        answer = await client.post(hook, data=body, headers={SECRET_HEADER: SECRET})
    assert answer.status == status


async def test_a_large_body_without_a_length_is_413(hook: str) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 64 * 1024

    async with aiohttp.ClientSession() as client:
        answer = await client.post(hook, data=pieces(), headers={SECRET_HEADER: SECRET})
    assert answer.status == 413


async def test_each_person_gets_their_turn_in_order(inbox: Inbox) -> None:
    await inbox.accept([update(3), update(1), update(2, BEN), update(4, BEN)])
    first = await inbox.lease(10)
    assert [row.update_id for row in first] == [1, 2]
    assert await inbox.lease(10) == []
    async with inbox.database.begin() as connection:
        await inbox.handled(first[0], connection)
    assert [row.update_id for row in await inbox.lease(10)] == [3]


async def test_a_resting_update_holds_back_the_next_of_its_person(
    inbox: Inbox, clock: FakeClock
) -> None:
    await inbox.accept([update(1), update(2)])
    (row,) = await inbox.lease(10)
    await inbox.later(row, 5)
    assert await inbox.lease(10) == []
    clock.advance(5.1)
    (again,) = await inbox.lease(10)
    assert (again.update_id, again.attempts) == (1, 2)


async def test_a_crash_replays(inbox: Inbox, clock: FakeClock) -> None:
    await inbox.accept([update(1)])
    await inbox.lease(1)
    assert await inbox.lease(1) == []
    await inbox.release_all()
    assert [row.attempts for row in await inbox.lease(1)] == [2]
    clock.advance(limits.BOT_UPDATE_LEASE_S + 1)
    assert [row.attempts for row in await inbox.lease(1)] == [3]


async def test_old_rows_are_forgotten(inbox: Inbox, clock: FakeClock) -> None:
    await inbox.accept([update(1), update(2, BEN)])
    row = (await inbox.lease(1))[0]
    async with inbox.database.begin() as connection:
        await inbox.handled(row, connection)
    clock.advance(8 * 24 * 3600)
    await inbox.purge()
    assert [row["update_id"] for row in await rows(inbox.database)] == [2]


def test_whose_turn_it_is() -> None:
    assert user_key(update(1)) == "user:1001"
    assert user_key({"update_id": 1, **press(BEN, "x")}) == "user:1002"
    assert user_key({"update_id": 1, "poll": {"id": "1"}}) == "nobody"
    assert user_key({"update_id": 1, "channel_post": {"chat": {"id": -5}}}) == "chat:-5"


async def test_the_offset_moves_only_after_the_insert(town: BotTown) -> None:
    accept, calls = town.app._inbox.accept, 0

    async def away_once(updates: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise Unavailable("the database is away")
        await accept(updates)

    town.app._inbox.accept = away_once  # type: ignore[method-assign]  # one failing insert
    town.say("/help")
    await town.run()
    await town.sees("What I can do", within=15)
    await until(lambda: town.api.confirmed)
    assert calls >= 2


async def test_the_same_update_twice_acts_once(town: BotTown) -> None:
    await town.run()
    assert await town.app.name() == "cs_bot"
    number = town.say("/help")
    await town.sees("What I can do")
    town.api.update(text_message(ANN, "/help"), number)
    town.say("/privacy")
    await town.sees("Privacy")
    assert len([c for c in town.api.shown() if "What I can do" in c.words]) == 1


async def test_two_processes_poll_one_after_the_other(town: BotTown) -> None:
    other = town.new_app()
    await town.run()
    await other.start(town.nursery)
    for n in range(4):
        town.say(f"/profit {n}x")
    await town.sees("“3x”")
    assert len([c for c in town.api.shown() if "is no number" in c.words]) == 4
    await other.stop()


async def test_a_poison_update_is_set_aside_with_a_reference(town: BotTown) -> None:
    await town.run()
    body = text_message(ANN, "/status")
    body["message"]["date"] = {"not": "a date"}
    town.api.update(body)
    town.say("/help")
    told = await town.sees("Something went wrong on our side", "Reference: ")
    reference = told.words.rsplit(" ", 1)[1]
    row = await town.database.pool.fetchrow(
        "select * from telegram_updates where status = 'set_aside'"
    )
    assert row is not None
    assert row["reference"] == reference
    assert row["attempts"] == limits.BOT_UPDATE_TRIES
    await town.sees("What I can do")


async def test_a_pasted_key_is_deleted_and_never_stored(town: BotTown) -> None:
    await town.run()
    secret = "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"
    town.say(f"here is my key {secret}", message_id=77)
    await town.sees("That looked like a secret key", "I deleted your message")
    (gone,) = town.api.of("deleteMessage")
    assert gone.params == {"chat_id": ANN, "message_id": 77}
    dump = await town.database.pool.fetch("select payload from telegram_updates")
    assert all(secret not in row["payload"] for row in dump)


async def test_webhook_mode_says_so_to_telegram(town: BotTown) -> None:
    await town.app.stop()
    town.app = town.new_app(
        TELEGRAM_MODE="webhook",
        PUBLIC_URL="https://cs.example",
        TELEGRAM_WEBHOOK_SECRET=SECRET,
    )
    await town.app.start(town.nursery)
    await until(lambda: town.api.of("setWebhook"))
    told = town.api.of("setWebhook")[0].params
    assert told["url"] == "https://cs.example/webhooks/telegram"
    assert told["secret_token"] == SECRET
    assert {"message", "callback_query", "pre_checkout_query", "my_chat_member"} <= set(
        told["allowed_updates"]
    )
    app = web.Application()
    app.router.add_post("/webhooks/telegram", town.app.webhook_handler)
    server = TestServer(app)
    await server.start_server()
    async with aiohttp.ClientSession() as client:
        answer = await client.post(
            server.make_url("/webhooks/telegram"),
            data=json.dumps(update(9, text="/help")),
            headers={SECRET_HEADER: SECRET},
        )
        assert answer.status == 200
    await town.sees("What I can do")
    await server.close()


async def test_an_unreachable_telegram_delays_nothing(
    database: Database, bus: Bus, clock: FakeClock
) -> None:
    nowhere = FakeTelegram()
    nowhere.base = "http://127.0.0.1:9"
    town = await BotTown(database, bus, clock, nowhere).open()
    async with asyncio.timeout(2):
        await town.run()
    assert await town.app.name() is None
    await town.app._inbox.accept([update(1, text="/help")])

    async def written() -> bool:
        return bool(await database.pool.fetchval("select count(*) from telegram_outbox"))

    await until(written)
    await town.halt()
    await town.close()
