"""A reverse has two halves, and its receipt tells what became of each (spec engine §1)."""

from __future__ import annotations

import asyncio
from typing import Any

from engine.api.views import ReceiptView
from engine.domain.events import StateCommanded
from engine.domain.words import TradingState
from engine.store.port import InboxEntry
from foundation.db import downgrade, migrate
from tests.engine.offers.kit import Town
from tests.engine.signals.kit import moved

PAUSED = "The account is paused: it takes no new entries."
CLOSING = "The strategy says exit: closing the position."


async def held(town: Town, **settings: Any) -> None:
    """A long position, and the settings that hold for what comes after it."""
    await town.settings(auto_approve="all")
    await town.offer()
    await town.work()
    await town.settings(**settings)
    town.clock.advance(60)


def to_short() -> dict[str, Any]:
    return moved(("long", "1"), ("short", "-1"), "sell") | {"timestamp": None}


async def reverse(town: Town) -> ReceiptView:
    receipt = (await town.post(to_short())).receipt
    assert receipt is not None
    await town.actors.fan_out.turn()
    return receipt


async def pause(town: Town) -> None:
    """From now on the account takes no entries; exits go on."""
    fact = StateCommanded(TradingState.PAUSED, "user")
    await town.store.put([InboxEntry(town.account_id, "cmd:pause", fact)], town.clock.now())
    await town.work()


async def settled(town: Town, receipt: ReceiptView) -> ReceiptView:
    """The receipt when the account has decided all that waits."""
    await town.work()
    while await town.actors.outcomes.turn():
        await town.work()
    return await town.receipt(receipt.id)


async def test_a_reverse_whose_entry_is_refused_tells_that_its_exit_acts(town: Town) -> None:
    await held(town)
    await pause(town)
    receipt = await reverse(town)
    now = await town.receipt(receipt.id)
    assert (now.status, now.code, now.exit_code) == ("accepted", "account_paused", "acting")
    assert now.message == f"Exit BTC/USDT: on its way to the account. Entry: {PAUSED}"
    told = await settled(town, receipt)
    assert (told.status, told.code, told.exit_code) == ("accepted", "account_paused", "closing")
    assert told.message == f"{CLOSING} Entry: {PAUSED}"
    again = (await town.post(to_short())).receipt
    assert again is not None
    assert (again.status, again.message) == ("duplicate", told.message)


async def test_a_reverse_of_which_nothing_acts_is_refused_and_tells_both(town: Town) -> None:
    await pause(town)
    told = await settled(town, await reverse(town))
    assert (told.status, told.exit_code) == ("refused", "nothing_to_close")
    nothing = "Nothing to close: no long position on BTC/USDT 15m."
    assert told.message == f"{nothing} Entry: {PAUSED}"


async def test_a_reverse_tells_its_exit_beside_the_offer_of_its_entry(town: Town) -> None:
    await held(town, auto_approve="off")
    told = await settled(town, receipt := await reverse(town))
    assert (told.status, told.code, told.exit_code) == ("accepted", "offered", "closing")
    assert told.message.startswith(f"{CLOSING} Entry: Offered: ")
    offer = await town.offer_of(receipt)
    await town.offers.decide(town.user_id, offer.id, "reject", offer.version, "chat")
    told = await town.receipt(receipt.id)
    assert (told.status, told.code, told.exit_code) == ("accepted", "rejected", "closing")
    assert told.message == f"{CLOSING} Entry: Rejected by its owner."


async def test_a_reverse_that_the_policy_takes_tells_both_outcomes(town: Town) -> None:
    await held(town, auto_approve="all")
    told = await settled(town, await reverse(town))
    assert (told.status, told.exit_code) == ("accepted", "closing")
    assert told.code == "queued"
    assert told.message.startswith(f"{CLOSING} Entry: A long position on BTC/USDT is open; ")


async def test_an_entry_of_a_reverse_that_the_account_refuses_at_last_hides_no_exit(
    town: Town,
) -> None:
    await held(town, auto_approve="off")
    receipt = await reverse(town)
    await town.work()
    offer = await town.approve(await town.offer_of(receipt))
    await pause(town)
    town.clock.advance(10)
    await town.actors.effect.turn()
    told = await settled(town, receipt)
    assert (await town.again(offer)).outcome_code == told.code == "account_paused"
    assert (told.status, told.exit_code) == ("accepted", "closing")


async def test_an_exit_alone_has_one_half(town: Town) -> None:
    await held(town)
    out = moved(("long", "1"), ("flat", "0"), "sell") | {"timestamp": None}
    receipt = (await town.post(out)).receipt
    assert receipt is not None
    await town.actors.fan_out.turn()
    told = await settled(town, receipt)
    assert (told.code, told.exit_code, told.message) == ("closing", None, CLOSING)


async def test_an_upgrade_keeps_waiting_for_the_exit_of_a_reverse_that_is_on_its_way(
    town: Town, database_dsn: str
) -> None:
    await held(town, auto_approve="off")
    receipt = await reverse(town)
    await asyncio.to_thread(downgrade, database_dsn, "0021_engine_state_events")
    await asyncio.to_thread(migrate, database_dsn)
    await town.database.pool.expire_connections()  # their plans are of the tables before
    told = await settled(town, receipt)
    assert (told.status, told.code, told.exit_code) == ("accepted", "offered", "closing")
    assert (await town.offer_of(receipt)).status == "pending"
