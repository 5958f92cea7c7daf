"""A whole Countersign as people start it: a real process on free ports in a folder of its own.

Tests talk to it over HTTP, look into its database, kill it and start it again.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import asyncpg
import psutil

from app.ground import Ground, ground
from app.run import SANDBOX_BOT_ID
from app.sandbox.page.launch import init_data
from app.trading import make_front
from engine.api.front import Front
from engine.domain.account import Account
from engine.domain.ids import derived_id
from engine.domain.settings import AccountSettings
from engine.store.registry import NewAccount, open_account
from foundation.clock import WallClock
from foundation.crypto import derived_token, load_or_create_keys
from foundation.settings import Settings, load_settings
from tests.support.until import until

ROOT: Final = Path(__file__).parents[2]
MIA: Final = 1001
"""The sandbox's first person."""
_START_S: Final = 60.0
_STOP_S: Final = 15.0
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TZ", "PYTHONDONTWRITEBYTECODE", "LD_LIBRARY_PATH")


class House:
    """One installation; `start`, `kill` and `stop` its process as often as you like.

    `folder` holds DATA_DIR and the log; `env` are further settings. With `account` (a numeric
    user id) the process runs as that user, who must be able to reach `folder`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        account: int | None = None,
        command: str = "run",
        **env: str,
    ) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.port = free_ports()
        self.log = folder / "house.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._account = account
        self._command = command
        self._settings = {
            "DATA_DIR": str(self.data_dir),
            "HTTP_PORT": str(self.port),
            "MARKET_FEED": "simulated",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "warning",
            "HOME": str(folder),
            **env,
        }
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> House:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # --- the process --------------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    @property
    def environment(self) -> dict[str, str]:
        """What the process sees: a few names of ours and the settings, nothing else."""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        return {**kept, **self._settings}

    @property
    def settings(self) -> Settings:
        return load_settings(self.environment)

    def configure(self, **env: str) -> None:
        """Change settings for the next start."""
        self._settings.update(env)

    def launch(self) -> None:
        """Start the process and return at once."""
        assert self.process is None or self.process.poll() is not None, "it runs already"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", self._command],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                user=self._account,
                group=self._account,
                extra_groups=[] if self._account is not None else None,
            )

    async def start(self, within: float = _START_S) -> float:
        """Start it and wait until it is ready; returns the seconds that took."""
        began = time.monotonic()
        self.launch()
        await self.ready(within)
        return time.monotonic() - began

    async def ready(self, within: float = _START_S) -> None:
        """Wait for `/ready` (a server alone: `/health`); an early death fails with the log."""
        path = "/health" if self._command == "server" else "/ready"

        async def answers() -> bool:
            assert self.process is not None
            code = self.process.poll()
            assert code is None, f"ended with {code}:\n{self.tail()}"
            try:
                status, _ = await self.get(path)
            except (aiohttp.ClientError, TimeoutError):
                return False
            return status == 200

        try:
            await until(answers, within=within, every=0.02)
        except AssertionError as error:
            raise AssertionError(f"not ready: {error}\n{self.tail()}") from None

    async def bot_at_work(self, within: float = _START_S) -> None:
        """Wait until the sandbox's bot listens: its libraries load after the pages are up."""

        async def introduced() -> bool:
            _, chat = await self.get(f"{self.sandbox_url}/sandbox/api/chats/{MIA}")
            return bool(chat["commands"])

        await until(introduced, within=within, every=0.02)

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        """Stop it between two instructions; it does not notice."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    async def stop(self, within: float = _STOP_S) -> int:
        """SIGTERM; returns the exit code. TimeoutExpired when it does not go."""
        process = self.process
        assert process is not None
        process.terminate()
        return await asyncio.to_thread(process.wait, within)

    async def close(self) -> None:
        """Whatever runs ends: politely if it can, the embedded database too."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            try:
                await self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        postmaster = self.postmaster()
        if postmaster is not None:
            postmaster.send_signal(signal.SIGINT)
            await asyncio.to_thread(postmaster.wait, _STOP_S)

    def postmaster(self) -> psutil.Process | None:
        """The embedded Postgres server, if one runs in our folder."""
        data = self.data_dir / "postgres" / "data"
        try:
            pid = int((data / "postmaster.pid").read_text().splitlines()[0])
            process = psutil.Process(pid)
            return process if str(data) in process.cmdline() else None
        except (FileNotFoundError, NotADirectoryError, ValueError, IndexError, psutil.Error):
            return None

    def tail(self, characters: int = 4000) -> str:
        """The end of what it printed."""
        return self.log.read_text(errors="replace")[-characters:] if self.log.exists() else ""

    def run(self, *args: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Another `countersign` command in the same installation."""
        return subprocess.run(
            [sys.executable, "-m", "app.cli", *args],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    # --- the database -------------------------------------------------------------------------

    @property
    def dsn(self) -> str:
        """The database's address: the one given, or the embedded server's."""
        given = self._settings.get("DATABASE_URL")
        if given:
            return given
        data = self.data_dir / "postgres" / "data"
        lines = (data / "postmaster.pid").read_text().splitlines()
        password = quote((data / "app_password").read_text(), safe="")
        host = quote(lines[4], safe="")
        return f"postgresql://app:{password}@/postgres?host={host}&port={lines[3]}"

    async def sql(self, query: str, *args: Any) -> list[asyncpg.Record]:
        """Rows of a query, on a connection of its own."""
        connection = await asyncpg.connect(self.dsn)
        try:
            rows: list[asyncpg.Record] = await connection.fetch(query, *args)
            return rows
        finally:
            await connection.close()

    async def value(self, query: str, *args: Any) -> Any:
        rows = await self.sql(query, *args)
        return rows[0][0] if rows else None

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[tuple[Ground, Front]]:
        """The engine's front door in this process, on the house's database."""
        settings = load_settings({**self.environment, "DATABASE_URL": self.dsn})
        async with ground(settings) as base:
            yield base, make_front(base)

    # --- HTTP ---------------------------------------------------------------------------------

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            # a connection of a killed process must not be used again
            connector = aiohttp.TCPConnector(limit=0, force_close=True)
            self._session = aiohttp.ClientSession(connector=connector)
        return self._session

    async def get(self, path: str, token: str | None = None) -> tuple[int, Any]:
        """Status and JSON of a GET; `path` may be a whole address."""
        return await self._ask("GET", path, None, token)

    async def get_text(self, path: str) -> tuple[int, str]:
        """Status and text of a GET, for pages."""
        async with self.session.get(self.url + path) as response:
            return response.status, await response.text()

    async def post(self, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        """Status and JSON of a POST; `path` may be a whole address."""
        return await self._ask("POST", path, {} if body is None else body, token)

    async def _ask(self, method: str, path: str, body: Any, token: str | None) -> tuple[int, Any]:
        url = path if path.startswith("http") else self.url + path
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None

    @property
    def bot_token(self) -> str:
        """The token given, or the sandbox bot's of this installation."""
        given = self._settings.get("BOT_TOKEN")
        if given:
            return given
        key = load_or_create_keys(self.settings).encryption_key
        return f"{SANDBOX_BOT_ID}:{derived_token(key, 'sandbox bot')}"

    async def sign_in(self, telegram_id: int = MIA, first_name: str = "Mia") -> str:
        """A session's bearer token, by init data signed with the bot's token."""
        person = {"id": telegram_id, "first_name": first_name, "language_code": "en"}
        signed = init_data(self.bot_token, person, WallClock().now())
        headers = {"Authorization": f"tma {signed}"}
        async with self.session.post(f"{self.url}/api/v1/session", headers=headers) as response:
            body = await response.json()
            assert response.status == 200, body
            bearer: str = body["token"]
            return bearer

    # --- the chat -----------------------------------------------------------------------------

    async def say(self, text: str, chat: int = MIA) -> None:
        """Write to the bot."""
        status, body = await self.post(
            f"{self.sandbox_url}/sandbox/api/chats/{chat}/messages", {"text": text}
        )
        assert status == 201, body

    async def newcomer(self, first_name: str, language: str = "en") -> int:
        """Somebody new in the sandbox; their Telegram id, which is their chat's, too."""
        body = {"first_name": first_name, "language_code": language}
        status, person = await self.post(f"{self.sandbox_url}/sandbox/api/users", body)
        assert status == 201, person
        telegram_id: int = person["id"]
        return telegram_id

    async def messages(self, chat: int = MIA) -> list[dict[str, Any]]:
        """What stands in the chat, oldest first."""
        status, body = await self.get(
            f"{self.sandbox_url}/sandbox/api/chats/{chat}/messages?limit=200"
        )
        assert status == 200, body
        found: list[dict[str, Any]] = body["messages"]
        return found

    async def press(self, message_id: int, data: str, chat: int = MIA) -> int:
        """Press a button; returns the HTTP status."""
        status, _ = await self.post(
            f"{self.sandbox_url}/sandbox/api/chats/{chat}/press",
            {"message_id": message_id, "data": data},
        )
        return status

    async def button(self, label: str, chat: int = MIA, within: float = 60) -> tuple[int, str]:
        """Message and data of the newest button whose label contains `label`."""

        async def found() -> tuple[int, str] | None:
            for message in reversed(await self.messages(chat)):
                for one in _buttons(message):
                    if label in one.get("text", "") and "callback_data" in one:
                        return message["message_id"], one["callback_data"]
            return None

        pressed: tuple[int, str] = await until(found, within=within, every=0.05)
        return pressed

    # --- market, hooks and accounts -----------------------------------------------------------

    async def market(self, symbol: str, price: str) -> None:
        """Move the simulated market."""
        status, body = await self.post("/sandbox/market", {"symbol": symbol, "price": price})
        assert status == 200, body

    async def price(self, symbol: str) -> str:
        _, body = await self.get(f"{self.sandbox_url}/sandbox/market")
        price: str = body["prices"][symbol]
        return price


class Desk:
    """One trader's account with a hook, made inside; posts alerts like TradingView."""

    def __init__(self, house: House, user_id: str, account_id: str, path: str, secret: str) -> None:
        self.house = house
        self.user_id = user_id
        self.account_id = account_id
        self.path = path
        self.secret = secret

    def alert(self, symbol: str, price: str, alert_id: str, side: str = "long") -> dict[str, Any]:
        """A first entry on this side, stamped now."""
        return alert(symbol, price, alert_id, side, self.secret)

    async def send(self, body: Mapping[str, Any]) -> tuple[int, Any]:
        return await self.house.post(self.path, body)


async def open_desks(
    house: House, count: int, settings: AccountSettings, *, telegram_id: int = MIA
) -> list[Desk]:
    """Accounts `desk-0`, `desk-1` … of one person, each with a hook."""
    desks = []
    async with house.inside() as (base, front):
        user = await base.people.ensure(telegram_id, "Mia", None, "en")
        for number in range(count):
            account_id = derived_id("account", user.id, f"desk-{number}")
            account = Account(account_id, "paper", settings)
            new = NewAccount(account, user.id, f"desk-{number}", base.clock.now())
            await open_account(base.database, new)
            hook = await front.hooks.create(user.id, account_id, f"hook-{number}")
            desks.append(Desk(house, user.id, account_id, hook.path, hook.secret))
    return desks


def alert(symbol: str, price: str, alert_id: str, side: str, secret: str | None) -> dict[str, Any]:
    """A nested alert as TradingView sends it: from flat to long or short."""
    now = WallClock().now() - timedelta(seconds=1)
    body: dict[str, Any] = {
        "alert_id": alert_id,
        "timestamp": now.isoformat(),
        "tv": {
            "exchange": "BINANCE",
            "symbol": symbol.replace("/", ""),
            "timeframe": "15",
            "action": "buy" if side == "long" else "sell",
            "market_position": side,
            "market_position_size": "1",
            "prev_market_position": "flat",
            "prev_market_position_size": "0",
            "entry_price": price,
            "close_price": price,
            "order_size": "1",
        },
        "strategy_info": {"trade_id": alert_id, "alert_name": "Test", "alert_message": "test"},
    }
    if secret is not None:
        body["secret"] = secret
    return body


def free_ports() -> int:
    """A port that is free and whose next one is, too."""
    for _ in range(100):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
    raise AssertionError("no two free ports side by side")


def _buttons(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]
