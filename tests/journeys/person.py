"""A person at the sandbox page: reads the chat, presses buttons, opens the Mini App."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FrameLocator,
    Locator,
    Page,
    Route,
    expect,
)

from tests.support.house import RunningHouse

WAIT_MS = 20_000
Theme = Literal["light", "dark"]


class Person:
    """One browser tab; everything it complained about is in ``complaints``."""

    def __init__(self, context: BrowserContext, page: Page, house: RunningHouse) -> None:
        self.context = context
        self.page = page
        self.house = house
        self.complaints: list[str] = []

    @classmethod
    async def at(
        cls,
        browser: Browser,
        house: RunningHouse,
        theme: Theme = "light",
        size: tuple[int, int] = (1280, 900),
    ) -> Person:
        """Open the chat page. Requests to other machines are refused and complained about."""
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            locale="en-US",
            timezone_id="UTC",
        )
        page = await context.new_page()
        page.set_default_timeout(WAIT_MS)
        person = cls(context, page, house)
        page.on("console", person._console)
        page.on("pageerror", lambda error: person.complaints.append(f"error: {error}"))
        await context.route(re.compile(".*"), person._route)
        await page.goto(house.sandbox_url)
        return person

    async def leave(self) -> None:
        await self.context.close()

    async def press(self, name: str) -> None:
        """Press the newest button of that name in the chat."""
        button = self.page.get_by_role("button", name=re.compile(name)).last
        await button.click()

    async def reads(self, text: str) -> None:
        """Wait until the chat says it."""
        await expect(self.page.get_by_text(re.compile(text)).last).to_be_visible(timeout=WAIT_MS)

    async def says(self, text: str) -> None:
        box = self.page.get_by_placeholder("Message")
        await box.fill(text)
        await box.press("Enter")

    async def opens_app(self) -> FrameLocator:
        """Open the Mini App by the menu button."""
        await self.page.get_by_role("button", name=re.compile("Dashboard")).last.click()
        app = self.app()
        await expect(app.get_by_role("link", name=re.compile("Home"))).to_be_visible(timeout=WAIT_MS)
        return app

    def app(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    async def goes_to(self, tab: str) -> FrameLocator:
        """Choose a tab of the Mini App."""
        app = self.app()
        await app.get_by_role("link", name=re.compile(tab)).first.click()
        return app

    async def violations(self, where: Page | None = None) -> list[str]:
        """What axe finds wrong in the Mini App (or on a page), as one line each."""
        source = axe_source()
        page = where or self.page
        frames = [frame for frame in page.frames if "/app/" in frame.url] or [page.main_frame]
        target = frames[0]
        await target.evaluate(source)
        found = await target.evaluate(
            """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(
                v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)"""
        )
        return [str(line) for line in found]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text}")

    async def _route(self, route: Route) -> None:
        url = route.request.url
        if re.match(r"(http|ws)://(127\.0\.0\.1|localhost)[:/]", url) or url.startswith("data:"):
            await route.continue_()
            return
        self.complaints.append(f"left the machine: {url}")
        await route.abort()


def axe_source() -> str:
    """axe-core as the front end's development packages carry it."""
    from tests.house.front_end import COPY, refresh

    path = COPY / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        refresh()
    return Path(path).read_text(encoding="utf-8")


async def seen(locator: Locator) -> None:
    """Wait until it is on the screen."""
    await expect(locator).to_be_visible(timeout=WAIT_MS)
