"""Many at once, one effect: copies of an alert, taps on Approve."""

from __future__ import annotations

import asyncio

import pytest

from engine.domain.settings import AccountSettings
from tests.process.conftest import Build
from tests.support.house import MIA, open_desks
from tests.support.until import until

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]

BTC = "BTC/USDT"


async def test_fifty_copies_of_one_alert(build: Build) -> None:
    async with build() as house:
        (desk,) = await open_desks(house, 1, AccountSettings())
        body = desk.alert(BTC, await house.price(BTC), "only-one")
        answers = await asyncio.gather(*(desk.send(body) for _ in range(50)))
        assert [status for status, _ in answers] == [202] * 50
        statuses = sorted(answer["status"] for _, answer in answers)
        assert statuses == ["accepted"] + ["duplicate"] * 49
        assert len({answer["receipt"] for _, answer in answers}) == 1
        assert await house.value("select count(*) from receipts") == 1
        await until(lambda: house.value("select count(*) from offers"), within=10)
        assert await house.value("select count(distinct signal_id) from offers") == 1
        assert await house.value("select count(*) from offers") == 1


async def test_a_hundred_taps_by_chat_and_app(build: Build) -> None:
    async with build() as house:
        await house.say("/start")
        await house.button("English")
        token = await house.sign_in(MIA)
        _, accounts = await house.get("/api/v1/accounts", token)
        account_id = accounts["items"][0]["id"] if "items" in accounts else accounts[0]["id"]
        status, receipt = await house.post(f"/api/v1/accounts/{account_id}/test-alert", {}, token)
        assert status in (200, 201), receipt
        message_id, data = await house.button("Approve")
        offer = (await house.get("/api/v1/offers", token))[1]["items"][0]
        decision = {"decision": "approve", "version": offer["version"]}

        async def by_app() -> int:
            path = f"/api/v1/offers/{offer['id']}/decision"
            return (await house.post(path, decision, token))[0]

        taps = [by_app() if number % 2 else house.press(message_id, data) for number in range(100)]
        statuses = await asyncio.gather(*taps)
        assert set(statuses[0::2]) == {201}
        by_status = {status: statuses[1::2].count(status) for status in set(statuses[1::2])}
        assert set(by_status) <= {200, 409}, by_status
        assert by_status.get(200, 0) <= 1

        async def ordered() -> bool:
            return await house.value("select count(*) from paper_orders") == 5

        await until(ordered, within=20)
        # every press has been worked on, and still there is one decision and one set of orders
        await until(
            lambda: house.value(
                "select not exists (select 1 from telegram_updates where handled_at is null)"
            ),
            within=30,
        )
        assert await house.value("select count(*) from offer_decisions") == 1
        assert await house.value("select count(*) from paper_orders") == 5
        assert await house.value("select count(*) from outbox where kind = 'place_order'") == 5
        assert await house.value("select count(*) from position_groups") == 1
