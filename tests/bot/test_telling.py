"""From events to cards: told once, over a restart too; many notices collapse; texts by kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.cursors import Cursors
from bot.i18n import texts_for
from bot.outbox.items import Priority
from bot.telling.load import Load
from bot.telling.notices import is_urgent, notice
from bot.telling.teller import Teller
from engine.api.views import EventView
from engine.store.heartbeat import ENGINE, beat
from foundation import limits
from tests.bot.api import BOT_ID
from tests.bot.town import BotTown
from tests.bot.views import AT
from tests.support.events import EVENTS, Chat
from tests.support.until import until


def event(kind: str, number: int = 1, **more: Any) -> EventView:
    base = EventView(
        id=number,
        account_id="acc",
        seq=number,
        at=AT,
        kind=kind,
        reason="The venue refused: too small.",
        group_id=None,
        symbol="BTC/USDT",
        severity="notice",
        data={},
        correlation_id=None,
    )
    return replace(base, **more)


def told(happened: EventView, locale: str = "en") -> str | None:
    found = notice(happened, "Paper", "me", texts_for(locale))
    return None if found is None else found.text


def test_what_needs_a_look_gets_words_and_the_rest_does_not() -> None:
    assert told(event("order_failed")) == (
        "⚠️ BTC/USDT: the venue refused an order.\nThe venue refused: too small."
    )
    for quiet in ("leg_filled", "order_submitted", "order_accepted", "queued", "settings_changed"):
        assert told(event(quiet)) is None
    assert told(event("dequeued", data={"status": "promoted"})) is None
    assert told(event("dequeued", data={"status": "expired"})) is not None
    assert "получил" not in str(told(event("promoted"), "ru"))


@pytest.mark.parametrize("locale", ["en", "ru"])
@pytest.mark.parametrize(
    "kind",
    ["drifted", "slippage", "guard_triggered", "entries_locked", "equity_jumped", "credentials",
     "reconciled", "external_trade", "risk_action", "order_unclear",
     "not_compared", "fallback_rules", "webhook_disabled", "margin_kept", "funding_unclaimed",
     "limits_changed", "entries_left"],
)  # fmt: skip
def test_what_protects_the_account_is_told_with_its_reason(kind: str, locale: str) -> None:
    words, reason = str(told(event(kind), locale)).split("\n")
    assert ("Paper" in words) or ("BTC/USDT" in words)
    assert f"notice-{kind}" not in words
    assert reason == "The venue refused: too small."


def test_what_i_did_myself_is_not_told_to_me() -> None:
    paused = {"state": "paused", "by": "me"}
    assert told(event("engine_state", data=paused)) is None
    assert told(event("engine_state", data={**paused, "by": "somebody"})) is not None
    halted = told(event("engine_state", data={"state": "halted", "by": "me"}))
    assert halted is not None
    assert "halted to protect" in halted
    assert told(event("engine_state", data={"state": "odd", "by": "x"})) is None


@pytest.mark.parametrize("locale", ["en", "ru"])
@pytest.mark.parametrize("state", ["running", "paused", "halted"])
def test_the_state_of_all_accounts_is_told_to_everybody(state: str, locale: str) -> None:
    data = {"state": state, "by": "me", "scope": "installation"}
    words = told(event("engine_state", data=data), locale)
    assert words is not None
    assert "Paper" in words
    assert "notice-" not in words


@pytest.mark.parametrize("locale", ["en", "ru"])
@pytest.mark.parametrize(("kind", "chat"), EVENTS.items())
def test_events_for_every_state_change_to_chat(kind: str, chat: Chat, locale: str) -> None:
    """Once: a message of its own where a person should know, else the card tells it."""
    data = {"state": "paused", "by": "engine", "scope": "account"}
    words = told(event(kind, data=data if kind == "engine_state" else {}), locale)
    assert (words is not None) == (chat == "message"), words


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_of_the_engine_itself_a_stall_is_told_and_no_start_or_stop(locale: str) -> None:
    data = {"state": "stalled", "by": "engine", "scope": "engine", "seconds": "7"}
    stalled = told(event("engine_state", data=data), locale)
    assert stalled is not None
    assert ("Paper" in stalled, "7" in stalled, "notice-" in stalled) == (True, True, False)
    for state in ("running", "stopped"):
        assert told(event("engine_state", data={**data, "state": state}), locale) is None


def test_opening_and_closing_are_shown_at_once() -> None:
    assert is_urgent(event("group_opened"))
    assert is_urgent(event("group_closed"))
    assert not is_urgent(event("order_accepted"))


def teller(town: BotTown) -> Teller:
    cursors = Cursors(town.database, town.clock, BOT_ID)
    return Teller(town.app._house, town.app._outbox, cursors, BOT_ID)


async def test_many_notices_collapse_into_one_line(town: BotTown) -> None:
    events = [event("order_failed", n, account_id=town.account_id) for n in range(12)]
    loud = event(
        "engine_state",
        99,
        account_id=town.account_id,
        data={"state": "halted", "by": "engine"},
        severity="critical",
    )
    items = await teller(town)._tell_events([*events, loud])
    texts = [item.payload["text"] for item in items]
    assert sum("refused an order" in text for text in texts) == 5
    assert sum("halted to protect" in text for text in texts) == 1
    assert texts[-1] == "… and 7 more updates; see the app or /status."
    assert items[-1].priority is Priority.BULK


async def test_all_events_of_a_group_become_one_card(town: BotTown) -> None:
    await town.run()
    await town.approve(await town.offer())
    await town.sees("LONG BTC/USDT ·", "1 of 5 filled")
    group = (await town.front.groups.list(town.user_id)).items[0]
    events = await town.front.groups.events(town.user_id, group.id)
    assert len(events) > 5
    items = await teller(town)._tell_events(events)
    assert [item.kind for item in items].count("live") == 1


async def test_what_happened_while_the_bot_was_away_is_told_after_a_restart(
    town: BotTown,
) -> None:
    await town.run()
    offer = await town.offer()
    await town.sees("LONG BTC/USDT · entry 1 of 5")
    await town.nursery.stop()
    await town.app.stop()
    town.api.calls.clear()

    await town.approve(offer)
    town.clock.advance(10)
    await town.prices({})
    while await town.actors.effect.turn() or await town.worker.turn():
        pass

    from foundation.log import get_logger
    from foundation.nursery import Nursery

    town.nursery = Nursery(get_logger("tests.bot.again"))
    town.app = town.new_app()
    await town.run()
    opened = await town.sees("Approved by you", "Position opened")
    assert opened.method == "editMessageCaption"
    await town.sees("LONG BTC/USDT ·", "Legs")
    calls = [c for c in town.api.shown() if c.method == "sendPhoto"]
    assert len(calls) == 1


async def test_the_refresh_shows_a_position_that_moved(town: BotTown) -> None:
    await town.run()
    await town.approve(await town.offer())
    await town.sees("LONG BTC/USDT ·", "1 of 5 filled")
    await town.prices({"BTC/USDT": "60240"})
    town.clock.advance(61)
    moved = await town.sees("LONG BTC/USDT ·", "now 60,240.00")
    assert moved.method in ("editMessageCaption", "editMessageMedia")
    assert "(+0.40" in moved.words


async def test_somebody_unreachable_is_not_written_to(town: BotTown) -> None:
    await town.people.set_reachable(town.user_id, False)
    await town.run()
    await town.offer()
    await until(lambda: _caught_up(town))
    assert town.api.shown() == []


async def _caught_up(town: BotTown) -> bool:
    town.pass_time(0.01)
    cursor = await Cursors(town.database, town.clock, BOT_ID).get("offers")
    return cursor is not None and cursor == await town.offers.changes_end()


async def test_live_edits_are_left_out_while_the_engine_says_so(town: BotTown) -> None:
    load = Load(town.app._house)
    assert not await load.heavy()
    sign = {"loop_lag": "0.9", "left_out": "analytics,live_edits"}
    await beat(town.database, ENGINE, town.clock.now(), sign)
    assert not await load.heavy(), "it looks now and then only"
    town.clock.advance(limits.BOT_LOAD_LOOK_S)
    assert await load.heavy()
    await beat(town.database, ENGINE, town.clock.now(), {**sign, "left_out": ""})
    town.clock.advance(limits.BOT_LOAD_LOOK_S)
    assert not await load.heavy()
