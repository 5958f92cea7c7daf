"""The engine's own screens: whose account it is, letting a signal in, paying for a loser."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.async_api import expect

from engine.domain.settings import AccountSettings
from tests.journeys.person import PHONE, WAIT_MS, Arrive, Person, seen
from tests.journeys.trader import WITHIN_S, Trader
from tests.support.house import House, open_desks
from tests.support.until import until

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]

RISK = {
    "require_full_pyramids": False,
    "timer_start_condition": "after_all_dca_submitted",
    "post_full_wait_minutes": 0,
    "evaluate_interval_seconds": 3600,
}
SETTINGS = {
    "max_open_groups": 2,
    "ladder": [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "900"}],
    "sizing": {"method": "fixed_usd", "fixed_usd": "500"},
    "risk": RISK,
}


async def at_work(person: Person, house: House) -> Trader:
    """A loser on SOL, a winner on ETH, both slots taken, and one signal that waits."""
    await person.onboard()
    trader = await Trader.of(house, person.telegram_id, "Otto")
    await trader.choose(**SETTINGS)
    solana = await trader.opens("SOL/USDT", fall="0.999")
    ether = await trader.opens("ETH/USDT", fall="0.999")
    await trader.filled("SOL/USDT", 1)
    await trader.filled("ETH/USDT", 1)
    await trader.block("SOL/USDT")  # every fill is a review: the person is to be first
    await trader.moves("SOL/USDT", solana * Decimal("0.93"))
    await trader.moves("ETH/USDT", ether * Decimal("1.12"))
    await trader.choose(auto_approve="all", undo_seconds=0)
    await trader.alert("XRP/USDT")
    await trader.waits("/queue")
    return trader


async def forced_in(trader: Trader, house: House, symbol: str) -> None:
    """Wait until it is bought: no fill, and so no review, is to come later."""
    price = Decimal(await house.price(symbol))
    await trader.moves(symbol, price * Decimal("0.998"))
    await trader.filled(symbol, 1)


async def goes(person: Person, path: str) -> None:
    await person.frame().evaluate("to => history.pushState(null, '', '/app' + to)", path)
    await person.settled()


async def comes_anew(person: Person) -> None:
    """Load the Mini App again, and wait until the old page is gone."""
    async with person.page.expect_event("framenavigated"):
        await person.frame().evaluate("location.reload()")
    await person.in_app()
    await person.settled()


async def test_letting_a_signal_in_and_paying_for_a_loser(arrive: Arrive, house: House) -> None:
    person = await arrive("Otto", size=PHONE)
    trader = await at_work(person, house)
    app = await person.opens_app()
    await app.get_by_role("link", name=re.compile("Waiting queue")).click()
    await person.sees("2 of 2")
    await app.get_by_role("button", name="Force in…").click()
    await seen(app.get_by_role("dialog", name="Force XRP/USDT in?"))
    await person.slides("Slide to force in")
    await person.sees("Nothing is waiting")
    opened = app.get_by_role("link").filter(has_text="Promoted by hand over the limit")
    await expect(opened).to_contain_text("XRP", timeout=WAIT_MS)
    await opened.click()
    await seen(app.get_by_role("heading", name="XRP/USDT"))

    await forced_in(trader, house, "XRP/USDT")
    await goes(person, "/risk")
    plan = app.locator(".offset").last
    await expect(plan).to_contain_text("No loser to offset", timeout=WAIT_MS)
    row = app.locator(".unfold").filter(has_text="SOL/USDT")
    await row.locator("summary").click()
    await row.get_by_role("button", name="Unblock").click()
    await expect(plan).to_contain_text("1 winner pays for it.", timeout=WAIT_MS)
    await expect(plan).to_contain_text("SOL/USDT")
    assert await trader.group("SOL/USDT") is not None  # looking at it changes nothing
    await app.get_by_role("button", name="Run now…").click()
    await seen(app.get_by_role("dialog", name="Offset SOL/USDT now?"))
    await person.slides("Slide to run the plan")
    await person.sees("SOL/USDT Loser closed")
    await until(lambda: trader.group("SOL/USDT", "closed"), within=WITHIN_S, every=0.1)
    winner = await trader.group("ETH/USDT")
    assert winner is not None
    assert Decimal(winner["closed_quantity"]) > 0  # only what was needed of it


async def test_every_screen_follows_the_account_that_was_chosen(
    arrive: Arrive, house: House
) -> None:
    person = await arrive("Olga", size=PHONE)
    await person.onboard()
    trader = await Trader.of(house, person.telegram_id, "Olga")
    await trader.opens("LTC/USDT", fall="0.999")
    group = await trader.group("LTC/USDT")
    assert group is not None
    app = await person.opens_app()
    await person.sees("LTC/USDT")
    chip = app.locator(".account-chip")
    await expect(chip).to_have_count(0)  # with one account there is nothing to choose
    await open_desks(house, 1, AccountSettings(), telegram_id=person.telegram_id)
    await person.goes_to("Positions")
    await comes_anew(person)
    await expect(chip).to_have_text(re.compile("Paper"), timeout=WAIT_MS)
    await chip.click()
    await app.get_by_role("button", name=re.compile("desk-0")).click()
    await person.sees("No open positions")
    await comes_anew(person)
    await expect(chip).to_have_text(re.compile("desk-0"), timeout=WAIT_MS)  # it is remembered
    await goes(person, f"/positions/{group['id']}")
    await seen(app.get_by_role("heading", name="LTC/USDT"))
    await goes(person, "/positions")
    await expect(chip).to_have_text(re.compile("Paper"))  # a thing brings its account along
    await person.sees("LTC/USDT")
