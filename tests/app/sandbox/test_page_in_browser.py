"""The chat page in real Chromium: talking to a bot, pressing, paying, opening the Mini App."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.filters import Command, CommandStart
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LabeledPrice,
    MenuButtonWebApp,
    Message,
    PreCheckoutQuery,
    WebAppInfo,
)
from aiogram.utils.formatting import Bold, DateTime, Text
from aiogram.utils.web_app import check_webapp_signature
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from app.sandbox.server import Sandbox
from foundation.clock import WallClock
from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.app.sandbox.conftest import MIA, TOKEN, Alerts, MakeSandbox, Market, bot_at, picture
from tests.journeys.browser import chromium_path, launch_arguments

pytestmark = pytest.mark.journey

HOSTILE = '<img src=x onerror="document.title=1">'

# A Mini App as Telegram's script would make it: talks JSON strings with its parent.
MINI_APP = """<!doctype html><title>Mini</title><p id="user"></p><p id="theme"></p><p id="got"></p>
<script>
const say = (eventType, eventData) =>
  parent.postMessage(JSON.stringify({eventType, eventData}), "*");
const launch = new URLSearchParams(location.hash.slice(1));
window.initData = launch.get("tgWebAppData");
window.heard = [];
document.getElementById("user").textContent =
  JSON.parse(new URLSearchParams(initData).get("user")).first_name;
addEventListener("message", (event) => {
  const {eventType, eventData} = JSON.parse(event.data);
  heard.push([eventType, eventData]);
  if (eventType === "theme_changed")
    document.getElementById("theme").textContent = eventData.theme_params.bg_color;
  document.getElementById("got").textContent = heard.map(([name]) => name).join(" ");
});
for (const name of ["iframe_ready", "web_app_ready", "web_app_request_theme",
  "web_app_request_viewport", "web_app_request_safe_area",
  "web_app_request_content_safe_area"]) say(name);
say("web_app_setup_back_button", {is_visible: true});
say("web_app_setup_main_button", {is_visible: true, text: "Approve all"});
</script>"""


def shop() -> Dispatcher:
    """A bot with a bit of everything."""
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart())
    async def start(message: Message) -> None:
        assert message.from_user is not None
        text = Text("Hello ", Bold(message.from_user.first_name), " — ends ", _in_a_minute(message))
        yes = InlineKeyboardButton(text="Approve", callback_data="yes", style="success")
        loud = InlineKeyboardButton(text="Loud", callback_data="loud", style="danger")
        keys = InlineKeyboardMarkup(inline_keyboard=[[yes, loud]])
        await message.answer(**text.as_kwargs(), reply_markup=keys)

    @dispatcher.message(Command("photo"))
    async def photo(message: Message) -> None:
        await message.answer_photo(BufferedInputFile(picture(), "a.png"), caption="a chart")

    @dispatcher.message(Command("buy"))
    async def buy(message: Message) -> None:
        prices = [LabeledPrice(label="Pro", amount=250)]
        await message.answer_invoice("Pro plan", "A month", "order-1", "XTR", prices)

    @dispatcher.pre_checkout_query()
    async def check(query: PreCheckoutQuery) -> None:
        await query.answer(ok=True)

    @dispatcher.message(F.successful_payment)
    async def paid(message: Message) -> None:
        await message.answer("Pro is active")

    @dispatcher.callback_query(F.data == "loud")
    async def loudly(query: CallbackQuery) -> None:
        await query.answer("Only the owner may", show_alert=True)

    @dispatcher.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        await query.answer("Done")
        assert isinstance(query.message, Message)
        await query.message.edit_text("Approved by you")

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(f"echo {message.text}")

    return dispatcher


def _in_a_minute(message: Message) -> DateTime:
    unix = int(message.date.timestamp()) + 90
    return DateTime("soon", unix_time=unix, date_time_format="r")


@dataclass
class Visit:
    """An open page, and everything it complained about."""

    page: Page
    sandbox: Sandbox
    bot: Bot
    complaints: list[str] = field(default_factory=list)

    async def say(self, text: str) -> None:
        await self.page.get_by_label("Message", exact=True).fill(text)
        await self.page.keyboard.press("Enter")

    async def begin(self) -> None:
        await self.page.get_by_role("button", name="Start", exact=True).click()
        await expect(self.page.get_by_role("button", name="Approve", exact=True)).to_be_visible()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(
            executable_path=chromium_path(), args=launch_arguments()
        )
        yield made
        await made.close()


@pytest.fixture
async def mini_app() -> AsyncIterator[str]:
    async def serve(_request: web.Request) -> web.Response:
        return web.Response(text=MINI_APP, content_type="text/html")

    app = web.Application()
    app.router.add_get("/app/", serve)
    async with TestServer(app) as server:
        yield str(server.make_url("/app/"))


@pytest.fixture
async def visit(make_sandbox: MakeSandbox, mini_app: str, browser: Browser) -> AsyncIterator[Visit]:
    sandbox = await make_sandbox(on_clock=WallClock(), web_app_url=mini_app)
    bot = bot_at(sandbox)
    await bot.set_my_commands(
        [
            BotCommand(command="photo", description="A chart"),
            BotCommand(command="buy", description="Pay"),
        ]
    )
    button = MenuButtonWebApp(text="Dashboard", web_app=WebAppInfo(url=mini_app))
    await bot.set_chat_menu_button(menu_button=button)
    nursery = Nursery(get_logger("tests"))
    dispatcher = shop()
    nursery.once("poll", dispatcher.start_polling(bot, handle_signals=False, polling_timeout=2))
    context = await browser.new_context(
        viewport={"width": 1280, "height": 860}, color_scheme="light", locale="en-GB"
    )
    page = await context.new_page()
    page.set_default_timeout(10_000)
    made = Visit(page, sandbox, bot)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("console", lambda said: _only_calm(said, made))
    page.on("request", lambda asked: _only_here(asked.url, made))
    await page.goto(sandbox.page_url)
    yield made
    await context.close()
    await dispatcher.stop_polling()
    await nursery.stop()
    await bot.session.close()
    assert made.complaints == []


def _only_calm(said: ConsoleMessage, visit: Visit) -> None:
    if said.type == "error":
        visit.complaints.append(said.text)


def _only_here(url: str, visit: Visit) -> None:
    if urlsplit(url).hostname not in ("127.0.0.1", None):
        visit.complaints.append(f"asked for {url}")


async def test_a_conversation(visit: Visit) -> None:
    page = visit.page
    await expect(page.get_by_text("What can this bot do?")).to_be_visible()
    await visit.begin()
    await expect(page.locator("time[data-format='r']")).to_contain_text("minute")
    approve = page.get_by_role("button", name="Approve", exact=True)
    assert "success" in (await approve.get_attribute("class") or "")
    await approve.click()
    await expect(page.get_by_text("Approved by you")).to_have_count(2)  # bubble and list of chats
    await expect(approve).to_have_count(0)
    await expect(page.locator(".toast")).to_have_text("Done")
    await visit.say("hello")
    await expect(page.get_by_text("echo hello").first).to_be_visible()
    await page.get_by_label("Message", exact=True).fill("/ph")
    await expect(page.get_by_role("option", name="/photo")).to_be_visible()
    await page.keyboard.press("Enter")
    image = page.locator(".photo img")
    await expect(image).to_be_visible()
    assert await image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 640
    await page.reload()
    await expect(page.get_by_text("echo hello").first).to_be_visible()


async def test_an_alert_wants_to_be_closed(visit: Visit) -> None:
    await visit.begin()
    await visit.page.get_by_role("button", name="Loud").click()
    dialog = visit.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Only the owner may")
    await dialog.get_by_role("button", name="OK").click()
    await expect(dialog).to_have_count(0)


async def test_hostile_names_and_texts_stay_text(visit: Visit) -> None:
    page = visit.page
    await page.get_by_role("button", name="Add a person").click()
    await page.get_by_label("First name").fill(HOSTILE)
    await page.get_by_role("dialog").get_by_role("button", name="Add", exact=True).click()
    await expect(page.locator(".person[aria-current]")).to_contain_text(HOSTILE)
    await visit.begin()
    await expect(page.locator(".words strong")).to_have_text(HOSTILE)
    await visit.say(HOSTILE)
    await expect(page.locator(".row.out .words").last).to_contain_text(HOSTILE)
    await visit.bot.set_my_name(HOSTILE)
    await expect(page.locator("#bot-name")).to_have_text(HOSTILE)
    assert await page.title() == "Countersign · Telegram sandbox"
    assert await page.locator("#log img, .person img").count() == 0


async def test_each_person_has_their_own_chat(visit: Visit) -> None:
    page = visit.page
    await visit.begin()
    await page.get_by_role("button", name="Noah").click()
    await expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    await expect(page.locator(".row")).to_have_count(0)
    await visit.bot.send_message(MIA, "for Mia alone")
    mia = page.locator(".person", has_text="Mia")
    await expect(mia.locator(".badge")).to_have_text("1")
    await expect(page.locator(".row")).to_have_count(0)
    await mia.click()
    await expect(page.locator(".row").last).to_contain_text("for Mia alone")
    await expect(page.locator(".person .badge")).to_have_count(0)


async def test_blocking_and_coming_back(visit: Visit) -> None:
    page = visit.page
    await visit.begin()
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Stop and block the bot").click()
    await page.get_by_role("button", name="Restart bot").click()
    await expect(page.get_by_label("Message", exact=True)).to_be_visible()
    await expect(page.locator(".row")).to_have_count(4)


async def test_paying_with_pretend_stars(visit: Visit) -> None:
    await visit.begin()
    await visit.say("/buy")
    await visit.page.get_by_role("button", name="Pay ⭐ 250").click()
    dialog = visit.page.get_by_role("dialog")
    await expect(dialog).to_contain_text("nothing is charged")
    await dialog.get_by_role("button", name="Pay ⭐ 250").click()
    await expect(visit.page.locator(".service")).to_contain_text("You paid ⭐ 250")
    await expect(visit.page.locator(".row").last).to_contain_text("Pro is active")


async def test_the_market_and_a_test_alert(visit: Visit, market: Market, alerts: Alerts) -> None:
    page = visit.page
    now = page.locator(".price-now")
    await expect(now).to_have_text("64,250.5")
    await page.get_by_role("button", name="+1 percent").click()
    await expect(now).to_have_text("64,893.00")
    assert market.last["BTC/USDT"] == "64893.00"
    await page.get_by_label("New price").fill("60,000.25")
    await page.get_by_role("button", name="Set").click()
    await expect(now).to_have_text("60,000.25")
    await page.get_by_label("New price").fill("abc")
    await page.get_by_label("New price").press("Enter")
    await expect(page.locator(".toast")).to_contain_text("not a plain decimal number")
    visit.complaints.clear()  # the browser logs the refusal we asked for
    await page.get_by_role("button", name="Short").click()
    await expect(page.locator(".toast").last).to_contain_text("BTC/USDT short: accepted")
    assert alerts.sent == [(MIA, "short", "BTC/USDT")]


async def heard(page: Page) -> dict[str, Any]:
    """What the Mini App heard so far, by event."""
    found: dict[str, Any] = await page.frames[-1].evaluate("Object.fromEntries(window.heard)")
    return found


async def test_the_mini_app_in_its_window(visit: Visit) -> None:
    page = visit.page
    await visit.begin()
    await page.get_by_role("button", name="Dashboard").click()
    inside = page.frame_locator("iframe")
    await expect(inside.locator("#user")).to_have_text("Mia")
    await expect(inside.locator("#theme")).to_have_text("#ffffff")
    await expect(inside.locator("#got")).to_contain_text("content_safe_area_changed")
    frame = page.frames[-1]
    assert check_webapp_signature(TOKEN, await frame.evaluate("window.initData"))
    told = await heard(page)
    assert told["viewport_changed"]["width"] == 390
    assert told["safe_area_changed"] == {"top": 0, "bottom": 0, "left": 0, "right": 0}
    await page.get_by_role("button", name="Back", exact=True).click()
    await expect(inside.locator("#got")).to_contain_text("back_button_pressed")
    await page.get_by_role("button", name="Approve all").click()
    await expect(inside.locator("#got")).to_contain_text("main_button_pressed")
    await page.get_by_role("button", name="Switch between light and dark").click()
    await expect(inside.locator("#theme")).to_have_text("#17212b")
    popup = {"title": "Sure?", "message": "Close all", "buttons": [{"id": "y", "type": "ok"}]}
    await frame.evaluate("popup => say('web_app_open_popup', popup)", popup)
    await page.get_by_role("dialog").get_by_role("button", name="OK").click()
    await expect(inside.locator("#got")).to_contain_text("popup_closed")
    assert (await heard(page))["popup_closed"] == {"button_id": "y"}
    await frame.evaluate("say('web_app_close')")
    await expect(page.locator("iframe")).to_have_count(0)


async def test_on_a_phone(visit: Visit) -> None:
    page = visit.page
    await page.set_viewport_size({"width": 390, "height": 844})
    await visit.begin()
    await expect(page.locator(".side")).to_be_hidden()
    await page.get_by_role("button", name="Market and test alerts").click()
    await expect(page.locator(".price-now")).to_be_visible()
    await page.get_by_role("button", name="Market and test alerts").click()
    await page.get_by_role("button", name="Dashboard").click()
    await expect(page.frame_locator("iframe").locator("#user")).to_have_text("Mia")
    assert await page.locator(".phone").evaluate("phone => phone.offsetWidth") == 390
    await page.frames[-1].evaluate("say('web_app_close')")
    await page.get_by_role("button", name="All chats").click()
    await page.get_by_role("button", name="Noah").click()
    await expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_a_long_chat_loads_as_one_scrolls_up(visit: Visit) -> None:
    page = visit.page
    await visit.begin()
    for number in range(130):
        await visit.bot.send_message(MIA, f"line {number}")
    await page.reload()
    await expect(page.locator(".row").last).to_contain_text("line 129")
    await expect(page.locator(".row").last).to_be_in_viewport()
    await expect(page.locator(".row")).to_have_count(60)
    scroll = page.locator("#scroll")
    while await page.locator(".row").count() < 132:
        await scroll.evaluate("scroll => { scroll.scrollTop = 0; }")
        await expect(page.locator(".row").nth(59)).to_be_attached()
    await expect(page.get_by_role("button", name="Go to the newest message")).to_be_visible()
    await visit.bot.send_message(MIA, "newest")
    await expect(page.locator(".row").last).to_contain_text("newest")
    await page.get_by_role("button", name="Go to the newest message").click()
    await expect(page.locator(".row").last).to_be_in_viewport()
