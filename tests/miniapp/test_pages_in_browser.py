"""The front page and the API viewer in a real browser: quiet console, both themes, no overflow."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, async_playwright

from miniapp.server.app import openapi
from tests.journeys.axe import faults
from tests.journeys.browser import chromium_path, launch_arguments
from tests.miniapp.kit import Site

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(chromium_path() is None, reason="no Chromium on this machine"),
]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as play:
        started = await play.chromium.launch(
            executable_path=chromium_path(), args=launch_arguments()
        )
        yield started
        await started.close()


async def look(
    browser: Browser, url: str, theme: Literal["light", "dark"], width: int
) -> tuple[Page, list[str]]:
    """The page, and what its console complains about."""
    context = await browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme
    )
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(url)
    return page, complaints


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_both_pages_are_fit_to_be_seen(
    site: Site, browser: Browser, theme: Literal["light", "dark"]
) -> None:
    for path, drawn in (("/", "#state:not([hidden])"), ("/api/docs", "article")):
        for width in (1280, 390):
            page, complaints = await look(browser, site.url(path), theme, width)
            await page.wait_for_selector(drawn)
            assert await faults(page) == [], (path, width)
            assert complaints == [], (path, width)
            await page.close()


async def test_the_button_leads_to_the_chat(site: Site, browser: Browser) -> None:
    page, _ = await look(browser, site.url("/"), "light", 390)
    button = page.get_by_role("link", name="Open the chat")
    await button.wait_for()
    assert await button.get_attribute("href") == "/sandbox"


async def test_the_viewer_shows_every_operation_and_unfolds_objects(
    site: Site, browser: Browser
) -> None:
    page, _ = await look(browser, site.url("/api/docs"), "light", 1280)
    await page.wait_for_selector("article")
    paths: Any = openapi()["paths"]
    assert await page.locator("article").count() == sum(len(one) for one in paths.values())
    offers = page.locator("#list_offers")
    await offers.get_by_role("button", name="Page OfferView").click()
    await offers.get_by_role("button", name="OfferView", exact=True).click()
    assert await offers.get_by_text("undo_seconds_left").is_visible()
    await page.get_by_role("searchbox").fill("queue delete")
    assert await page.locator("article:visible").count() == 1
    await page.get_by_role("searchbox").fill("nothing is called that")
    assert await page.get_by_text("Nothing is called that.").is_visible()
