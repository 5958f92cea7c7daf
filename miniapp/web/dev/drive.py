"""Drives the built page as a person would, against the canned answers.

``python dev/drive.py`` after ``npm run build``: deep link and back, live theme change, approve
and undo, pause, offline and back, outside Telegram, inside a web client's frame.
"""

from __future__ import annotations

import asyncio
import sys

import fixture_server
from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright, expect
from shots import LIGHT, PORT, Shot, fragment, open_page

HOME = Shot("drive", "/")
FRAME = """<!doctype html><title>client</title><iframe id="app" src="/app/#%s"
 style="width:390px;height:800px"></iframe><script>
window.posted = [];
addEventListener("message", (event) => {
  const { eventType } = JSON.parse(event.data);
  window.posted.push(eventType);
  const answer = (type, data) => event.source.postMessage(
    JSON.stringify({ eventType: type, eventData: data }), "*");
  if (eventType === "web_app_request_viewport")
    answer("viewport_changed", { height: 800, width: 390, is_expanded: true, is_state_stable: true });
  if (eventType.endsWith("safe_area"))
    answer(eventType.slice("web_app_request_".length) + "_changed",
      { top: 0, right: 0, bottom: 0, left: 0 });
});</script>"""


async def calls(page: Page) -> list[str]:
    found: list[str] = await page.evaluate("window.__calls")
    return found


async def deep_link(browser: Browser) -> None:
    page, problems = await open_page(browser, HOME, start="pos_01jd0000000000000000group1")
    await expect(page.get_by_role("heading", name="BTC/USDT")).to_be_visible()
    assert page.url.endswith("/app/positions/01jd0000000000000000group1"), page.url
    assert "web_app_setup_back_button" in await calls(page)
    await page.evaluate("Telegram.WebView.receiveEvent('back_button_pressed')")
    await expect(page.get_by_role("heading", name="Positions")).to_be_visible()
    await page.get_by_role("link", name="More").click()
    await page.reload()
    await expect(page.get_by_role("heading", name="More", exact=True)).to_be_visible()
    assert not problems, problems


async def theme(browser: Browser) -> None:
    page, problems = await open_page(browser, HOME._replace(theme="dark"))
    await expect(page.get_by_text("Equity")).to_be_visible()
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await page.evaluate(
        "theme => Telegram.WebView.receiveEvent('theme_changed', { theme_params: theme })", LIGHT
    )
    await expect(root).to_have_attribute("data-theme", "light")
    assert not problems, problems


async def decide(browser: Browser) -> None:
    page, problems = await open_page(browser, HOME)
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_text("Goes out in")).to_be_visible()
    await expect(page.get_by_text("Opened with 5 legs.")).to_be_visible(timeout=10_000)
    await page.get_by_role("link", name="Open position").click()
    await expect(page.get_by_role("heading", name="Story")).to_be_visible()
    assert "web_app_trigger_haptic_feedback" in await calls(page)
    assert "web_app_setup_closing_behavior" in await calls(page)
    assert not problems, problems


async def undo(browser: Browser) -> None:
    page, problems = await open_page(browser, HOME)
    await page.get_by_role("button", name="Approve").dblclick()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("taken back in time")).to_be_visible()
    assert not problems, problems


async def pause(browser: Browser) -> None:
    page, problems = await open_page(browser, HOME)
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("No new entries are taken.")).to_be_visible()
    await page.get_by_role("button", name="Resume").click()
    await expect(page.get_by_text("No new entries are taken.")).to_be_hidden()
    await page.get_by_role("button", name="Close all").click()
    slide = page.get_by_role("slider", name="Slide to close everything")
    await slide.focus()
    await page.keyboard.press("End")
    await expect(page.get_by_text("Emergency close ordered.")).to_be_visible()
    assert not problems, problems


async def offline(browser: Browser) -> None:
    page, _ = await open_page(browser, HOME)
    await expect(page.get_by_text("Equity")).to_be_visible()
    await page.context.set_offline(True)
    await expect(page.get_by_text("Offline. Showing what was known")).to_be_visible()
    await expect(page.get_by_text("Equity")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_text("Offline.")).to_be_hidden(timeout=15_000)


async def outside(browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(f"http://127.0.0.1:{PORT}/app/")
    await expect(page.get_by_text("Open Countersign from Telegram")).to_be_visible()
    await page.close()


async def framed(browser: Browser) -> None:
    page = await browser.new_page()
    await page.route("**/client", lambda route: route.fulfill(
        body=FRAME % fragment(LIGHT), content_type="text/html"))
    await page.goto(f"http://127.0.0.1:{PORT}/client")
    frame = page.frame_locator("#app")
    await expect(frame.get_by_text("Equity")).to_be_visible()
    posted = await page.evaluate("window.posted")
    assert {"web_app_ready", "web_app_expand", "iframe_ready"} <= set(posted), posted
    await page.close()


async def main() -> int:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for journey in (deep_link, theme, decide, undo, pause, offline, outside, framed):
            runner = web.AppRunner(fixture_server.app("normal", framed=journey is framed))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", PORT, reuse_address=True).start()
            await journey(browser)
            for context in browser.contexts:
                await context.close()  # The server waits for its open sockets.
            await runner.cleanup()
            sys.stdout.write(f"{journey.__name__}: ok\n")
            sys.stdout.flush()
        await browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
