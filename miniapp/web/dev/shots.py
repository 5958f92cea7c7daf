"""Looks at the built page: screenshots of every screen, axe on each, no request off this machine.

``python dev/shots.py [name-filter]`` after ``npm run build``; pictures land in ``shots/``.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import fixture_server
from aiohttp import web
from playwright.async_api import Browser, Page, Route, async_playwright

WEB = Path(__file__).parent.parent
OUT = WEB / "shots"
AXE = (WEB / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
PORT = 8102
TOKEN = "123456:TESTTOKEN"
LIGHT = {
    "bg_color": "#ffffff", "secondary_bg_color": "#efeff4", "section_bg_color": "#ffffff",
    "text_color": "#000000", "subtitle_text_color": "#999999", "hint_color": "#999999",
    "accent_text_color": "#168acd", "button_color": "#40a7e3", "button_text_color": "#ffffff",
}
DARK = {
    "bg_color": "#17212b", "secondary_bg_color": "#0e1621", "section_bg_color": "#17212b",
    "text_color": "#f5f5f5", "subtitle_text_color": "#708499", "hint_color": "#708499",
    "accent_text_color": "#6ab2f2", "button_color": "#5288c1", "button_text_color": "#ffffff",
}
CUSTOM = {
    "bg_color": "#fdf3d8", "secondary_bg_color": "#f3dfae", "section_bg_color": "#fdf3d8",
    "text_color": "#5b4636", "subtitle_text_color": "#c9a66b", "hint_color": "#c9a66b",
    "accent_text_color": "#e8a33d", "button_color": "#f4c430", "button_text_color": "#fff7d6",
}
THEMES = {"light": LIGHT, "dark": DARK, "custom": CUSTOM}
BRIDGE = """({theme}) => {
  window.__calls = [];
  const answer = (event, data) => setTimeout(() => window.Telegram?.WebView?.receiveEvent?.(event, data));
  const inset = { left: 0, right: 0, top: 0, bottom: 20 };
  window.TelegramWebviewProxy = { postEvent(name) {
    window.__calls.push(name);
    if (name === "web_app_request_theme") answer("theme_changed", { theme_params: theme });
    if (name === "web_app_request_viewport") answer("viewport_changed",
      { height: innerHeight, width: innerWidth, is_expanded: true, is_state_stable: true });
    if (name === "web_app_request_safe_area") answer("safe_area_changed", inset);
    if (name === "web_app_request_content_safe_area") answer("content_safe_area_changed",
      { ...inset, bottom: 0 });
  } };
}"""


class Shot(NamedTuple):
    name: str
    path: str
    scenario: str = "normal"
    state: str = "running"
    stale: bool = False
    theme: str = "light"
    width: int = 390
    height: int = 844
    clicks: tuple[str, ...] = ()
    scroll: int = 0
    direction: str = "ltr"
    scale: int = 100
    language: str = "en"


POSITION = "/positions/01jd0000000000000000group1"
BASE = (
    Shot("home", "/"),
    Shot("home-scrolled", "/", scroll=700),
    Shot("home-empty", "/", scenario="empty"),
    Shot("home-full", "/", scenario="full", state="paused"),
    Shot("home-stale", "/", stale=True),
    Shot("home-undo", "/", clicks=("text=Approve",)),
    Shot("home-closeall", "/", clicks=("text=Close all",)),
    Shot("accounts", "/", clicks=("css=.account-chip",)),
    Shot("accounts-full", "/positions", scenario="full", clicks=("css=.account-chip",)),
    Shot("offers", "/offers"),
    Shot("offers-full", "/offers", scenario="full"),
    Shot("offers-empty", "/offers", scenario="empty"),
    Shot("positions", "/positions"),
    Shot("positions-full", "/positions", scenario="full"),
    Shot("positions-empty", "/positions", scenario="empty"),
    Shot("position", POSITION),
    Shot("position-ending", POSITION, scroll=620),
    Shot("position-targets", POSITION, clicks=("text=Take profit", "text=Per leg or average")),
    Shot("position-ladder", POSITION, scroll=1150),
    Shot("position-figures", POSITION, scroll=1650),
    Shot("position-story", POSITION, scroll=2400),
    Shot("position-close", POSITION, clicks=("text=Close position",)),
    Shot("trades", "/trades"),
    Shot("trades-empty", "/trades", scenario="empty"),
    Shot("trades-full", "/trades", scenario="full", clicks=("text=Weeks",)),
    Shot("trades-row", "/trades", clicks=("css=.unfold summary",), scroll=300),
    Shot("trades-lost", "/trades", clicks=("css=.which .chip:last-child",)),
    Shot("alerts", "/alerts", scenario="full"),
    Shot("queue", "/queue"),
    Shot("queue-empty", "/queue", scenario="empty"),
    Shot("queue-full", "/queue", scenario="full"),
    Shot("queue-lately", "/queue", scroll=900),
    Shot("queue-force", "/queue", scenario="full", clicks=("text=Force in…",)),
    Shot("risk", "/risk"),
    Shot("risk-plan", "/risk", scroll=420),
    Shot("risk-row", "/risk", scroll=900, clicks=("css=.unfold summary",)),
    Shot("risk-run", "/risk", clicks=("text=Run now…",)),
    Shot("risk-empty", "/risk", scenario="empty"),
    Shot("risk-full", "/risk", scenario="full"),
    Shot("risk-full-plan", "/risk", scenario="full", scroll=850),
    Shot("risk-history", "/risk", scroll=1700),
    Shot("risk-halted", "/risk", state="halted"),
    Shot("account", "/account"),
    Shot("account-venue", "/", clicks=("css=.account-chip", "text=Binance main", "css=.tab[href$=more]", "css=a[href$=account]")),
    Shot("account-venue-bad", "/", scenario="full", clicks=("css=.account-chip", "text=Binance main", "css=.tab[href$=more]", "css=a[href$=account]")),
    Shot("account-end", "/account", scenario="full", scroll=1500),
    Shot("account-halt", "/account", clicks=("text=Halt…",)),
    Shot("webhooks", "/webhooks", clicks=("text=Last deliveries",)),
    Shot("webhooks-full", "/webhooks", scenario="full"),
    Shot("webhooks-empty", "/webhooks", scenario="empty"),
    Shot("webhooks-add", "/webhooks", scenario="empty", clicks=("text=Add a webhook",)),
    Shot("connect", "/connect"),
    Shot("connect-empty", "/connect", scenario="empty"),
    Shot("settings", "/settings"),
    Shot("settings-bottom", "/settings", scroll=900),
    Shot("settings-capital", "/settings/capital"),
    Shot("settings-stops", "/settings/stops", scenario="full"),
    Shot("settings-stops-off", "/settings/stops", clicks=("[aria-label='Stop loss']",)),
    Shot("settings-orders", "/settings/orders"),
    Shot("settings-queue", "/settings/queue"),
    Shot("settings-risk", "/settings/risk"),
    Shot("settings-protection", "/settings/protection", scenario="full", scroll=1100),
    Shot("settings-ladders", "/settings/ladders", scenario="full"),
    Shot("settings-ladder", "/settings/ladders/0"),
    Shot("settings-ladder-legs", "/settings/ladders/0", scroll=600),
    Shot("settings-ladder-full", "/settings/ladders/0", scenario="full"),
    Shot("settings-ladder-leg", "/settings/ladders/0", clicks=("[aria-label^='Leg 2: move']",)),
    Shot("settings-generator", "/settings/ladders/0", clicks=("text=Generate",)),
    Shot("settings-market", "/settings/ladders/m0", scenario="full"),
    Shot("settings-market-new", "/settings/ladders", clicks=("text=Add a market",)),
    Shot("settings-templates", "/settings/templates"),
    Shot("settings-template", "/settings/templates", clicks=(".template:nth-of-type(3) button",)),
    Shot("settings-versions", "/settings/versions"),
    Shot("settings-version", "/settings/versions", clicks=("button:has-text('Version 2')",)),
    Shot("settings-file", "/settings/file"),
    Shot("settings-open", "/settings/open"),
    Shot("settings-open-empty", "/settings/open", scenario="empty"),
    Shot("more", "/more"),
    Shot("about", "/about"),
)
SHOTS = (
    *BASE,
    *(shot._replace(theme="dark") for shot in BASE),
    *(shot._replace(theme="custom") for shot in BASE[:1]),
    Shot("narrow", "/", scenario="full", width=320, height=640),
    Shot("narrow-position", POSITION, width=320, height=640, scroll=420),
    Shot("wide", "/", width=1100, height=900, theme="dark"),
    Shot("rtl", "/", direction="rtl"),
    Shot("russian", "/", language="ru"),
    Shot("russian-position", POSITION, language="ru", scroll=420, width=360),
    Shot("narrow-settings", "/settings/stops", scenario="full", width=320, height=640),
    Shot("narrow-ladder", "/settings/ladders/0", scenario="full", width=320, height=900),
    Shot("narrow-legs", "/settings/ladders/0", scenario="full", width=320, height=640, scroll=760),
    Shot("rtl-settings", "/settings/capital", direction="rtl"),
    Shot("rtl-ladder", "/settings/ladders/0", direction="rtl"),
    Shot("russian-settings", "/settings", language="ru", width=360),
    Shot("russian-stops", "/settings/stops", language="ru", width=360),
    Shot("russian-ladder", "/settings/ladders/0", language="ru", width=360),
    Shot("large-settings", "/settings/stops", scenario="full", scale=200),
    Shot("large-ladder", "/settings/ladders/0", scale=200),
    Shot("large-legs", "/settings/ladders/0", scale=200, scroll=1500),
    Shot("wide-settings", "/settings/ladders/0", width=1100, height=900, theme="dark"),
    Shot("russian-trades", "/trades", language="ru", width=360),
    Shot("rtl-trades", "/trades", direction="rtl"),
    Shot("large-text-trades", "/trades", scale=200, clicks=("css=.unfold summary",)),
    Shot("russian-queue", "/queue", language="ru", width=360, scenario="full"),
    Shot("russian-risk", "/risk", language="ru", width=320),
    Shot("russian-account", "/account", language="ru", width=360),
    Shot("rtl-risk", "/risk", direction="rtl", scroll=420),
    Shot("rtl-queue", "/queue", direction="rtl", scenario="full"),
    Shot("large-text-risk", "/risk", scale=200),
    Shot("large-text-queue", "/queue", scale=200, scenario="full"),
    Shot("large-text", "/", scale=200),
    Shot("large-text-positions", "/", scale=200, scroll=1700),
)


def fragment(theme: dict[str, str], start: str = "", language: str = "en") -> str:
    data = {
        "auth_date": str(int(time.time())),
        "query_id": "AAE",
        "user": json.dumps({"id": 42, "first_name": "Mia", "language_code": language}),
        "signature": "x",
        **({"start_param": start} if start else {}),
    }
    check = "\n".join(f"{key}={data[key]}" for key in sorted(data))
    secret = hmac.new(b"WebAppData", TOKEN.encode(), hashlib.sha256).digest()
    signed = {**data, "hash": hmac.new(secret, check.encode(), hashlib.sha256).hexdigest()}
    return urlencode({
        **({"tgWebAppStartParam": start} if start else {}),
        "tgWebAppData": urlencode(signed),
        "tgWebAppVersion": "9.6",
        "tgWebAppPlatform": "ios",
        "tgWebAppThemeParams": json.dumps(theme),
    })


async def stay_home(route: Route) -> None:
    local = route.request.url.startswith((f"http://127.0.0.1:{PORT}", "data:"))
    await (route.continue_() if local else route.abort())


async def open_page(browser: Browser, shot: Shot, start: str = "") -> tuple[Page, list[str]]:
    theme = THEMES[shot.theme]
    context = await browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=2, is_mobile=shot.width < 500, has_touch=True,
        color_scheme="dark" if shot.theme == "dark" else "light",
    )
    await context.route("**/*", stay_home)
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.add_init_script(f"({BRIDGE})({json.dumps({'theme': theme})})")
    if shot.scale != 100:
        larger = f"document.documentElement.style.fontSize = '{shot.scale}%'"
        await page.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {larger}; }})")
    await page.goto(f"http://127.0.0.1:{PORT}/app{shot.path}#{fragment(theme, start, shot.language)}")
    return page, problems


async def take(browser: Browser, shot: Shot) -> list[str]:
    page, problems = await open_page(browser, shot)
    await page.locator("main h1").first.wait_for(timeout=8_000, state="attached")
    if shot.direction == "rtl":
        await page.evaluate("document.documentElement.dir = 'rtl'")
    await page.wait_for_timeout(700)  # Let charts draw and motion end; pictures only.
    for click in shot.clicks:
        await page.locator(click).first.click(timeout=8_000)
        await page.wait_for_timeout(500)
    if shot.scroll:
        await page.mouse.wheel(0, shot.scroll)
        await page.wait_for_timeout(300)
    await page.screenshot(path=OUT / f"{shot.name}-{shot.theme}.png")
    await page.evaluate(AXE)
    found: list[dict[str, Any]] = await page.evaluate("axe.run().then(r => r.violations)")
    for violation in found:
        for node in violation["nodes"][:3]:
            problems.append(f"axe {violation['id']}: {node['target']} {node['failureSummary']}")
    wide = await page.evaluate("document.documentElement.scrollWidth") - shot.width
    if wide > 0:
        problems.append(f"scrolls sideways by {wide} px")
    await page.context.close()
    return problems


async def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    OUT.mkdir(exist_ok=True)
    total = 0
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        for shot in SHOTS:
            if wanted not in f"{shot.name}-{shot.theme}":
                continue
            runner = web.AppRunner(fixture_server.app(shot.scenario, shot.state, shot.stale))
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", PORT, reuse_address=True).start()
            problems = await take(browser, shot)
            await runner.cleanup()
            total += len(problems)
            sys.stdout.write(f"{shot.name}-{shot.theme}: {problems or 'ok'}\n")
        await browser.close()
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
