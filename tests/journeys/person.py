"""A person at the sandbox page: reads the chat, presses buttons, opens the Mini App."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final, Literal

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Frame,
    FrameLocator,
    Locator,
    Page,
    Route,
    expect,
)

from tests.support.house import House

WAIT_MS: Final = 20_000
DESK: Final = (1440, 900)
PHONE: Final = (390, 844)
Theme = Literal["light", "dark"]

_HERE = re.compile(r"(http|ws)s?://(127\.0\.0\.1|localhost)[:/]|(data|blob):")


Arrive = Callable[..., Awaitable["Person"]]
"""Takes what ``Person.at`` takes after the house; the name has a default."""


class Person:
    """One browser tab of somebody with a chat of their own.

    Everything the browser complained about is in ``complaints``; requests to other machines are
    refused and complained about.
    """

    def __init__(self, context: BrowserContext, page: Page, house: House, telegram_id: int) -> None:
        self.context = context
        self.page = page
        self.house = house
        self.telegram_id = telegram_id
        self.complaints: list[str] = []
        self.forgiven: re.Pattern[str] | None = None

    @classmethod
    async def at(
        cls,
        browser: Browser,
        house: House,
        name: str,
        *,
        language: str = "en",
        theme: Theme = "light",
        size: tuple[int, int] = DESK,
        scale: float = 1,
        telegram_id: int | None = None,
    ) -> Person:
        """A new person (or the one given) at their chat, with a fresh browser profile."""
        if telegram_id is None:
            telegram_id = await house.newcomer(name, language)
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            device_scale_factor=scale,
            locale="en-US",
            timezone_id="UTC",
        )
        page = await context.new_page()
        page.set_default_timeout(WAIT_MS)
        person = cls(context, page, house, telegram_id)
        page.on("console", person._console)
        page.on("pageerror", lambda error: person.complaints.append(f"error: {error}"))
        await context.route(re.compile(".*"), person._route)
        await page.goto(f"{house.sandbox_url}/sandbox?user={telegram_id}")
        return person

    async def leave(self) -> None:
        await self.context.close()

    # --- the chat -----------------------------------------------------------------------------

    @property
    def chat(self) -> Locator:
        return self.page.locator("#log")

    def card(self, text: str) -> Locator:
        """The newest message that says it, with its buttons."""
        return self.chat.locator(".unit").filter(has_text=re.compile(text, re.DOTALL)).last

    async def press(self, name: str, card: Locator | None = None) -> None:
        """Press the newest button of that name, in the chat or in one message."""
        where = card if card is not None else self.chat
        await where.get_by_role("button", name=re.compile(name)).last.click()

    async def begin(self) -> None:
        """Press Start under an empty chat."""
        await self.page.locator("#foot").get_by_role("button", name="Start", exact=True).click()

    async def reads(self, text: str) -> Locator:
        """Wait until the chat says it; the newest message that does."""
        card = self.card(text)
        await expect(card).to_be_visible(timeout=WAIT_MS)
        return card

    async def says(self, text: str) -> None:
        box = self.page.get_by_label("Message", exact=True)
        await box.fill(text)
        await self.page.get_by_role("button", name="Send", exact=True).click()

    async def onboard(self) -> None:
        """From an empty chat to a ready paper account, in English."""
        await self.begin()
        await self.press("English")
        await self.press("I understand")
        await self.reads("Your account Paper is ready")

    async def gets_offer(self, symbol: str = "BTC/USDT") -> Locator:
        """Onboarded: send a test alert from the chat; the offer's card."""
        await self.press("Send me a test alert")
        return await self.reads(f"LONG {symbol} · entry 1 of 5")

    async def opens_position(self, symbol: str = "BTC/USDT") -> None:
        """Onboarded: approve a test alert and wait until the ladder lies at the venue."""
        await self.press("Approve", await self.gets_offer(symbol))
        await self.reads(f"LONG {symbol} · (orders placed|partly filled|open)")

    async def moves(self, symbol: str, factor: str, base: Decimal | None = None) -> Decimal:
        """Move the market to `factor` times `base` (now's price when not given)."""
        base = base or Decimal(await self.house.price(symbol))
        wanted = (base * Decimal(factor)).quantize(Decimal("0.01"))
        await self.house.market(symbol, str(wanted))
        return wanted

    # --- the Mini App -------------------------------------------------------------------------

    async def opens_app(self) -> FrameLocator:
        """Open the Mini App by the menu button."""
        await self.page.locator(".menu-pill").click()
        return await self.in_app()

    async def in_app(self) -> FrameLocator:
        """Wait until the Mini App shows its tabs."""
        await seen(self.app.get_by_role("navigation").get_by_role("link").first)
        return self.app

    async def in_app_at(self, path: str) -> FrameLocator:
        """Wait until the Mini App shows a screen whose address begins like this."""
        await expect(self.app.get_by_role("main").locator("h1").first).to_be_attached()
        await self.page.wait_for_function(
            "path => document.querySelector('iframe')?.src.includes('/app' + path)", arg=path
        )
        await self.settled()
        return self.app

    @property
    def app(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    def tab(self, name: str) -> Locator:
        return self.app.get_by_role("navigation").get_by_role("link", name=re.compile(name))

    async def goes_to(self, tab: str) -> None:
        """Choose a tab of the Mini App, and wait until its screen has come."""
        await self.tab(tab).click()
        await expect(self.tab(tab)).to_have_attribute("aria-current", "page", timeout=WAIT_MS)
        await self.settled()

    async def settled(self) -> None:
        """Wait until nothing is loading and nothing is moving in the Mini App."""
        await expect(self.app.locator(".skeleton")).to_have_count(0, timeout=WAIT_MS)
        await still(self.frame())

    async def wears(self, theme: dict[str, str]) -> None:
        """Change the client's theme under the open Mini App, as Telegram tells of it."""
        event = {"eventType": "theme_changed", "eventData": {"theme_params": theme}}
        await self.page.evaluate(
            "event => document.querySelector('iframe')"
            ".contentWindow.postMessage(JSON.stringify(event), '*')",
            event,
        )
        await expect(self.app.locator("html")).to_have_css(
            "background-color", rgb(theme["secondary_bg_color"])
        )

    def frame(self) -> Frame:
        """The Mini App's own document."""
        return next(frame for frame in self.page.frames if "/app/" in frame.url)

    async def sees(self, text: str) -> Locator:
        """Wait until the Mini App's screen says it."""
        found = self.app.get_by_role("main").get_by_text(re.compile(text)).first
        await expect(found).to_be_visible(timeout=WAIT_MS)
        return found

    async def slides(self, name: str) -> None:
        """Push the slide to its end, as a thumb does."""
        slide = self.app.get_by_role("slider", name=re.compile(name))
        await seen(slide)
        await still(self.frame())
        box = await slide.bounding_box()
        assert box is not None
        height = box["y"] + box["height"] / 2
        await self.page.mouse.move(box["x"] + 24, height)
        await self.page.mouse.down()
        await self.page.mouse.move(box["x"] + box["width"] - 8, height, steps=8)
        await self.page.mouse.up()

    @asynccontextmanager
    async def held(self, path: str) -> AsyncIterator[None]:
        """While inside, requests to `path` (a pattern) wait on the line; afterwards they go on."""
        waiting: list[Route] = []

        async def hold(route: Route) -> None:
            waiting.append(route)

        pattern = re.compile(path)
        await self.context.route(pattern, hold)
        yield
        await self.context.unroute(pattern, hold)
        assert waiting, f"nothing was sent to {path}"
        for route in waiting:
            await route.continue_()

    # --- complaints ---------------------------------------------------------------------------

    def forgive(self, pattern: str) -> None:
        """From now on the browser may log this: the journey provokes it."""
        self.forgiven = re.compile(pattern)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        words = f"console: {message.text} ({message.location.get('url', '')})"
        if self.forgiven is None or not self.forgiven.search(words):
            self.complaints.append(words)

    async def _route(self, route: Route) -> None:
        url = route.request.url
        if _HERE.match(url):
            await route.continue_()
            return
        self.complaints.append(f"left the machine: {url}")
        await route.abort()


def rgb(colour: str) -> str:
    """``#rrggbb`` as the browser computes it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red}, {green}, {blue})"


async def still(where: Frame | Page) -> None:
    """Wait until every transition and finite animation has ended."""
    await where.evaluate(
        """async () => {
            const ends = (motion) => Number.isFinite(motion.effect?.getComputedTiming().endTime);
            for (let round = 0; round < 20; round += 1) {
                const moving = document.getAnimations().filter(ends);
                if (moving.length === 0) return;
                await Promise.allSettled(moving.map((motion) => motion.finished));
            }
        }"""
    )


async def seen(locator: Locator) -> None:
    """Wait until it is on the screen."""
    await expect(locator).to_be_visible(timeout=WAIT_MS)


async def trades(house: House, telegram_id: int) -> list[dict[str, Any]]:
    """What the API says about the closed groups of a person."""
    token = await house.sign_in(telegram_id)
    status, body = await house.get("/api/v1/groups?status=closed", token)
    assert status == 200, body
    found: list[dict[str, Any]] = body["items"]
    return found
