"""The main job in chat, over the wire: from /start to a decided offer and a live position."""

from __future__ import annotations

from decimal import Decimal

from bot.callbacks import GroupPress, SetupPress
from bot.risk import RISK_VERSION
from tests.bot.town import ANN, BotTown


async def test_from_start_to_position(town: BotTown) -> None:
    await town.run()
    town.say("/start")
    welcome = await town.sees("Hello", "Choose your language")
    assert [b["text"] for b in welcome.buttons] == ["English", "Русский"]

    town.tap(welcome.buttons[0]["callback_data"])
    notice = await town.sees("Trading can lose all")
    assert notice.method == "editMessageText"

    town.tap(notice.buttons[0]["callback_data"])
    ready = await town.sees("is ready", "$10,000.00")
    assert await town.people.consent(town.user_id, "risk") == RISK_VERSION
    assert ready.buttons[-1]["web_app"] == {"url": "http://127.0.0.1:8080/app/"}

    town.tap(ready.buttons[0]["callback_data"])
    offer = await town.sees("🟢 LONG BTC/USDT · entry 1 of 5", "Expires")
    assert offer.method == "sendPhoto"
    assert offer.files["photo" if "photo" in offer.files else next(iter(offer.files))][:4] == (
        b"\x89PNG"
    )
    labels = [b["text"] for b in offer.buttons]
    assert labels == ["✅ Approve", "✖️ Reject", "½ size", "📋 Copy levels", "📱 Open in app"]
    assert [b.get("style") for b in offer.buttons[:2]] == ["success", "danger"]
    assert "60000" in offer.buttons[3]["copy_text"]["text"]

    town.tap(offer.buttons[0]["callback_data"])
    approved = await town.sees("Approved by you", "Until then you can undo it")
    assert approved.method == "editMessageCaption"
    assert [b["text"] for b in approved.buttons] == ["↩️ Undo"]

    live = await town.sees("LONG BTC/USDT ·", "Legs")
    assert live.method == "sendPhoto"
    opened = await town.sees("Approved by you", "Position opened")
    assert [b["text"] for b in opened.buttons] == ["📈 Open position", "📱 Open in app"]

    town.say("/status")
    status = await town.sees("Paper · $", "Positions 1 of 10", "legs")
    assert any("BTC/USDT" in b["text"] for b in status.buttons)

    group = (await town.front.groups.list(town.user_id)).items[0]
    town.tap(GroupPress(act="ask", id=group.id).pack())
    sure = await town.sees("Close BTC/USDT at the market price?")
    town.tap(sure.buttons[0]["callback_data"])
    await town.sees("is clos")
    result = await town.sees("BTC/USDT closed:")
    assert "reply_parameters" in result.params
    final = await town.sees("BTC/USDT closed ·", "Average entry")
    assert final.method == "editMessageMedia"


async def test_undo_takes_the_approval_back(town: BotTown) -> None:
    await town.run()
    offer = await town.offer()
    card = await town.sees("LONG BTC/USDT · entry 1 of 5", "By approving you accept")
    town.tap(card.buttons[0]["callback_data"])
    # the undo window is five seconds, so time goes slowly here
    approved = await town.sees("Approved by you", tick=0.01)
    town.tap(approved.buttons[0]["callback_data"])
    undone = await town.sees("Withdrawn — not traded", "You undid the approval", tick=0.01)
    assert undone.buttons == []
    assert (await town.again(offer)).status == "withdrawn"


async def test_half_size_asks_again(town: BotTown) -> None:
    await town.run()
    await town.offer()
    card = await town.sees("LONG BTC/USDT · entry 1 of 5")
    town.tap(card.buttons[2]["callback_data"])
    half = await town.sees("Half size")
    assert half.buttons[2]["text"] == "Full size"
    assert half.method == "editMessageMedia"


async def test_the_loser_is_told_who_and_when(town: BotTown) -> None:
    await town.run()
    offer = await town.offer()
    card = await town.sees("LONG BTC/USDT · entry 1 of 5")
    await town.offers.decide(town.user_id, offer.id, "reject", offer.version, "app")
    town.tap(card.buttons[0]["callback_data"])
    told = await town.alerted("You rejected this already at")
    assert "in the app" in told.params["text"]
    assert told.params["show_alert"] is True
    await town.sees("Rejected by you in the app at")


async def test_an_expired_offer_loses_its_buttons(town: BotTown) -> None:
    await town.run()
    await town.offer()
    await town.sees("LONG BTC/USDT · entry 1 of 5")
    town.clock.advance(16 * 60)
    await town.prices({})
    await town.actors.expiry.turn()
    expired = await town.sees("Expired — not traded")
    assert expired.buttons == []


async def test_a_deep_link_brings_the_offer(town: BotTown) -> None:
    await town.run()
    offer = await town.offer()
    first = await town.sees("LONG BTC/USDT")
    before = len(town.api.of("sendPhoto"))
    town.say(f"/start ap_{offer.id}")

    def again() -> bool:
        return len(town.api.of("sendPhoto")) > before

    from tests.support.until import until

    await until(lambda: town.pass_time() or again())
    assert town.api.of("sendPhoto")[-1].words == first.words


async def test_russian_from_the_first_word(town: BotTown) -> None:
    await town.run()
    await town.people.set_language(town.user_id, "ru")
    await town.offer()
    card = await town.sees("🟢 ЛОНГ BTC/USDT · вход 1 из 5", "Истекает", "Сетка" if False else "")
    assert card.buttons[0]["text"] == "✅ Одобрить"
    town.say("/status")
    await town.sees("Позиции 0 из 10")


async def test_stop_says_what_was_cancelled(town: BotTown) -> None:
    await town.run()
    offer = await town.offer()
    await town.approve(offer)
    await town.sees("LONG BTC/USDT ·", "Legs")
    town.say("/stop")
    ask = await town.sees("Emergency stop of Paper?", "1 position is closed")
    assert ask.buttons[0]["style"] == "danger"
    town.tap(ask.buttons[0]["callback_data"])
    done = await town.sees("Paper is stopped", "New entries are paused")
    assert "Cancelled:" in done.words
    account = await town.accounts.get(town.user_id, town.account_id)
    assert account.state == "paused"


async def test_a_replayed_theme_press_is_harmless(town: BotTown) -> None:
    await town.run()
    town.tap(SetupPress(act="theme", value="light").pack(), ANN)
    await town.sees("Charts: light")
    town.tap(SetupPress(act="theme", value="pink").pack(), ANN)
    await town.alerted("dark or light")


async def test_an_answer_goes_before_what_tells_itself(town: BotTown) -> None:
    await town.run()
    await town.offer()
    await town.sees("LONG BTC/USDT")
    town.say("/help")
    await town.sees("What I can do")
    rows = await town.database.pool.fetch(
        "select priority, payload->>'text' as words from telegram_outbox"
    )
    of = {row["words"].splitlines()[0]: row["priority"] for row in rows if row["words"]}
    offers = [rank for words, rank in of.items() if "LONG BTC/USDT" in words]
    assert offers
    assert of["What I can do"] < min(offers)


async def test_an_offer_tells_how_it_left_the_queue(town: BotTown) -> None:
    await town.settings(max_open_groups=1, undo_seconds=0, total_capital_usd="100000")
    await town.run()
    first = await town.offer()
    await town.approve(first)
    await town.sees("LONG BTC/USDT ·", "Legs")
    queued = await town.offer(symbol="ETHUSDT", entry_price="3000", close_price="3000")
    await town.approve(queued)
    await town.sees("LONG ETH/USDT", "Waiting in the queue")
    newer = await town.offer(
        symbol="ETHUSDT", entry_price="3000", close_price="3000", order_size="0.3"
    )
    await town.approve(newer)
    await town.sees("LONG ETH/USDT", "It took the place of the older signal")
    await town.sees("LONG ETH/USDT", "A newer signal took its place")
    held = (await town.front.groups.list(town.user_id)).items[0]
    await town.front.groups.close(town.user_id, held.id, Decimal(1), "close-it")
    await town.sees("LONG ETH/USDT · entry", "Position opened")
    opened, left = await town.again(newer), await town.again(queued)
    assert (opened.outcome_code, opened.group_id is not None) == ("opened", True)
    assert (left.outcome_code, left.group_id) == ("superseded", None)
    assert (await town.receipt(newer.receipt_id)).code == "opened"
    assert (await town.receipt(queued.receipt_id)).code == "superseded"
    assert await town.actors.outcomes.turn() is False
