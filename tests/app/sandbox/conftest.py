"""A running stand-in, a real aiogram bot that believes it is Telegram, and a person's browser."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from PIL import Image

from app.sandbox.server import Sandbox
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput
from tests.support.clock import FakeClock

TOKEN = "7000000001:sandbox-token-of-the-tests-0123456789"
WEB_APP_URL = "http://127.0.0.1:8080/app/"
MIA = 1001
NOAH = 1002


@dataclass
class Market:
    """Two symbols somebody can move."""

    last: dict[str, str] = field(
        default_factory=lambda: {"BTC/USDT": "64250.5", "ETH/USDT": "3421.07"}
    )

    async def prices(self) -> dict[str, str]:
        return dict(self.last)

    async def set_price(self, symbol: str, price: Decimal) -> None:
        if symbol not in self.last:
            raise InvalidInput(f"{symbol} is not simulated", field="symbol")
        self.last[symbol] = str(price)


@dataclass
class Alerts:
    """Keeps what the control strip sent."""

    sent: list[tuple[int, str, str]] = field(default_factory=list)

    async def __call__(self, user_id: int, side: str, symbol: str) -> dict[str, Any]:
        self.sent.append((user_id, side, symbol))
        return {"id": "receipt-1", "state": "accepted"}


@dataclass
class Person:
    """Drives the page's interface as the browser does."""

    session: aiohttp.ClientSession
    base: str

    async def call(self, method: str, path: str, **kwargs: Any) -> tuple[int, Any]:
        async with self.session.request(method, f"{self.base}{path}", **kwargs) as answer:
            return answer.status, await answer.json(content_type=None)

    async def done(self, method: str, path: str, **kwargs: Any) -> Any:
        status, body = await self.call(method, path, **kwargs)
        assert 200 <= status < 300, (status, body)
        return body

    async def write(self, user_id: int, text: str, **more: Any) -> Any:
        body = {"text": text, **more}
        return await self.done("POST", f"/sandbox/api/chats/{user_id}/messages", json=body)

    async def press(self, user_id: int, message_id: int, data: str) -> str:
        body = {"message_id": message_id, "data": data}
        answer = await self.done("POST", f"/sandbox/api/chats/{user_id}/press", json=body)
        return str(answer["query_id"])

    async def messages(self, user_id: int, **query: int) -> list[Any]:
        path = f"/sandbox/api/chats/{user_id}/messages"
        page = await self.done("GET", path, params={k: str(v) for k, v in query.items()})
        return list(page["messages"])


@pytest.fixture
def market() -> Market:
    return Market()


@pytest.fixture
def alerts() -> Alerts:
    return Alerts()


MakeSandbox = Callable[..., Awaitable[Sandbox]]


@pytest.fixture
async def make_sandbox(
    database: Database, clock: FakeClock, market: Market, alerts: Alerts
) -> AsyncIterator[MakeSandbox]:
    """Starts stand-ins on this test's database; all are stopped at the end."""
    running: list[Sandbox] = []

    async def make(port: int = 0, on_clock: Clock = clock, **changes: Any) -> Sandbox:
        values: dict[str, Any] = {
            "bot_token": TOKEN,
            "web_app_url": WEB_APP_URL,
            "hook_poster": alerts,
            "market_control": market,
            **changes,
        }
        sandbox = Sandbox(database, on_clock, "127.0.0.1", port, **values)
        await sandbox.start()
        running.append(sandbox)
        return sandbox

    yield make
    for sandbox in running:
        await sandbox.stop()


@pytest.fixture
async def sandbox(make_sandbox: MakeSandbox) -> Sandbox:
    return await make_sandbox()


def bot_at(sandbox: Sandbox, token: str = TOKEN) -> Bot:
    """A real aiogram bot whose Telegram is the stand-in."""
    server = TelegramAPIServer.from_base(sandbox.api_url)
    return Bot(token, session=AiohttpSession(api=server))


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    made = bot_at(sandbox)
    yield made
    await made.session.close()


@pytest.fixture
async def person(sandbox: Sandbox) -> AsyncIterator[Person]:
    async with aiohttp.ClientSession() as session:
        yield Person(session, sandbox.api_url)


@pytest.fixture
async def mia(person: Person) -> Person:
    """Mia has pressed START, so the bot may write to her."""
    await person.write(MIA, "/start")
    return person


def picture(width: int = 640, height: int = 360, colour: str = "#2b5278") -> bytes:
    """A PNG of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, format="PNG")
    return out.getvalue()
