"""Everyday ways: pausing, another language, links that lead to one thing."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.journeys.person import WAIT_MS, Arrive, seen
from tests.support.house import House

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def test_a_pause_is_seen_everywhere(arrive: Arrive) -> None:
    person = await arrive("Paul")
    await person.onboard()
    app = await person.opens_app()
    await seen(app.get_by_role("button", name="Pause"))
    await person.says("/pause")
    await person.reads("Paper: paused")
    await person.sees("No new entries are taken")  # the open page learns of it by itself
    await person.press("Send me a test alert")
    await person.reads("Withdrawn — not traded.*The account is paused")
    await app.get_by_role("button", name="Resume").click()
    await expect(app.get_by_text("No new entries are taken")).to_have_count(0, timeout=WAIT_MS)
    await person.says("/resume")
    await person.reads("Paper: running.*It was so before")
    await person.press("Send me a test alert")
    await seen(person.chat.get_by_role("button", name="Approve"))


async def test_in_russian(arrive: Arrive) -> None:
    person = await arrive("Мария", language="ru")
    await person.begin()
    await person.press("Русский")
    await person.press("Понимаю|Принимаю|понял")
    await person.press("тестов|пробн")
    card = await person.reads("ЛОНГ BTC/USDT · вход 1 из 5")
    await person.press("Одобрить", card)
    await person.reads("Позиция открыта")
    app = await person.opens_app()
    await seen(app.get_by_role("heading", name="Позиции"))
    await person.says("/status")
    await person.reads("Позиции 1 из 10")
    assert await person.frame().evaluate("document.documentElement.lang") == "ru"


async def test_links_lead_to_the_thing_itself(arrive: Arrive, house: House) -> None:
    person = await arrive("Dana")
    await person.onboard()
    card = await person.gets_offer()
    await person.press("Open in app", card)
    app = await person.in_app_at("/offers/")
    await person.sees("Ladder")
    offer_id = person.frame().url.rsplit("/", 1)[1].split("#")[0]
    await app.get_by_role("button", name="Approve").click()
    await person.page.get_by_role("button", name="Back", exact=True).click()
    await seen(person.tab("Offers"))
    await person.press("Open position", await person.reads("Position opened"))
    await person.reads("LONG BTC/USDT · (orders placed|partly filled|open)")
    await person.press("Open in app")
    await person.in_app_at("/positions/")
    await seen(person.app.get_by_role("heading", name=re.compile("BTC")))

    await person.page.goto(
        f"{house.sandbox_url}/sandbox?user={person.telegram_id}&start=ap_{offer_id}"
    )
    await person.begin()
    await person.reads("Approved by you in the app")
