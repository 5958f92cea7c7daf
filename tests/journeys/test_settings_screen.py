"""Settings in the Mini App: change, look, save, go back, and a ladder the linter warns about."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, expect

from tests.journeys import axe
from tests.journeys.person import PHONE, WAIT_MS, Arrive, Person, seen

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]


def sheet(person: Person, title: str) -> Locator:
    return person.app.get_by_role("dialog", name=title)


async def is_clean(person: Person) -> None:
    await person.settled()
    assert await axe.faults(person.frame()) == []


async def goes(person: Person, link: str) -> None:
    """Follow a row, and look at what it leads to."""
    await person.app.get_by_role("link", name=re.compile(link)).click()
    await is_clean(person)


async def back(person: Person) -> None:
    """Press the client's own button."""
    await person.page.locator(".phone-bar").get_by_role("button", name="Back").click()
    await person.settled()


async def test_from_a_change_to_the_older_version_and_a_ladder(arrive: Arrive) -> None:
    person = await arrive("Sena", size=(1440, PHONE[1]))
    await person.onboard()
    app = await person.opens_app()
    await person.goes_to("More")
    await goes(person, "^Settings")

    await goes(person, "^Capital and size")
    slots = app.get_by_label("Max open groups", exact=True)
    await slots.fill("900")
    await expect(slots).to_have_accessible_description(re.compile(r"Must be 200 or less\."))
    await expect(app.get_by_role("button", name="1 field to mend")).to_be_visible()
    await slots.fill("5")
    await app.get_by_role("button", name="Review 1 change").click()
    review = sheet(person, "What will change")
    await seen(review.get_by_text("5", exact=True))
    await expect(review.get_by_text("10", exact=True)).to_be_visible()
    await is_clean(person)
    await review.get_by_role("button", name="Save 1 change").click()
    await seen(app.get_by_text("Saved as version 2"))
    await back(person)

    await goes(person, "^Versions")
    await app.get_by_role("button", name=re.compile("^Version 1")).click()
    await sheet(person, "Version 1").get_by_role("button", name="Restore this version").click()
    old = sheet(person, "Back to version 1?")
    await seen(old.get_by_text("more risk"))
    await is_clean(person)
    await person.slides("Slide to save")
    await seen(app.get_by_role("button", name=re.compile("^Version 3")))
    await back(person)

    await goes(person, "^Ladders")
    await goes(person, "^First entry")
    await seen(app.get_by_role("list", name="The ladder from the entry down"))
    await app.get_by_label("Leg 5, Weight, %").fill("0.1")
    await seen(app.get_by_text("Weights add up to 80.1%, not 100%"))
    await expect(app.get_by_role("button", name="1 field to mend")).to_be_visible()
    await app.get_by_label("Leg 1, Weight, %").fill("39.9")
    await seen(app.get_by_text("Weights add up to 100%"))
    await seen(app.get_by_text(re.compile(r"Problem: Signals for .* will be refused")).first)
    await is_clean(person)
    await back(person)
    await back(person)

    await back(person)
    leaving = sheet(person, "Leave without saving?")
    await seen(leaving)
    await is_clean(person)
    await leaving.get_by_role("button", name="Discard changes").click()
    await expect(app.get_by_role("heading", name="More", exact=True)).to_be_visible(timeout=WAIT_MS)
