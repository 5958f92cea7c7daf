"""Keys over HTTP: entered in a form, never shown or echoed again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.engine.offers.kit import Town
from tests.miniapp.kit import Site, problem_of
from tests.support.exchanges.binance import FakeBinance
from tests.support.keys import make_keys

KEYS = {"key": "kEy0123456789abcd", "secret": "sEcRet-of-ada-9876"}


@pytest.fixture
async def fake(town: Town) -> AsyncIterator[FakeBinance]:
    async with FakeBinance() as opened:
        opened.clock = lambda: town.clock.now().timestamp()
        opened.user(KEYS["key"], KEYS["secret"])
        yield opened


@pytest.fixture
async def house(town: Town, fake: FakeBinance) -> AsyncIterator[Site]:
    site = Site(town, {})
    keys = make_keys(town.database, town.clock, town.bus, BINANCE_API_URL=fake.url)
    site.front = replace(site.front, keys=keys)
    yield await site.open()
    await site.close()


async def test_an_account_is_opened_its_keys_are_saved_and_shown_masked(house: Site) -> None:
    ada = await house.sign_in()
    made = await house.post("/api/v1/accounts", {"venue": "binance", "label": "Spot"}, as_=ada)
    assert made.status == 200, await made.text()
    path = f"/api/v1/accounts/{(await made.json())['id']}/keys"
    saved = await house.post(path, KEYS, as_=ada)
    assert saved.status == 200, await saved.text()
    assert (await saved.json())["key"] == "…abcd"
    listed = await house.get("/api/v1/keys", as_=ada)
    for answer in (saved, listed):
        text = await answer.text()
        assert KEYS["secret"] not in text
        assert KEYS["key"] not in text
    gone = await house.ask("DELETE", "/api/v1/keys", as_=ada)
    assert [one["key"] for one in (await gone.json())["items"]] == [None]


async def test_keys_of_a_settings_file_are_in_the_key_store_and_nowhere_else(house: Site) -> None:
    house.run_worker()
    ada = await house.sign_in()
    made = await house.post("/api/v1/accounts", {"venue": "binance", "label": "Spot"}, as_=ada)
    path = f"/api/v1/accounts/{(await made.json())['id']}"
    file = {"max_open_groups": 3, "exchange_api": {"api_key": KEYS["key"]}}
    file["exchange_api"] |= {"api_secret": KEYS["secret"]}  # type: ignore[operator]  # a dict
    body = {"document": file, "version": 1, "save": True, "keep_keys": True}
    saved = await house.post(f"{path}/settings/import", body, as_=ada)
    assert saved.status == 200, await saved.text()
    shown = await (await house.get("/api/v1/keys", as_=ada)).json()
    assert [one["key"] for one in shown["items"]] == ["…abcd"]
    settings = await (await house.get(f"{path}/settings", as_=ada)).json()
    assert settings["max_open_groups"] == 3
    pool = house.town.database.pool
    for (table,) in await pool.fetch("select tablename from pg_tables where schemaname = 'public'"):
        rows = await pool.fetch(f'select t::text from "{table}" t')
        assert not [row for row in rows if KEYS["secret"] in row[0] or KEYS["key"] in row[0]], table


async def test_a_refused_key_is_explained_and_not_echoed(house: Site, fake: FakeBinance) -> None:
    ada = await house.sign_in()
    made = await house.post("/api/v1/accounts", {"venue": "binance", "label": "Spot"}, as_=ada)
    path = f"/api/v1/accounts/{(await made.json())['id']}/keys"
    fake.users[KEYS["key"]].may_withdraw = True
    withdraws = await problem_of(await house.post(path, KEYS, as_=ada), 422, "key_may_withdraw")
    assert "withdraw" in withdraws["detail"]
    assert KEYS["key"] not in str(withdraws)
    long = {"key": "k" * 5_000, "secret": KEYS["secret"], "more": KEYS["secret"]}
    text = str(await problem_of(await house.post(path, long, as_=ada), 422))
    assert "kkkk" not in text
    assert KEYS["secret"] not in text
