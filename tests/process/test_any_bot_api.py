"""With BOT_TOKEN set the product has no sandbox, and talks to any server of the Bot API."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import aiohttp
import asyncpg
import pytest

from tests.process.conftest import Build
from tests.support.databases import at_database
from tests.support.house import MIA, ROOT, House, free_ports
from tests.support.until import until

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]

TOKEN = "7654321:a-token-as-BotFather-gives-them-out"


class BotApi:
    """A Bot API server on a database of its own."""

    def __init__(self, dsn: str) -> None:
        self.port = free_ports()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.process.botapi", dsn, str(self.port), TOKEN], cwd=ROOT
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self) -> None:
        self._process.terminate()
        self._process.wait(15)


@pytest.fixture
async def other_dsn(postgres_dsn: str) -> Any:
    """A second database: whose server the Bot API is knows nothing of ours."""
    server = await asyncpg.connect(postgres_dsn)
    await server.execute("create database bot_api_of_others")
    yield at_database(postgres_dsn, "bot_api_of_others")
    await server.execute("drop database bot_api_of_others with (force)")
    await server.close()


@pytest.fixture
def bot_api(other_dsn: str) -> Iterator[BotApi]:
    server = BotApi(other_dsn)
    yield server
    server.end()


async def _answered(house: House, bot_api: BotApi) -> dict[str, Any]:
    """Mia writes /start at the other server; the bot's answer there."""
    chat = f"{bot_api.url}/sandbox/api/chats/{MIA}/messages"

    async def up() -> bool:
        try:
            return (await house.get(chat))[0] == 200
        except aiohttp.ClientError:
            return False

    await until(up, within=30)
    status, _ = await house.post(chat, {"text": "/start"})
    assert status == 201

    async def answer() -> dict[str, Any] | None:
        messages = (await house.get(chat))[1]["messages"]
        replies = [message for message in messages if message["from"]["is_bot"]]
        return replies[0] if replies else None

    reply: dict[str, Any] = await until(answer, within=60, every=0.05)
    return reply


async def _has_no_sandbox(house: House) -> bool:
    try:
        await house.get(f"{house.sandbox_url}/sandbox")
    except aiohttp.ClientError:
        return await house.value("select count(*) from sandbox_messages") == 0
    return False


async def test_by_polling(build: Build, bot_api: BotApi) -> None:
    async with build(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=bot_api.url) as house:
        reply = await _answered(house, bot_api)
        assert "Hello, Mia" in reply["text"]
        assert await _has_no_sandbox(house)


async def test_by_webhook(build: Build, bot_api: BotApi) -> None:
    house = build(BOT_TOKEN=TOKEN, TELEGRAM_API_URL=bot_api.url, TELEGRAM_MODE="webhook")
    house.configure(PUBLIC_URL=house.url)
    async with house:
        reply = await _answered(house, bot_api)
        assert "Hello, Mia" in reply["text"]
        assert await _has_no_sandbox(house)
        _, info = await house.get(f"{bot_api.url}/bot{TOKEN}/getWebhookInfo")
        assert info["result"]["url"] == f"{house.url}/webhooks/telegram"
        assert info["result"]["pending_update_count"] == 0
        # without the secret Telegram was given, nobody may bring updates
        status, _ = await house.post("/webhooks/telegram", {"update_id": 1})
        assert status in (401, 403, 404)
