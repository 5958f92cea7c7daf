"""kill -9 on the real process: wherever it strikes, exactly the orders that should exist exist.

The process is stopped between two instructions (SIGSTOP), looked at in its database, and killed
when it stands at the moment wanted; other rounds kill it at chance moments.
"""

from __future__ import annotations

import asyncio
import random
from decimal import Decimal

import aiohttp
import asyncpg
import pytest

from engine.domain.settings import AccountSettings
from tests.process.books import assert_books_agree, money_of_fills, realized, settled
from tests.process.conftest import Build
from tests.support.house import MIA, Desk, House, open_desks
from tests.support.until import until

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]

BTC = "BTC/USDT"
LEGS = 5
AT_ONCE = 4
#: Longer than a statement under way in Postgres needs to end by itself.
_SETTLE_S = 0.03

APPROVED = """
select exists (select 1 from offers o where o.status = 'approved'
  and not exists (select 1 from outbox x where x.account_id = o.account_id))
"""
NOT_SENT = """
select exists (select 1 from outbox x where x.status in ('new', 'claimed')
  and not exists (select 1 from paper_orders p where p.client_id = x.id))
"""
NOT_ANSWERED = """
select exists (select 1 from outbox x join paper_orders p on p.client_id = x.id
  where x.status = 'claimed')
"""


class Trader:
    """A person who gets alerts on many accounts and approves them in the app."""

    def __init__(self, house: House, desks: list[Desk]) -> None:
        self.house = house
        self._fresh = list(desks)
        self.used: list[Desk] = []
        self.token = ""

    async def sign_in(self) -> None:
        self.token = await self.house.sign_in(MIA)

    async def offers(self) -> list[tuple[str, int]]:
        """Alerts on the next few accounts; their offers' ids and versions."""
        desks, self._fresh = self._fresh[:AT_ONCE], self._fresh[AT_ONCE:]
        assert desks, "the moment wanted never came"
        price = await self.house.price(BTC)
        for desk in desks:
            status, answer = await desk.send(desk.alert(BTC, price, f"alert-{desk.account_id}"))
            assert (status, answer["status"]) == (202, "accepted"), answer
        self.used += desks
        wanted = [desk.account_id for desk in desks]

        async def offered() -> list[asyncpg.Record]:
            rows = await self.house.sql(
                "select id, version from offers where status = 'pending' "
                "and account_id = any($1::text[])",
                wanted,
            )
            return rows if len(rows) == len(desks) else []

        rows = await until(offered, within=30)
        return [(row["id"], row["version"]) for row in rows]

    async def approve(self, offers: list[tuple[str, int]]) -> None:
        """Tap Approve on all at once; a killed server answers some of them never."""
        await asyncio.gather(*(self._tap(*offer) for offer in offers))

    async def _tap(self, offer_id: str, version: int) -> None:
        body = {"decision": "approve", "version": version}
        try:
            status, answer = await self.house.post(
                f"/api/v1/offers/{offer_id}/decision", body, self.token
            )
        except (aiohttp.ClientError, OSError):
            return  # killed before it could answer
        assert status == 200, answer


async def caught(house: House, moment: str, within: float = 3.0) -> bool:
    """Freeze the house when `moment` holds and go on holding; False when it never came."""
    connection = await asyncpg.connect(house.dsn)
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    try:
        while loop.time() < end:
            if not await connection.fetchval(moment):
                continue
            house.freeze()
            await asyncio.sleep(_SETTLE_S)
            if await connection.fetchval(moment):
                return True
            house.thaw()
        return False
    finally:
        await connection.close()


async def killed_at(trader: Trader, moment: str) -> None:
    """Approve offers until the house is caught at the moment, then kill -9 and start again."""
    house = trader.house
    while True:
        offers = await trader.offers()
        catching = asyncio.ensure_future(caught(house, moment))  # noqa: TID251 - awaited below
        tapping = asyncio.ensure_future(trader.approve(offers))  # noqa: TID251 - awaited below
        if await catching:
            house.kill()
            await tapping
            await house.start()
            return
        await tapping


async def assert_all_traded(trader: Trader) -> None:
    """The orders that should exist, and after a fall and a rise of the market all is closed."""
    house = trader.house
    await settled(house)
    await assert_books_agree(house)
    approved = await house.value("select count(*) from offers where status = 'approved'")
    groups = await house.value("select count(*) from position_groups")
    assert groups == approved
    entries = await house.value("select count(*) from paper_orders where side = 'buy'")
    assert entries == approved * LEGS
    price = Decimal(await house.price(BTC))
    await house.market(BTC, str((price * Decimal("0.94")).quantize(Decimal("0.01"))))
    full = "select count(*) = 0 from paper_orders where side = 'buy' and status <> 'filled'"
    await until(lambda: house.value(full), within=20)
    await settled(house)
    await house.market(BTC, str((price * Decimal("1.08")).quantize(Decimal("0.01"))))
    closed = "select count(*) = 0 from position_groups where status <> 'closed'"
    await until(lambda: house.value(closed), within=20)
    await settled(house)
    await assert_books_agree(house)
    money = await money_of_fills(house)
    assert all(held == 0 for _, held in money.values())
    assert {account: cash for account, (cash, _) in money.items()} == await realized(
        house, trader.token
    )


async def trader_of(house: House, desks: int) -> Trader:
    settings = AccountSettings(undo_seconds=0)
    trader = Trader(house, await open_desks(house, desks, settings))
    await trader.sign_in()
    return trader


async def test_killed_at_the_worst_moments(build: Build) -> None:
    async with build() as house:
        trader = await trader_of(house, 48)
        for moment in (APPROVED, NOT_SENT, NOT_ANSWERED):
            await killed_at(trader, moment)
        await assert_all_traded(trader)


async def test_killed_at_chance_moments(build: Build) -> None:
    rounds, chance = 5, random.Random(20260105)
    async with build() as house:
        trader = await trader_of(house, rounds * AT_ONCE)
        for _ in range(rounds):
            offers = await trader.offers()
            tapping = asyncio.ensure_future(trader.approve(offers))  # noqa: TID251 - awaited below
            await asyncio.sleep(chance.uniform(0, 0.3))
            house.kill()
            await tapping
            await house.start()
        await assert_all_traded(trader)
