"""The main job, as a stranger does it: start, test alert, approve, ladder, target, closed."""

from __future__ import annotations

import re

import pytest

from tests.journeys.person import Person, seen

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


async def onboard(person: Person) -> None:
    """From an empty chat to a ready paper account."""
    await person.press("START|Start")
    await person.press("English")
    await person.press("I understand")
    await person.reads("Your account Paper is ready")


async def test_from_nothing_to_a_closed_trade(person: Person) -> None:
    await onboard(person)
    await person.press("Send me a test alert")
    await person.reads(r"LONG BTC/USDT · entry 1 of 5")
    await person.press("Approve")
    await person.reads("Position opened")
    await person.reads(r"[1-5] of 5 filled")

    entry = await person.house.price("BTC/USDT")
    await person.house.move("BTC/USDT", entry * 98 / 100)
    await person.reads(r"4 of 5 filled")

    app = await person.opens_app()
    await person.goes_to("Positions")
    await seen(app.get_by_text(re.compile("4 of 5")).first)
    await app.get_by_text("BTC").first.click()
    await seen(app.get_by_text(re.compile("Ladder")).first)
    await seen(app.get_by_text(re.compile("filled", re.IGNORECASE)).first)

    await person.house.move("BTC/USDT", entry * 103 / 100)
    await person.reads(r"BTC/USDT closed")
    await person.reads(r"target reached")
    await seen(app.get_by_text(re.compile("Closed")).first)

    groups = await person.house.trades(1001)
    assert len(groups) == 1
    assert groups[0]["exit_reason"] == "target"
    assert float(groups[0]["realized_pnl_usd"]) > 0
    assert person.complaints == []


async def test_the_market_can_be_moved_and_alerts_sent_from_the_page(person: Person) -> None:
    page = person.page
    await page.get_by_role("button", name=re.compile("Noah")).first.click()
    await onboard(person)
    await page.get_by_role("combobox").first.select_option("ETH/USDT")
    await page.get_by_role("button", name="Long", exact=True).click()
    await person.reads(r"LONG ETH/USDT · entry 1 of 5")
    await page.get_by_placeholder("New price").fill("3000")
    await page.get_by_role("button", name="Set", exact=True).click()
    await seen(page.get_by_text(re.compile(r"^3,?0\d\d|^2,?9\d\d")).first)
    assert 2900 < await person.house.price("ETH/USDT") < 3100
    assert person.complaints == []


async def test_an_offer_is_decided_once_and_can_be_taken_back(person: Person) -> None:
    page = person.page
    await page.get_by_role("button", name=re.compile("Анна")).first.click()
    await person.press("START|Start|Старт")
    await person.press("English")
    await person.press("I understand")
    await person.reads("Your account Paper is ready")
    await person.press("Send me a test alert")
    await person.reads(r"LONG BTC/USDT")
    await person.press("Approve")
    await person.press("Undo")
    await person.reads(r"Taken back|taken back|Undone|undone|withdrawn")
    assert person.complaints == []
