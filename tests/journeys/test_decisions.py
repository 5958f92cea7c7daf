"""An offer is decided once: taken back, rejected, too late, raced for; the loser is told."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.journeys.person import WAIT_MS, Arrive, Person, seen
from tests.support.house import House

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]


async def without_buttons(person: Person, text: str) -> None:
    card = await person.reads(text)
    await expect(card.get_by_role("button", name=re.compile("Approve|Reject|Undo"))).to_have_count(
        0, timeout=WAIT_MS
    )


async def test_an_approval_is_taken_back(arrive: Arrive, house: House) -> None:
    person = await arrive("Uma")
    await person.onboard()
    await person.press("Approve", await person.gets_offer())
    await person.press("Undo")
    await person.reads("Withdrawn — not traded")
    await without_buttons(person, "You undid the approval")
    await person.says("/status")
    await person.reads("Positions 0 of 10")


async def test_a_rejection_stands(arrive: Arrive) -> None:
    person = await arrive("Rolf")
    await person.onboard()
    await person.press("Reject", await person.gets_offer())
    await without_buttons(person, "Rejected by you at")
    await person.opens_app()
    await person.goes_to("Offers")
    await person.sees("No offers waiting")
    await person.sees("Rejected")


async def test_old_cards_lose_their_buttons(arrive: Arrive, house: House) -> None:
    person = await arrive("Olga")
    await person.onboard()
    await person.gets_offer()
    await person.press("Send me a test alert")
    await without_buttons(person, "A newer alert of the same position took its place")

    app = await person.opens_app()
    await person.goes_to("Offers")
    await expect(app.get_by_role("button", name="Approve")).to_have_count(1)
    await house.sql(  # its quarter of an hour is over
        "update offers set expires_at = now() where status = 'pending' and user_id ="
        " (select id from users where telegram_id = $1)",
        person.telegram_id,
    )
    await without_buttons(person, "Expired — not traded")
    await expect(app.get_by_role("button", name="Approve")).to_have_count(0, timeout=WAIT_MS)


async def test_half_the_size_asks_again(arrive: Arrive) -> None:
    person = await arrive("Hans")
    await person.onboard()
    card = await person.gets_offer()
    await person.press("½ size", card)
    half = await person.reads("Half size")
    await person.press("Approve", half)
    await person.reads("Position opened")


async def test_the_app_decides_and_the_chat_follows(arrive: Arrive) -> None:
    person = await arrive("Adam")
    await person.onboard()
    await person.gets_offer()
    app = await person.opens_app()
    await app.get_by_role("button", name="Approve").click()
    await seen(app.get_by_role("button", name="Undo"))  # first: its window is five seconds
    await person.reads("Approved by you in the app at")
    await person.reads("Position opened")
    await person.sees("of 5 legs")


async def test_the_app_comes_second(arrive: Arrive) -> None:
    person = await arrive("Lena")
    person.forgive("409")  # the browser logs the refusal that is provoked here
    await person.onboard()
    card = await person.gets_offer()
    app = await person.opens_app()
    async with person.held("/decision$"):
        await app.get_by_role("button", name="Approve").click()
        await seen(app.get_by_role("button", name="Approving"))
        await person.press("Reject", card)
        await person.reads("Rejected by you at")
    await person.sees("Rejected in the chat at")
    await expect(app.get_by_role("button", name="Approve")).to_have_count(0)


async def test_the_chat_comes_second(arrive: Arrive) -> None:
    person = await arrive("Emil")
    await person.onboard()
    card = await person.gets_offer()
    app = await person.opens_app()
    async with person.held("/press$"):
        await person.press("Approve", card)
        await app.get_by_role("button", name="Reject").click()
        await person.reads("Rejected by you in the app at")
    told = person.page.get_by_role("dialog")
    await expect(told).to_contain_text("You rejected this already at", timeout=WAIT_MS)
    await expect(told).to_contain_text("in the app")
    await told.get_by_role("button", name="OK").click()
    await without_buttons(person, "Rejected by you in the app at")
