"""The main job, as a stranger does it: start, test alert, approve, ladder, target, closed."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.async_api import expect

from tests.journeys.person import WAIT_MS, Arrive, seen, trades
from tests.support.house import House

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_from_nothing_to_a_closed_trade(arrive: Arrive, house: House) -> None:
    person = await arrive("Vera")
    await person.onboard()
    card = await person.gets_offer()
    for words in ("Ladder, 5 orders", "of the account", "Takes slot 1 of 10", "Expires in"):
        await expect(card).to_contain_text(words)
    entry = Decimal(await house.price("BTC/USDT"))
    await person.press("Approve", card)
    await person.reads("Approved by you at")
    await person.reads("Position opened")

    app = await person.opens_app()
    panel = await person.page.locator("iframe").element_handle()
    await person.goes_to("Positions")
    await app.get_by_role("main").get_by_role("link", name=re.compile("BTC")).first.click()
    await person.sees("Ladder")
    await house.market("BTC/USDT", str((entry * Decimal("0.975")).quantize(Decimal("0.01"))))
    await person.reads("Legs ●●●●○ 4 of 5 filled")
    ladder = app.locator(".ladder").first
    await expect(ladder.get_by_text("filled", exact=True)).to_have_count(4, timeout=WAIT_MS)
    await expect(ladder.get_by_text("open", exact=True)).to_have_count(1)

    await person.moves("BTC/USDT", "1.03", entry)
    await person.reads("BTC/USDT closed · ")
    await person.reads(r"BTC/USDT closed: \+\$.*target reached")
    await person.sees("Closed")
    await person.sees("Target reached")
    still_open = await person.page.locator("iframe").element_handle()
    same = await person.page.evaluate("([a, b]) => a === b", [panel, still_open])
    assert same, "the Mini App lived through it without a reload"

    (group,) = await trades(house, person.telegram_id)
    assert group["exit_reason"] == "target"
    assert Decimal(group["realized_pnl_usd"]) > 0


async def test_the_market_and_the_alerts_are_in_the_persons_hands(
    arrive: Arrive, house: House
) -> None:
    person = await arrive("Otto")
    page = person.page
    await person.onboard()
    strip = page.get_by_role("region", name="Market and test alerts")
    symbol, shown = strip.get_by_label("Symbol"), strip.locator(".price-now")
    await expect(symbol).to_have_value("BTC/USDT")  # what a first test alert is about
    await symbol.select_option("ETH/USDT")
    await strip.get_by_role("button", name="Long", exact=True).click()
    await person.press("Approve", await person.reads("LONG ETH/USDT · entry 1 of 5"))
    await person.reads("LONG ETH/USDT · (orders placed|partly filled|open)")

    await strip.get_by_role("button", name="−1 percent", exact=True).click()
    await strip.get_by_role("button", name="−0.5 percent", exact=True).click()
    await person.reads("Legs ●●●○○ 3 of 5 filled")
    await strip.get_by_label("New price").fill("9,000")
    await strip.get_by_role("button", name="Set", exact=True).click()
    await expect(shown).to_have_text(re.compile(r"^[89],\d\d\d"))
    await person.reads(r"ETH/USDT closed: \+\$")

    await strip.get_by_role("button", name="Short", exact=True).click()
    await person.reads("SHORT ETH/USDT · entry 1 of 5")
    await seen(page.locator(".toast", has_text="Test alert ETH/USDT short"))
