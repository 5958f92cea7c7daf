"""Exchange accounts in the Mini App: adding one, entering its keys, taking them away again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio
from playwright.async_api import Locator, expect

from tests.journeys import axe
from tests.journeys.person import PHONE, WAIT_MS, Arrive, Person, Theme, seen
from tests.support.exchanges.binance import FakeBinance
from tests.support.house import House
from tests.support.until import until

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.asyncio(loop_scope="session"),
]

GOOD: Final = ("kEy0123456789abcd", "sEcRet-that-may-trade")
RICH: Final = ("kEy0123456789wxyz", "sEcRet-that-may-withdraw")
PRICES_WITHIN_S: Final = 40.0


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(place: Path) -> AsyncIterator[House]:
    """A house whose prices are live and whose exchange is a stand-in, so that keys are tried."""
    folder = place / "exchange"
    folder.mkdir(mode=0o711)
    async with FakeBinance() as binance:
        binance.user(*GOOD)
        binance.user(*RICH).may_withdraw = True
        made = House(
            folder,
            BINANCE_API_URL=binance.url,
            BINANCE_FUTURES_API_URL=binance.url,
            BYBIT_API_URL=binance.url,
        )
        async with made as running:
            token = await running.sign_in()

            async def priced() -> bool:
                status, markets = await running.get("/api/v1/markets", token)
                return status == 200 and bool(markets["symbols"])

            await until(priced, within=PRICES_WITHIN_S, every=0.1)
            yield running


def sheet(person: Person, title: str) -> Locator:
    return person.app.get_by_role("dialog", name=title)


async def is_clean(person: Person) -> None:
    await person.settled()
    assert await axe.faults(person.frame()) == []


async def enters(keys: Locator, key: str, secret: str) -> None:
    await keys.get_by_label("Key", exact=True).fill(key)
    await keys.get_by_label("Secret", exact=True).fill(secret)
    await keys.get_by_role("button", name="Check and save").click()


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_from_no_account_to_revoked_keys(arrive: Arrive, theme: Theme) -> None:
    person = await arrive("Kira", theme=theme, size=(1440, PHONE[1]))
    person.forgive(r"status of (409|422)")  # what is refused here is part of the way
    await person.onboard()
    app = await person.opens_app()
    await person.goes_to("More")
    await app.get_by_role("link", name="Exchange accounts").click()
    await person.sees("No exchange account yet")
    await is_clean(person)

    await app.get_by_role("button", name="Add an account").click()
    adding = sheet(person, "Add an account")
    await seen(adding)
    await is_clean(person)
    await adding.get_by_role("button", name="Add an account").click()

    keys = sheet(person, "Keys of Binance spot")
    await enters(keys, *RICH)
    field = keys.get_by_label("Key", exact=True)
    await expect(field).to_have_accessible_description(re.compile("may withdraw money"))
    await expect(field).to_be_focused()
    await expect(field).to_have_value("")
    await expect(keys.get_by_label("Secret", exact=True)).to_have_value("")
    await is_clean(person)
    await enters(keys, *GOOD)
    await person.sees("…abcd")
    await is_clean(person)
    kept = await person.frame().evaluate(
        "document.documentElement.outerHTML + JSON.stringify({...localStorage, ...sessionStorage})"
    )
    assert not [one for one in (*GOOD, *RICH) if one in kept]

    await app.get_by_role("button", name="Add an account").click()
    await adding.get_by_text("Perpetuals").click()
    name = adding.get_by_label("Name")
    await expect(name).to_have_value("Binance perpetuals")
    await name.fill("Binance spot")
    await adding.get_by_role("button", name="Add an account").click()
    await expect(name).to_have_accessible_description(re.compile("choose another name"))
    await adding.get_by_role("button", name="Cancel").click()

    await app.get_by_role("button", name="Revoke", exact=True).click()
    await person.slides("Slide to revoke")
    await person.sees(r"Keys revoked \(.*\)\. This account is paused")
    await app.get_by_role("button", name="Enter keys").click()
    await enters(keys, *GOOD)
    await app.get_by_role("button", name="Revoke all keys").click()
    await seen(sheet(person, "Revoke all keys?").get_by_text("Binance spot"))
    await person.slides("Slide to revoke")
    await expect(app.get_by_role("button", name="Revoke all keys")).to_have_count(
        0, timeout=WAIT_MS
    )
    await is_clean(person)
