"""Every screen, in both themes, at a phone's size: axe finds nothing, nothing overflows."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from tests.journeys.person import Person, Theme
from tests.journeys.test_main_job import onboard
from tests.support.house import RunningHouse

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
SCREENS = ("Home", "Offers", "Positions", "More")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_no_screen_has_an_accessibility_fault(
    house: RunningHouse, browser: Browser, theme: Theme
) -> None:
    person = await Person.at(browser, house, theme)
    if theme == "light":
        await onboard(person)
        await person.press("Send me a test alert")
        await person.press("Approve")
        await person.reads("of 5 filled")
        await person.press("Close…")  # asks first; left unanswered
        await person.says("/status")
    app = await person.opens_app()
    for screen in SCREENS:
        await person.goes_to(screen)
        await person.page.wait_for_timeout(300)  # entry transitions fade text below contrast
        assert await person.violations() == [], f"{screen} in {theme}"
    await person.goes_to("Positions")
    await app.get_by_text("BTC").first.click()
    await person.page.wait_for_timeout(600)
    assert await person.violations() == [], f"Position in {theme}"
    assert person.complaints == []
    await person.leave()
