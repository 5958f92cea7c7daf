"""``countersign doctor``: checks everything and says how to fix it."""

from __future__ import annotations

import os
import socket
from dataclasses import asdict, dataclass

import aiohttp

from app.ground import ground
from foundation import limits
from foundation.db import check_schema
from foundation.errors import CountersignError
from foundation.settings import Settings
from miniapp.server.static import BUNDLE


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    text: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


async def examine(settings: Settings) -> list[Finding]:
    """Every check, in the order a person would make them."""
    return [
        _data_folder(settings),
        await _database(settings),
        _mini_app(),
        _port(settings),
        await _telegram(settings),
    ]


def _data_folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    there = folder
    while not there.exists():
        there = there.parent
    if os.access(there, os.W_OK):
        return Finding("data folder", True, str(folder))
    return Finding("data folder", False, f"{there} cannot be written: set DATA_DIR to another.")


async def _database(settings: Settings) -> Finding:
    kind = "DATABASE_URL" if settings.database_url else "embedded"
    try:
        async with ground(settings) as base:
            await check_schema(base.database)
    except CountersignError as error:
        return Finding("database", False, f"{kind}: {error.text}")
    return Finding("database", True, f"{kind}, tables are of this version")


def _mini_app() -> Finding:
    if (BUNDLE / "index.html").is_file():
        return Finding("mini app", True, "built")
    return Finding("mini app", False, "not built: run `pip install .` again, without skipping it.")


def _port(settings: Settings) -> Finding:
    host, port = settings.http_host, settings.http_port
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex((host if host != "0.0.0.0" else "127.0.0.1", port)) == 0  # noqa: S104 - compared, not bound
    text = f"{host}:{port} is in use (perhaps by a running Countersign)" if taken else "free"
    return Finding("port", True, text)


async def _telegram(settings: Settings) -> Finding:
    if settings.bot_token is None:
        return Finding("telegram", True, "no BOT_TOKEN: the sandbox takes Telegram's place")
    url = f"{settings.telegram_api_url}/bot{settings.bot_token.get_secret_value()}/getMe"
    timeout = aiohttp.ClientTimeout(total=limits.DOCTOR_TIMEOUT_S)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
            body = await response.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        text = "the Bot API does not answer: check TELEGRAM_API_URL and the network"
        return Finding("telegram", False, text)
    if body.get("ok"):
        return Finding("telegram", True, f"@{body['result'].get('username')}")
    text = "the Bot API refuses BOT_TOKEN: copy it from @BotFather again"
    return Finding("telegram", False, text)
