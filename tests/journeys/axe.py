"""What axe finds wrong on a page, what overflows it, and how much it jumps while it loads."""

from __future__ import annotations

from functools import cache
from typing import Final

from playwright.async_api import Frame, Page

from tests.house.front_end import COPY, refresh

RULES: Final = """async () => {
    const found = await axe.run(document, {resultTypes: ["violations"], iframes: false});
    return found.violations.flatMap((v) => v.nodes.slice(0, 3).map(
        (n) => `${v.id}: ${n.target.join(" ")} ${n.failureSummary}`));
}"""
SHIFT: Final = """() => new Promise((resolve) => {
    let sum = 0;
    const watcher = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
    });
    watcher.observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => setTimeout(() => resolve(sum)));
})"""


@cache
def source() -> str:
    """axe-core as the front end's development packages carry it."""
    path = COPY / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        refresh()
    return path.read_text(encoding="utf-8")


async def faults(where: Frame | Page) -> list[str]:
    """What axe finds, and whether the page can be pushed sideways, one line each."""
    if not await where.evaluate("typeof axe === 'object'"):
        await where.evaluate(source())
    found: list[str] = await where.evaluate(RULES)
    over = await where.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, f"scrolls sideways by {over} px"] if over > 0 else found


async def layout_shift(where: Frame | Page) -> float:
    """Cumulative layout shift since the page began, without what people's input caused."""
    shift: float = await where.evaluate(SHIFT)
    return shift
