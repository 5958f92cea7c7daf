"""A message to the bot, and its answer on the wire, through the stand-in Bot API of the house.

30 people of the sandbox write `/help` one after another, twice (Telegram's own pace of one
message a second and chat is kept). Timed from the page's request until the answer is told on the
page's live stream: storing the update, the bot's long poll, its durable inbox, the handler, its
outbox, sendMessage, all in one process. Baseline: a message of the same person until it is told
on the same stream, with no bot in between.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence

import aiohttp

from tests.bench.table import Row, percentile
from tests.bench.world import World
from tests.support.house import House
from tests.support.until import until

_PEOPLE = 30
_ROUNDS = 2


class _Ear:
    """Hears the page's stream: when which chat was told which message."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.heard: dict[int, list[tuple[float, bool]]] = {}
        self.listening = asyncio.Event()
        self.news = asyncio.Event()

    async def listen(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        url = f"{self._house.sandbox_url}/sandbox/api/stream"
        async with self._house.session.get(url, timeout=timeout) as response:
            self.listening.set()
            async for line in response.content:
                if not line.startswith(b"data: "):
                    continue
                told = json.loads(line[6:])
                message = told.get("message")
                if isinstance(message, dict):
                    by_bot = bool(message["from"]["is_bot"])
                    moments = self.heard.setdefault(message["chat"]["id"], [])
                    moments.append((time.perf_counter(), by_bot))
                    self.news.set()

    async def first(self, chat: int, after: float, *, by_bot: bool) -> float:
        """The moment the chat was told something after ``after``."""
        async with asyncio.timeout(30):
            while True:
                self.news.clear()
                for moment, bot in self.heard.get(chat, []):
                    if moment > after and bot is by_bot:
                        return moment
                await self.news.wait()


async def run(world: World) -> Sequence[Row]:
    house = world.new_house(await world.new_database())
    world.say("chat: starting the house")
    async with house:
        people = [await _person(house, number) for number in range(_PEOPLE)]
        ear = _Ear(house)
        listening = asyncio.ensure_future(ear.listen())  # noqa: TID251 - cancelled below
        await ear.listening.wait()
        for person in people:
            began = time.perf_counter()
            await house.say("/start", person)
            await ear.first(person, began, by_bot=True)
        world.say("chat: asking for help")
        answers, told = [], []
        for _ in range(_ROUNDS):
            for person in people:
                began = time.perf_counter()
                await house.say("/help", person)
                told.append((await ear.first(person, began, by_bot=False) - began) * 1000)
                answers.append((await ear.first(person, began, by_bot=True) - began) * 1000)
        listening.cancel()
    return [
        Row(
            "chat", "update → reply on the wire: p95", percentile(answers, 0.95), "ms", 50,
            baseline=percentile(told, 0.95), baseline_is="the message told without a bot",
            note=f"p50 {percentile(answers, 0.5):.1f} ms",
        )
    ]  # fmt: skip


async def _person(house: House, number: int) -> int:
    url = f"{house.sandbox_url}/sandbox/api/users"

    async def added() -> int | None:
        status, body = await house.post(url, {"first_name": f"Person {number}"})
        return body["id"] if status == 201 else None

    person: int = await until(added, within=10)
    return person
