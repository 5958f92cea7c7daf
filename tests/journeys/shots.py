"""Takes the pictures of the README from the running product: ``python -m tests.journeys.shots``.

They land in ``docs/images``; one Chromium, one fresh house, prices of the simulated market.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.async_api import Browser, FloatRect, Locator, Page, async_playwright, expect

from tests.journeys.browser import chromium_path, launch_arguments
from tests.journeys.person import WAIT_MS, Person, Theme, still
from tests.journeys.trader import Trader
from tests.support.house import House

OUT: Final = Path(__file__).parents[2] / "docs" / "images"
SIZE: Final = (1280, 880)
PHONE_HEIGHT: Final = 1150
FILM: Final = (1240, 860)
WITHOUT_PEOPLE: Final[FloatRect] = {"x": 320, "y": 0, "width": 920, "height": 860}
FILM_WIDTH: Final = 800
COLOURS: Final = 256
D = Decimal


async def main() -> None:
    path = chromium_path()
    if path is None:
        sys.exit("no Chromium found; install it with: apt-get install chromium")
    OUT.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="cs-"))
    await asyncio.to_thread(folder.chmod, 0o711)
    try:
        async with House(folder) as house, async_playwright() as play:
            fine = [*launch_arguments(), "--force-device-scale-factor=2"]  # also for canvases
            browser = await play.chromium.launch(executable_path=path, args=fine)
            await pictures(browser, house, "Mia", "light")
            await pictures(browser, house, "Noah", "dark")
            await film(browser, house)
            await browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for file in sorted(OUT.iterdir()):
        print(f"{file.name:24} {file.stat().st_size / 1024:7.0f} KB")


async def pictures(browser: Browser, house: House, name: str, theme: Theme) -> None:
    """One person's lively account, in one theme."""
    telegram_id = {"Mia": 1001, "Noah": 1002}[name]
    person = await Person.at(
        browser, house, name, theme=theme, size=SIZE, scale=2, telegram_id=telegram_id
    )
    await person.onboard()
    await charts(person, theme)
    trader = await Trader.of(house, telegram_id, name)
    await story(trader)
    card = await person.reads("LINK/USDT · entry 1 of 5.*Expires")
    await expect(person.page.locator(".toast")).to_have_count(0, timeout=WAIT_MS)
    await person.opens_app()
    await shows(person, "/positions/" + (await open_group(trader, "ETH/USDT"))["id"])
    suffix = "" if theme == "light" else "-dark"
    await steady(person, card)
    await save(await person.page.screenshot(), f"overview{suffix}.png")
    if theme == "light":
        await save(await around(card), "offer-card.png")
        await save(await tall(person), "position.png")
    await person.leave()


async def story(trader: Trader) -> None:
    """SOL won, ETH and BTC filling, LINK asks."""
    solana = await trader.opens("SOL/USDT", fall="0.987")
    await trader.filled("SOL/USDT", 3)
    await trader.moves("SOL/USDT", solana * D("1.02"))
    await trader.closed("SOL/USDT")
    await trader.opens("BTC/USDT", fall="0.994")
    await trader.filled("BTC/USDT", 2)
    await trader.choose(tp_mode="aggregate", tp_aggregate_percent="1.5")
    ether = await trader.opens("ETH/USDT", fall="0.979")
    await trader.filled("ETH/USDT", 4)
    await trader.choose(tp_mode="per_leg")
    await trader.moves("ETH/USDT", ether * D("0.999"))
    await trader.alert("LINK/USDT")
    await trader.waits("/offers?status=pending")


async def film(browser: Browser, house: House) -> None:
    """Approve, ladder, closed: a few frames of chat and Mini App side by side."""
    person = await Person.at(browser, house, "Emma", size=FILM)
    await person.onboard()
    await charts(person, "light")
    trader = await Trader.of(house, person.telegram_id, "Emma")
    reel = Reel(person)
    await trader.alert("AVAX/USDT")
    card = await person.reads("AVAX/USDT · entry 1 of 5")
    entry = D(await house.price("AVAX/USDT"))
    app = await person.opens_app()
    await steady(person, card)
    await reel.take(2200)
    await app.get_by_role("button", name="Approve").click()
    await expect(app.get_by_role("button", name="Undo")).to_be_visible(timeout=WAIT_MS)
    await person.reads("Approved by you in the app")
    await reel.take(1500)
    await person.reads("AVAX/USDT · (orders placed|partly filled)")
    await app.locator("a.position").filter(has_text="AVAX").first.click()
    await reel.take(1200)
    for fall, legs in (("0.994", 2), ("0.989", 3), ("0.978", 4)):
        await trader.moves("AVAX/USDT", entry * D(fall))
        await person.reads(f"{legs} of 5 filled")
        await reel.take(1100)
    await trader.moves("AVAX/USDT", entry * D("1.02"))
    await person.reads("AVAX/USDT closed:")
    await person.sees("Target reached")
    await reel.take(3500)
    reel.save("approve.gif")
    await person.leave()


class Reel:
    """Frames and how long each stands, in milliseconds."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._frames: list[Image.Image] = []
        self._times: list[int] = []

    async def take(self, milliseconds: int) -> None:
        await steady(self._person, None)
        shot = await self._person.page.screenshot(clip=WITHOUT_PEOPLE)
        frame = Image.open(BytesIO(shot)).convert("RGB")
        height = round(frame.height * FILM_WIDTH / frame.width)
        self._frames.append(frame.resize((FILM_WIDTH, height), Image.Resampling.LANCZOS))
        self._times.append(milliseconds)

    def save(self, name: str) -> None:
        plain = Image.Dither.NONE  # speckles would change from frame to frame
        first, *others = [frame.quantize(COLOURS, dither=plain) for frame in self._frames]
        first.save(
            OUT / name,
            save_all=True,
            append_images=others,
            duration=self._times,
            loop=0,
            optimize=True,
        )


async def charts(person: Person, theme: Theme) -> None:
    """Choose the chart colours that go with the page."""
    await person.says("/settings")
    card = await person.reads("Charts:")
    wanted = card.get_by_role("button", name=f"{theme.capitalize()} charts")
    if await wanted.count():
        await wanted.click()
        await person.reads(f"Charts: {theme}")


async def open_group(trader: Trader, symbol: str) -> dict[str, str]:
    group = await trader.group(symbol)
    assert group is not None
    return group


async def shows(person: Person, route: str) -> None:
    await person.frame().evaluate("to => history.pushState(null, '', '/app' + to)", route)
    await expect(person.app.locator(".chart canvas").first).to_be_visible(timeout=WAIT_MS)
    await person.settled()


async def steady(person: Person, card: Locator | None) -> None:
    """Everything loaded, nothing moving, no toast; the card, when given, at the bottom."""
    page: Page = person.page
    await page.mouse.move(1, 1)  # where it hovers over nothing
    await expect(page.locator(".toast")).to_have_count(0, timeout=WAIT_MS)
    await page.locator("#scroll").evaluate("scroll => { scroll.scrollTop = scroll.scrollHeight; }")
    if card is not None:
        await expect(card).to_be_in_viewport()
    for image in await page.locator("#log img").all():
        await image.evaluate("image => image.decode()")
    await person.settled()
    await still(page)


async def around(card: Locator) -> bytes:
    """The card with a little of the wall behind it."""
    box = await card.bounding_box()
    assert box is not None
    clip: FloatRect = {
        "x": box["x"] - 14,
        "y": box["y"] - 4,
        "width": box["width"] + 28,
        "height": box["height"] + 14,
    }
    return await card.page.screenshot(clip=clip)


async def tall(person: Person) -> bytes:
    """The Mini App on a phone long enough for chart, figures and ladder."""
    await person.page.set_viewport_size({"width": SIZE[0], "height": PHONE_HEIGHT + 40})
    phone = person.page.locator(".phone")
    await phone.evaluate("(phone, height) => { phone.style.height = `${height}px`; }", PHONE_HEIGHT)
    await person.settled()
    return await phone.screenshot()


async def save(shot: bytes, name: str) -> None:
    """Few colours: the same picture to the eye, a third of the bytes."""
    image = Image.open(BytesIO(shot)).convert("RGB")
    palette = image.quantize(COLOURS)
    image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(
        OUT / name, optimize=True
    )


if __name__ == "__main__":
    asyncio.run(main())
