"""Text and numbers no database can hold are somebody's bad input, never our fault."""

from __future__ import annotations

from decimal import Decimal

import pytest

from foundation.errors import InvalidInput, NotFound
from tests.engine.api.conftest import House

ODD = ["nul\x00", "\ud800", "'; drop table accounts; --", "%", "é" * 500, ""]


@pytest.mark.parametrize("text", ODD)
async def test_no_window_breaks_on_odd_text(house: House, text: str) -> None:
    me = house.me
    for call in (
        house.accounts.get(me, text),
        house.accounts.get(text, house.account.id),
        house.accounts.owner(text),
        house.groups.get(me, text),
        house.groups.events(me, text),
        house.groups.close(me, text, Decimal(1), "k"),
        house.groups.list(me, text),
        house.queue.list(me, text),
        house.queue.remove(me, text, "k"),
        house.events.since(me, text, 0),
        house.performance.home(me, text),
    ):
        with pytest.raises((InvalidInput, NotFound)):
            await call


@pytest.mark.parametrize("text", ["nul\x00", "\ud800"])
async def test_a_symbol_that_cannot_be_is_refused(house: House, text: str) -> None:
    with pytest.raises(InvalidInput):
        await house.groups.list(house.me, symbol=text)


async def test_a_number_beyond_every_column_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput):
        await house.events.since(house.me, house.account.id, 2**70)
