"""Outgoing webhooks: every event, signed, at least once, in order; private addresses never."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from engine.api.events import Events
from engine.api.webhooks import Webhooks, WebhookView
from engine.domain.notices import Notice, NoticeKind
from engine.runtime.outgoing import DELIVERY, EVENT, SIGNATURE, Outgoing
from engine.store import webhooks as store
from engine.store.faults import transaction
from engine.store.telling import Told, tell
from foundation import limits
from foundation.bus import Bus
from foundation.crypto import Vault
from foundation.db import Database
from tests.engine.store.kit import BehindPostgres, approved, work
from tests.support.clock import FakeClock
from tests.support.events import EVENTS
from tests.support.house import ROOT
from tests.support.keys import VAULT_KEY
from tests.support.until import until

USER = "user"
_SOMEBODY_WAITS = "select count(*) from pg_locks where not granted"


class Receiver:
    """Somebody's server: remembers what was posted, answers as told."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.hold: asyncio.Event | None = None
        app = web.Application()
        app.router.add_post("/hook", self._hook)
        self.server = TestServer(app)

    async def _hook(self, request: web.Request) -> web.Response:
        self.posts.append((dict(request.headers), await request.read()))
        if self.hold is not None:
            await self.hold.wait()
        headers = {"Location": "/elsewhere"} if self.status == 302 else {}
        return web.Response(status=self.status, headers=headers)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.posts]


@pytest.fixture
def postgres(database: Database) -> BehindPostgres:
    return BehindPostgres(database)


class Scene:
    """An account with events, a receiver, and the deliverer."""

    def __init__(self, behind: BehindPostgres, bus: Bus, receiver: Receiver) -> None:
        self.behind = behind
        self.database: Database = behind.database
        self.clock = FakeClock()
        self.receiver = receiver
        self.hooks = Webhooks(self.database, self.clock, bus, Vault(VAULT_KEY), allow_private=True)
        self.bus = bus

    def outgoing(self, *, allow_private: bool = True) -> Outgoing:
        vault = Vault(VAULT_KEY)
        return Outgoing(self.database, self.clock, self.bus, vault, allow_private=allow_private)

    async def make(self) -> WebhookView:
        user = await self.database.pool.fetchval("select user_id from accounts where id = 'acc'")
        url = str(self.receiver.server.make_url("/hook"))
        return await self.hooks.create(user, "acc", url, "Ledger")

    async def happen(self, name: str, **changes: object) -> None:
        await work(self.behind.store, "acc", self.clock.now(), approved("acc", name, **changes))

    async def turn(self, *, allow_private: bool = True) -> None:
        outgoing = self.outgoing(allow_private=allow_private)
        async with outgoing.session() as session:
            await outgoing.turn(session)

    async def told(self) -> list[str]:
        events, _ = await Events(self.database).read(None)
        return [str(event.id) for event in events]

    async def row(self) -> Any:
        return await self.database.pool.fetchrow("select * from webhooks")


@pytest.fixture
async def scene(postgres: BehindPostgres, bus: Bus) -> AsyncIterator[Scene]:
    receiver = Receiver()
    await receiver.server.start_server()
    await postgres.open("acc")
    yield Scene(postgres, bus, receiver)
    await receiver.server.close()


async def test_every_event_of_the_account_is_delivered_in_order_and_signed(scene: Scene) -> None:
    await scene.happen("before")
    made = await scene.make()
    known = len(await scene.told())
    await scene.happen("s1")
    await scene.turn()
    assert [event["id"] for event in scene.receiver.events] == (await scene.told())[known:]
    assert scene.receiver.events[0]["kind"] == "signal_received"
    assert scene.receiver.events[0]["account"] == "acc"
    headers, body = scene.receiver.posts[0]
    assert headers[EVENT] == "signal_received"
    assert headers[DELIVERY] == scene.receiver.events[0]["id"]
    stamp, _, mac = headers[SIGNATURE].partition(",")
    moment = stamp.removeprefix("t=")
    assert int(moment) == int(scene.clock.now().timestamp())
    signed = hmac.new(made.secret.encode(), f"{moment}.".encode() + body, hashlib.sha256)
    assert mac == f"v1={signed.hexdigest()}"
    await scene.turn()
    assert len(scene.receiver.posts) == len(await scene.told()) - known


async def test_what_was_not_taken_is_posted_again_later_and_the_rest_after_it(
    scene: Scene,
) -> None:
    await scene.make()
    await scene.happen("s1")
    scene.receiver.status = 503
    await scene.turn()
    await scene.turn()
    assert len(scene.receiver.posts) == 1  # it backs off
    row = await scene.row()
    assert (row["failures"], row["last_answer"]) == (1, "503 Service Unavailable")
    scene.receiver.status = 204
    scene.clock.advance(limits.WEBHOOK_RETRY_FIRST_S)
    await scene.turn()
    ids = [event["id"] for event in scene.receiver.events]
    assert ids == [(await scene.told())[0], *(await scene.told())]
    assert (await scene.row())["failures"] == 0


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_only_a_2xx_counts_as_taken_and_no_redirect_is_followed(
    scene: Scene, status: int
) -> None:
    await scene.make()
    await scene.happen("s1")
    scene.receiver.status = status
    await scene.turn()
    assert len(scene.receiver.posts) == 1
    assert (await scene.row())["failures"] == 1


async def test_after_too_many_failures_it_is_switched_off_with_a_notice(scene: Scene) -> None:
    made = await scene.make()
    await scene.happen("s1")
    scene.receiver.status = 500
    for _ in range(limits.WEBHOOK_FAILURES_MAX + 2):
        await scene.turn()
        scene.clock.advance(limits.WEBHOOK_RETRY_MAX_S)
    assert len(scene.receiver.posts) == limits.WEBHOOK_FAILURES_MAX
    assert (await scene.row())["disabled_at"] is not None
    events, _ = await Events(scene.database).read(None)
    assert events[-1].kind == NoticeKind.WEBHOOK_DISABLED
    assert events[-1].data == {"webhook": made.id, "label": "Ledger"}
    assert "switched off after 20 failed tries" in events[-1].reason
    scene.receiver.status = 200
    user = (await scene.row())["user_id"]
    await scene.hooks.enable(user, made.id)
    await scene.turn()
    assert scene.receiver.events[-1]["kind"] == "webhook_disabled"


async def test_no_private_address_is_reached_unless_a_setting_allows_it(scene: Scene) -> None:
    await scene.make()
    await scene.happen("s1")
    await scene.turn(allow_private=False)
    assert scene.receiver.posts == []
    assert (await scene.row())["failures"] == 1
    port = scene.receiver.server.port
    inside = f"https://localhost.localdomain:{port}/hook"
    await scene.database.pool.execute("update webhooks set url = $1, retry_at = null", inside)
    await scene.turn(allow_private=False)
    assert (await scene.row())["failures"] == 2


async def test_an_address_that_does_not_answer_delays_no_other(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WEBHOOK_TIMEOUT_S", 0.2)
    await scene.make()
    other = Receiver()
    await other.server.start_server()
    slow = str(other.server.make_url("/hook"))
    other.hold = asyncio.Event()
    user = (await scene.row())["user_id"]
    await scene.hooks.create(user, "acc", slow, "Slow")
    await scene.happen("s1")
    await scene.turn()
    other.hold.set()
    await other.server.close()
    assert len(scene.receiver.posts) == len(await scene.told())
    asked = "select failures from webhooks where url = $1"
    failures = await scene.database.pool.fetchval(asked, slow)
    assert failures == 1


async def test_two_deliverers_do_not_post_the_same_at_once(scene: Scene) -> None:
    await scene.make()
    await scene.happen("s1")
    held = timedelta(seconds=limits.WEBHOOK_LEASE_S)
    [leased] = await store.lease(scene.database, scene.clock.now(), held, 10)
    await scene.turn()
    assert scene.receiver.posts == []
    scene.clock.advance(limits.WEBHOOK_LEASE_S)  # it died
    await scene.turn()
    assert len(scene.receiver.posts) == len(await scene.told())
    assert leased["failures"] == 0


async def test_events_for_every_state_change_to_outgoing_webhooks(scene: Scene) -> None:
    await scene.make()
    told = [Told("acc", Notice(NoticeKind(name), f"{name}.")) for name in EVENTS]
    async with transaction(scene.database) as pooled:
        await tell(pooled, told, scene.clock.now())
    await scene.turn()
    assert [event["kind"] for event in scene.receiver.events] == list(EVENTS)
    listed = (ROOT / "docs" / "webhooks.md").read_text()
    assert [name for name in EVENTS if f"`{name}`" not in listed] == []


async def test_what_no_decision_writes_comes_in_order_between_the_decisions(scene: Scene) -> None:
    """Told while a decision is being written: it waits, and comes after it."""
    await scene.make()
    await scene.happen("s1")
    async with asyncio.TaskGroup() as group, scene.database.pool.acquire() as deciding:
        transaction = deciding.transaction()
        await transaction.start()
        await deciding.execute("update accounts set seq = seq + 1 where id = 'acc'")
        notice = Notice(NoticeKind.ENGINE_STATE, "It stands.")
        told = group.create_task(scene.behind.store.tell(notice, scene.clock.now()))
        await until(lambda: scene.database.pool.fetchval(_SOMEBODY_WAITS))
        await deciding.execute(
            "insert into events (account_id, seq, at, kind, reason, severity, data) "
            "select id, seq, now(), 'queued', '', 'info', '{}' from accounts"
        )
        await transaction.commit()
        await told
    await scene.turn()
    events = scene.receiver.events
    assert [event["kind"] for event in events][-2:] == ["queued", "engine_state"]
    assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)


class Waits:
    """A bus that remembers what was waited for, and ends the waiter at the second time."""

    def __init__(self) -> None:
        self.topics: list[str] = []

    def wake(self, topic: str) -> None:
        return

    def mark(self, topic: str) -> int:
        return 0

    async def wait(self, topic: str, timeout: float, since: int | None = None) -> bool:
        self.topics.append(topic)
        if len(self.topics) == 2:
            raise asyncio.CancelledError
        return False


@pytest.mark.parametrize(("listening", "topic"), [(False, "webhooks"), (True, "events")])
async def test_events_wake_nobody_while_no_webhook_listens(
    scene: Scene, listening: bool, topic: str
) -> None:
    if listening:
        await scene.make()
    bus = Waits()
    outgoing = Outgoing(scene.database, scene.clock, bus, Vault(VAULT_KEY), allow_private=True)
    with pytest.raises(asyncio.CancelledError):
        await outgoing.run()
    assert bus.topics == [topic, topic]


async def test_the_first_webhook_is_heard_of_at_once(scene: Scene) -> None:
    async with asyncio.TaskGroup() as group:
        running = group.create_task(scene.outgoing().run())
        await until(lambda: scene.bus._waiters["webhooks"])
        await scene.make()
        await scene.happen("s1")
        scene.bus.wake("events")
        await until(lambda: scene.receiver.posts)
        running.cancel()
