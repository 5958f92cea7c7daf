"""Lines that break: a reload, a dead network, a house that starts again under an open page."""

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
BACK_MS = 45_000
"""The page asks again with growing pauses; a house starts within this, too."""


async def test_a_reload_keeps_route_and_session(arrive: Arrive) -> None:
    person = await arrive("Rita")
    await person.onboard()
    await person.opens_position()
    app = await person.opens_app()
    await app.get_by_role("main").get_by_role("link", name=re.compile("BTC")).first.click()
    await person.sees("Ladder")
    before = person.frame().url
    assert "tgWebAppData" not in before
    await person.frame().evaluate("location.reload()")
    await seen(app.get_by_role("heading", name=re.compile("BTC")))
    await person.sees("Ladder")
    assert person.frame().url == before
    await person.page.reload()
    await person.reads("LONG BTC/USDT · ")


async def test_without_a_network_the_page_says_so(arrive: Arrive) -> None:
    person = await arrive("Nils")
    person.forgive("ERR_INTERNET_DISCONNECTED")
    await person.onboard()
    app = await person.opens_app()
    await person.settled()
    await person.context.set_offline(True)
    await expect(app.get_by_text(re.compile("^Offline"))).to_be_visible(timeout=WAIT_MS)
    await person.sees("Equity")  # what was known stays
    await person.context.set_offline(False)
    await expect(app.get_by_text(re.compile("^Offline"))).to_have_count(0, timeout=BACK_MS)
    await expect(app.get_by_text("Live", exact=True).first).to_be_visible(timeout=BACK_MS)


async def test_a_house_that_starts_again(arrive: Arrive, house: House) -> None:
    person = await arrive("Kira")
    person.forgive(r"ERR_|WebSocket|50[23]|Failed to load")
    await person.onboard()
    await person.opens_position()
    app = await person.opens_app()
    await app.get_by_role("main").get_by_role("link", name=re.compile("BTC")).first.click()
    await person.sees("Ladder")
    await house.stop()
    await expect(app.get_by_text(re.compile("Offline|old")).first).to_be_visible(timeout=BACK_MS)
    await house.start()
    await person.moves("BTC/USDT", "0.99")
    await expect(app.get_by_text(re.compile("[1-5] of 5|filled")).first).to_be_visible(
        timeout=BACK_MS
    )
    await expect(app.get_by_text("Live", exact=True).first).to_be_visible(timeout=BACK_MS)
    await expect(person.card("[1-5] of 5 filled")).to_be_visible(timeout=BACK_MS)
    await person.says("/status")
    await person.reads("Positions 1 of 10")
