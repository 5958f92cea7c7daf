"""The whole server on a loopback port: real tables, real windows, a clock that stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, hdrs
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from engine.api.entitlements import Entitlements
from engine.api.events import Events
from engine.api.front import Front
from engine.api.groups import Groups
from engine.api.installation import Installation
from engine.api.performance import Neighbours, Performance
from engine.api.queue import Queue
from engine.api.risk import Risk
from engine.api.settings_window import SettingsWindow
from engine.api.targets import Targets
from engine.api.trades import Trades
from engine.api.views import OfferView
from engine.store.remembered import Remembered
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.people import Admission, People
from foundation.settings import load_settings
from miniapp.server.app import build_app
from miniapp.server.deps import ServerDeps
from miniapp.server.initdata import sign
from tests.engine.offers.kit import Town
from tests.support.clock import FakeClock
from tests.support.keys import make_keys
from tests.support.webhooks import make_webhooks

ADA = 1001
"""The Telegram id of the person whose account the town has made."""
BOB = 2
BOT_TOKEN = "7000000001:test-bot-token-of-the-server-tests"
PEM = ed25519.Ed25519PrivateKey.generate().private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


def init_data(clock: FakeClock, telegram_id: int = ADA, **changes: Any) -> str:
    """Init data as Telegram signs it; keywords change fields, ``token`` the bot."""
    token = changes.pop("token", BOT_TOKEN)
    user = {"id": telegram_id, "first_name": f"User {telegram_id}", "language_code": "en"}
    fields = {
        "auth_date": str(int(clock.now().timestamp())),
        "query_id": "AAA",
        "user": json.dumps(user),
        "signature": "not-checked-here",
    } | changes
    return urlencode(fields | {"hash": sign(fields, token)})


@dataclass
class Person:
    """A signed-in person: their bearer, and their paper account."""

    id: str
    token: str
    renew_token: str
    account: str
    headers: dict[str, str] = field(default_factory=dict)


class Site:
    """Server and people; every request goes over the wire."""

    def __init__(self, town: Town, settings: Mapping[str, str]) -> None:
        self.town = town
        self.clock = town.clock
        self.database = town.database
        self.settings = load_settings({"DATA_DIR": "unused", **settings})
        self.people = People(town.database, town.clock, Admission(first_is_owner=False))
        self.front = make_front(town)
        self.moved: list[tuple[str, str]] = []
        self.sandbox_url: str | None = "http://127.0.0.1:8081/sandbox"
        self.nursery = Nursery(get_logger("tests"))
        self.server: TestServer
        self.http: ClientSession

    async def open(self) -> Site:
        self.server = TestServer(build_app(self.deps()))
        await self.server.start_server()
        self.http = ClientSession()
        return self

    async def close(self) -> None:
        await self.http.close()
        await self.server.close()
        await self.nursery.stop()

    def deps(self) -> ServerDeps:
        return ServerDeps(
            settings=self.settings,
            front=self.front,
            people=self.people,
            database=self.town.database,
            clock=self.clock,
            bus=self.town.bus,
            jwt_private_key_pem=PEM,
            bot_token=BOT_TOKEN,
            bot_username=_bot_username,
            telegram_webhook=lambda: None,
            sandbox_url=self.sandbox_url,
            move_market=self._move,
        )

    async def _move(self, body: Mapping[str, Any]) -> dict[str, str]:
        symbol, price = str(body.get("symbol")), str(body.get("price"))
        self.moved.append((symbol, price))
        return {"symbol": symbol, "price": price}

    def url(self, path: str) -> str:
        return str(self.server.make_url("/")).rstrip("/") + path

    async def ask(self, method: str, path: str, **how: Any) -> ClientResponse:
        """One request; the body is read, so that the answer can be looked at in peace."""
        as_ = how.pop("as_", None)
        headers = {**(as_.headers if as_ else {}), **how.pop("headers", {})}
        how.setdefault("allow_redirects", False)
        async with self.http.request(method, self.url(path), headers=headers, **how) as answer:
            await answer.read()
            return answer

    async def get(self, path: str, **how: Any) -> ClientResponse:
        return await self.ask("GET", path, **how)

    async def post(self, path: str, body: Any = None, **how: Any) -> ClientResponse:
        return await self.ask("POST", path, json={} if body is None else body, **how)

    async def json(self, path: str, **how: Any) -> Any:
        """The document at this path, which must be there."""
        answer = await self.get(path, **how)
        assert answer.status == 200, await answer.text()
        return await answer.json()

    async def sign_in(self, telegram_id: int = ADA) -> Person:
        """Sign in as Telegram would let them; the sign-in limit is not what is tested here."""
        self.clock.advance(6)
        header = {hdrs.AUTHORIZATION: f"tma {init_data(self.clock, telegram_id)}"}
        answer = await self.post("/api/v1/session", headers=header)
        assert answer.status == 200, await answer.text()
        given = await answer.json()
        bearer = {hdrs.AUTHORIZATION: f"Bearer {given['token']}"}
        listed = await self.json("/api/v1/accounts", headers=bearer)
        return Person(
            given["user"]["id"],
            given["token"],
            given["renew_token"],
            listed["items"][0]["id"],
            bearer,
        )

    async def stream(self, token: str, **how: Any) -> ClientWebSocketResponse:
        """An open socket that has said who it is."""
        socket = await self.http.ws_connect(self.url("/api/v1/stream"), **how)
        await socket.send_json({"token": token})
        return socket

    async def taken(self, offer: OfferView) -> OfferView:
        """The offer, approved and put into effect, with what the account made of it."""
        await self.town.approve(offer)
        self.clock.advance(6)
        await self.town.actors.effect.turn()
        await self.town.work()
        await self.town.actors.outcomes.turn()
        return await self.town.again(offer)

    def run_worker(self) -> None:
        """Decide whatever comes, in the background, and say so."""

        async def turns() -> None:
            while True:
                mark = self.town.bus.mark("inbox")
                while await self.town.worker.turn():
                    pass
                await self.town.bus.wait("inbox", 0.05, since=mark)

        self.nursery.start("worker", turns)


def make_front(town: Town) -> Front:
    """Every window on the town, as the wiring bundles them."""
    database, clock, bus = town.database, town.clock, town.bus
    neighbours = Neighbours(town.markets, town.offers.waiting, town.receipts.last)
    accounts = Remembered(database)
    return Front(
        accounts=town.accounts,
        groups=Groups(database, clock, bus),
        queue=Queue(database, clock, bus, town.market, accounts),
        risk=Risk(database, clock, bus, town.market, accounts),
        events=Events(database),
        performance=Performance(database, clock, neighbours),
        markets=town.markets,
        hooks=town.hooks,
        receipts=town.receipts,
        offers=town.offers,
        signals=town.signals,
        keys=make_keys(database, clock, bus),
        targets=Targets(database, clock, bus, town.market),
        trades=Trades(database, clock),
        settings=SettingsWindow(database, clock, bus, town.market),
        webhooks=make_webhooks(database, clock, bus),
        installation=Installation(database, clock, bus),
        entitlements=Entitlements(database, clock, bus),
    )


async def problem_of(answer: ClientResponse, status: int, code: str | None = None) -> Any:
    """The problem document of an answer that must be one, with this status and code."""
    assert answer.status == status, await answer.text()
    assert answer.content_type == "application/problem+json"
    body = await answer.json()
    assert set(body) == {
        "type",
        "title",
        "status",
        "code",
        "detail",
        "reference",
        "errors",
        "data",
    }
    assert body["status"] == status
    if code is not None:
        assert body["code"] == code, body
    return body


async def _bot_username() -> str:
    return "countersign_test_bot"
