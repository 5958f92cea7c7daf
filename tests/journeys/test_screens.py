"""Every screen, in every theme, empty and full: axe finds nothing and nothing overflows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.journeys import axe
from tests.journeys.person import PHONE, WAIT_MS, Arrive, Person, Theme, still
from tests.journeys.trader import Trader, busy
from tests.support.house import House

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]

LISTS = (
    "/",
    "/offers",
    "/positions",
    "/trades",
    "/queue",
    "/risk",
    "/account",
    "/webhooks",
    "/alerts",
    "/exchanges",
    "/connect",
    "/settings",
    "/settings/protection",
    "/settings/ladders/0",
    "/settings/versions",
    "/more",
    "/about",
)
SAND: dict[str, str] = {
    "bg_color": "#fdf3d8",
    "secondary_bg_color": "#f3dfae",
    "section_bg_color": "#fdf3d8",
    "text_color": "#5b4636",
    "subtitle_text_color": "#c9a66b",
    "hint_color": "#c9a66b",
    "accent_text_color": "#e8a33d",
    "button_color": "#f4c430",
    "button_text_color": "#fff7d6",
}
"""A theme of a person's own, with pairs too pale to read."""
SHIFT_MAX = 0.05


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def full(house: House, browser: Browser) -> AsyncIterator[Trader]:
    """Somebody with something on every screen."""
    person = await Person.at(browser, house, "Iris")
    await person.onboard()
    trader = await Trader.of(house, person.telegram_id, "Iris")
    await busy(trader)
    await person.says("/status")
    await person.reads("Positions 2 of 2")
    await person.leave()
    yield trader


async def wrong(person: Person, routes: Sequence[str], mood: str) -> list[str]:
    """What is wrong on these screens of the open Mini App."""
    found = []
    for route in routes:
        await person.frame().evaluate("to => history.pushState(null, '', '/app' + to)", route)
        await person.settled()
        await expect(person.app.get_by_role("main").locator("h1")).to_have_count(1)
        lines = await axe.faults(person.frame())
        found += [f"{route} {mood}: {line}" for line in lines]
    return found


async def details(trader: Trader) -> list[str]:
    """The screens of one thing: a position open and closed, an offer open and decided."""
    short, won = await trader.group("BTC/USDT"), await trader.group("SOL/USDT", "closed")
    offers = (await trader.get("/offers"))["items"]
    decided = next(one for one in offers if one["status"] != "pending")
    waiting = next(one for one in offers if one["status"] == "pending")
    assert short is not None
    assert won is not None
    return [
        f"/positions/{short['id']}",
        f"/positions/{won['id']}",
        f"/offers/{waiting['id']}",
        f"/offers/{decided['id']}",
    ]


@pytest.mark.parametrize("theme", ["light", "dark", "custom"])
async def test_every_screen_of_the_app(arrive: Arrive, full: Trader, theme: str) -> None:
    base: Theme = "dark" if theme == "dark" else "light"
    person = await arrive(theme=base, telegram_id=full.telegram_id)
    await person.opens_app()
    await person.settled()
    assert await axe.layout_shift(person.frame()) <= SHIFT_MAX
    if theme == "custom":
        await person.wears(SAND)
    assert await wrong(person, [*LISTS, *await details(full)], theme) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_screen_without_anything(arrive: Arrive, theme: Theme) -> None:
    person = await arrive("Ines", theme=theme)
    await person.onboard()
    await person.opens_app()
    await person.settled()
    assert await axe.layout_shift(person.frame()) <= SHIFT_MAX
    assert await wrong(person, LISTS, f"empty, {theme}") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), PHONE])
async def test_the_chat_page(
    arrive: Arrive, full: Trader, theme: Theme, size: tuple[int, int]
) -> None:
    person = await arrive(theme=theme, size=size, telegram_id=full.telegram_id)
    await person.reads("LINK/USDT")
    await still(person.page)
    assert await axe.faults(person.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/api/docs", "/app/"])
async def test_the_pages_of_the_house(
    arrive: Arrive, house: House, theme: Theme, path: str, full: Trader
) -> None:
    person = await arrive(theme=theme, size=PHONE, telegram_id=full.telegram_id)
    await person.page.goto(house.url + path)
    await expect(person.page.locator("h1").first).to_be_attached(timeout=WAIT_MS)
    await still(person.page)
    assert await axe.faults(person.page) == []
