"""Server, engine and bot as processes of their own, beside each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain.settings import AccountSettings
from tests.process.books import assert_books_agree, money_of_fills, realized, settled
from tests.process.conftest import Build
from tests.support.house import MIA, Desk, House, open_desks
from tests.support.until import until

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]

BTC = "BTC/USDT"


async def test_the_server_alone_knows_where_the_chat_is(build: Build) -> None:
    """The sandbox is in the bot's process; its page shows the Mini App of the server's."""
    house = build(command="server")
    await house.start()
    async with house.session.get(f"{house.url}/sandbox", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, f"{house.sandbox_url}/sandbox")
    async with house.session.get(f"{house.url}/app/") as answer:
        assert house.sandbox_url in answer.headers["Content-Security-Policy"]


async def test_the_engine_as_its_own_process_is_killed_and_loses_nothing(build: Build) -> None:
    """Three processes trade an alert to its close; kill -9 of the engine alone costs only time."""
    server = build(command="server")
    port = str(server.port)
    engine, bot = build(command="engine", HTTP_PORT=port), build(command="bot", HTTP_PORT=port)
    await server.start()
    engine.launch()
    bot.launch()
    (desk,) = await open_desks(
        server, 1, AccountSettings(auto_approve="all", max_drift_percent=Decimal(5))
    )
    token = await server.sign_in(MIA)
    quote = "select price from quotes where symbol = $1"
    price = Decimal(await until(lambda: server.value(quote, BTC), within=30))
    placed = "select count(*) from paper_orders"
    await until(lambda: _accepted(desk, str(price), "first"), within=30, every=0.2)
    await until(lambda: server.value(placed), within=30)
    engine.kill()
    before = await server.value(placed)
    assert await _accepted(desk, str(price), "while it is away")
    assert (await server.get("/api/v1/groups", token))[0] == 200
    assert await server.value(placed) == before
    engine.launch()
    await _settled_again(server)
    await assert_books_agree(server)
    groups = (await server.get("/api/v1/groups", token))[1]["items"]
    assert [group["pyramid_count"] for group in groups] == [2]
    status, answer = await server.post(f"/api/v1/groups/{groups[0]['id']}/close", {}, token)
    assert status in (200, 202), answer
    closed = "select count(*) from position_groups where status = 'closed'"
    await until(lambda: server.value(closed), within=30)
    await settled(server)
    cash, held = (await money_of_fills(server)).get(desk.account_id, (Decimal(0), Decimal(0)))
    assert held == 0
    assert await realized(server, token) == {desk.account_id: cash}
    told = "select data->>'state' from events where kind = 'engine_state' and account_id = $1"
    states = [row[0] for row in await server.sql(told, desk.account_id)]
    assert "running" in states, states
    await server.bot_at_work()
    assert await bot.stop() == 0
    assert await engine.stop() == 0


async def _accepted(desk: Desk, price: str, name: str) -> bool:
    """Post an alert; until the feed has told what it serves the server asks to come again."""
    status, _ = await desk.send(desk.alert(BTC, price, name))
    assert status in (202, 503)
    return status == 202


async def _settled_again(house: House) -> None:
    """The receipts of both alerts are settled, and nothing is under way."""
    both = "select count(*) = 2 from receipts where settled_at is not null"
    await until(lambda: house.value(both), within=40)
    await settled(house)
