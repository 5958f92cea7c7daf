"""Closing asks first, everywhere, and then does exactly what it said."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.journeys.person import WAIT_MS, Arrive, Person, seen, trades
from tests.support.house import House

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def with_a_position(person: Person) -> None:
    """An onboarded person with a ladder of which some legs are filled."""
    await person.onboard()
    await person.opens_position()
    await person.moves("BTC/USDT", "0.99")
    await person.reads("[1-5] of 5 filled")


async def test_from_the_app_with_a_slide(arrive: Arrive, house: House) -> None:
    person = await arrive("Sven")
    await with_a_position(person)
    app = await person.opens_app()
    await app.get_by_role("main").get_by_role("link", name=re.compile("BTC")).first.click()
    await app.get_by_role("button", name="Close position").click()
    await seen(app.get_by_role("heading", name="Close BTC/USDT?"))
    await app.get_by_role("button", name="Cancel").click()
    await app.get_by_role("button", name="Close position").click()
    await person.slides("Close 100% at market")
    await person.sees("Closed by you")
    await person.reads("BTC/USDT closed:.*closed by you")
    (group,) = await trades(house, person.telegram_id)
    assert group["exit_reason"] == "manual"


async def test_from_the_chat_with_a_question(arrive: Arrive) -> None:
    person = await arrive("Karl")
    await with_a_position(person)
    await person.press("Close…")
    asked = await person.reads(r"Close BTC/USDT at the market price\?")
    await person.press("Keep", asked)
    await person.reads("Nothing was changed")
    await person.press("Close…")
    asked = await person.reads(r"Close BTC/USDT at the market price\?")
    await person.press("Yes, close it", asked)
    await person.reads("BTC/USDT closed:.*closed by you")
    await person.reads("BTC/USDT closed · ")


async def test_everything_at_once(arrive: Arrive, house: House) -> None:
    person = await arrive("Nora")
    await with_a_position(person)
    await person.says("/stop")
    asked = await person.reads(r"Emergency stop of Paper\?")
    await expect(asked).to_contain_text("1 position is closed")
    await person.press("Stop now", asked)
    await person.reads("Paper is stopped")
    await person.reads("BTC/USDT closed:.*emergency close")
    app = await person.opens_app()
    await person.sees("Paused")
    await app.get_by_role("button", name="Resume").click()
    await seen(app.get_by_role("button", name="Pause"))
    await app.get_by_role("button", name="Close all").click()
    await person.slides("Slide to close everything")
    await expect(app.locator(".toast")).to_contain_text("The account is paused", timeout=WAIT_MS)
    (group,) = await trades(house, person.telegram_id)
    assert group["exit_reason"] == "emergency"
