"""Who may do what: other people's buttons, roles, groups, floods, closed and blocked doors."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bot.callbacks import AccountPress, GroupPress, MenuPress, OfferPress, SetupPress
from bot.middlewares.throttle import Throttle, Verdict
from foundation import limits
from tests.bot.api import Call, person, press, text_message
from tests.bot.town import ANN, BEN, BotTown
from tests.support.clock import FakeClock
from tests.support.until import until

D = Decimal


async def world(town: BotTown) -> dict[str, str]:
    """Ann's offer and Ann's open position, and every button there is for them."""
    await town.run()
    first = await town.offer()
    await town.approve(first)
    await town.sees("LONG BTC/USDT ·", "1 of 5 filled")
    waiting = await town.offer(symbol="ETHUSDT", entry_price="3000", close_price="3000")
    group = (await town.front.groups.list(town.user_id)).items[0]
    made: dict[str, str] = {}
    for act in ("approve", "reject", "half", "full", "undo", "open"):
        made[f"offer {act}"] = OfferPress.model_validate(
            {"act": act, "id": waiting.id, "version": waiting.version}
        ).pack()
    for act in ("open", "ask", "close"):
        made[f"group {act}"] = GroupPress.model_validate({"act": act, "id": group.id}).pack()
    for act in ("pause", "resume", "ask_close", "close", "stop"):
        body = {"act": act, "id": town.account_id}
        made[f"account {act}"] = AccountPress.model_validate(body).pack()
    made["test alert"] = SetupPress(act="test", value=town.account_id).pack()
    return made


async def picture(town: BotTown) -> Any:
    """All that another person's press might have changed."""
    groups = (await town.front.groups.list(town.user_id)).items
    offers = (await town.offers.list(town.user_id, None)).items
    account = await town.accounts.get(town.user_id, town.account_id)
    receipts = (await town.receipts.list(town.user_id)).items
    return (
        account.state,
        [(o.id, o.status, o.version) for o in offers],
        [(g.id, g.status) for g in groups],
        len(receipts),
    )


async def test_nobody_presses_somebody_elses_buttons(town: BotTown) -> None:
    buttons = await world(town)
    before = await picture(town)
    for data in buttons.values():
        town.tap(data, BEN)

    def answers() -> list[Call]:
        return [c for c in town.api.of("answerCallbackQuery") if f"q-{BEN}-" in str(c.params)]

    await until(lambda: len(answers()) == len(buttons), within=15)
    for call in answers():
        assert call.params.get("show_alert"), call.params
        assert "there is no " in call.params["text"].lower(), call.params
    assert await picture(town) == before
    assert not [c for c in town.api.shown() if c.params.get("chat_id") == BEN]


async def test_a_press_in_a_chat_that_is_not_ones_own_is_refused(town: BotTown) -> None:
    buttons = await world(town)
    before = await picture(town)
    town.api.update(press(BEN, buttons["offer approve"], chat_id=ANN))
    await town.alerted("belongs to somebody else")
    assert await picture(town) == before


async def test_made_up_buttons_are_answered(town: BotTown) -> None:
    await town.run()
    for data in ("o0:approve:x:1", "x" * 64, "o1:approve", "o1:burn:x:1", "o1:approve:x:-1:9"):
        town.tap(data)
    await until(lambda: len(town.api.of("answerCallbackQuery")) >= 5)
    told = {c.params["text"] for c in town.api.of("answerCallbackQuery")}
    assert told == {"This button is from an older message. Use /status or /pending."}


async def test_only_admins_ask_for_health(town: BotTown) -> None:
    await town.run()
    town.say("/health")
    await town.sees("This needs the role admin", "Reference:")
    await town.database.pool.execute("update users set role = 'owner' where id = $1", town.user_id)
    town.say("/health")
    await town.sees("Health", "Prices")
    town.say("/start")
    await until(lambda: (town.pass_time(), _admin_menu(town))[1])


async def test_only_admins_halt_and_unhalt_all_accounts(town: BotTown) -> None:
    await town.run()
    town.say("/halt")
    await town.sees("This needs the role admin", "Reference:")
    assert (await town.front.installation.get()).state == "running"
    await town.database.pool.execute("update users set role = 'admin' where id = $1", town.user_id)
    town.say("/halt")
    await town.sees("Trading is halted: 1 account")
    await town.sees("Paper: trading is halted on all accounts")
    town.say("/health")
    await town.sees("Health", "Trading is halted on all accounts")
    town.say("/status")
    await town.sees("Trading is halted on all accounts: nothing new is sent")
    town.say("/halt pause")
    await town.sees("Trading is paused: 1 account")
    town.say("/halt now")
    await town.sees("Use /halt to halt all trading")
    assert (await town.front.installation.get()).state == "paused"
    town.say("/unhalt")
    await town.sees("Trading runs: 1 account")
    assert (await town.front.installation.get()).state == "running"


def _admin_menu(town: BotTown) -> bool:
    return any(
        c.params.get("scope") == {"type": "chat", "chat_id": ANN}
        and "health" in str(c.params["commands"])
        for c in town.api.of("setMyCommands")
    )


def in_group(text: str) -> dict[str, Any]:
    body = text_message(ANN, text)
    body["message"]["chat"] = {"id": -100300, "type": "supergroup", "title": "Traders"}
    return body


async def test_a_group_sees_only_public_status(town: BotTown) -> None:
    await town.run()
    for text in ("/pending", "/stop", "/close all", "hello", "/start"):
        town.api.update(in_group(text))
    town.api.update(in_group("/status"))
    await town.sees("in our private chat")
    seen = [c.words for c in town.api.shown() if c.params["chat_id"] == -100300]
    assert len(seen) == 1
    assert "$" not in seen[0]


async def test_a_flood_is_told_once(town: BotTown) -> None:
    await town.run()
    count = limits.BOT_USER_BURST + 15
    for _ in range(count):
        town.say("/language")
    await until(lambda: _handled(town, count), within=15)
    await town.sees("Too many messages", within=15)
    await until(lambda: _sent_all(town), within=15)
    words = [c.words for c in town.api.shown()]
    assert sum("Too many" in w for w in words) <= 3
    assert len(words) < count


async def _handled(town: BotTown, count: int) -> bool:
    sql = "select count(*) from telegram_updates where status = 'handled'"
    return bool(await town.database.pool.fetchval(sql) == count)


async def _sent_all(town: BotTown) -> bool:
    town.pass_time(1)
    sql = "select count(*) from telegram_outbox where status in ('waiting', 'claimed')"
    return bool(await town.database.pool.fetchval(sql) == 0)


def test_the_throttle_lets_a_burst_pass_and_recovers(clock: FakeClock) -> None:
    throttle = Throttle(clock)
    verdicts = [throttle.judge(1) for _ in range(limits.BOT_USER_BURST + 3)]
    assert verdicts.count(Verdict.PASS) == limits.BOT_USER_BURST
    assert verdicts[-3:] == [Verdict.WARN, Verdict.IGNORE, Verdict.IGNORE]
    assert throttle.judge(2) is Verdict.PASS
    clock.advance(2.1)
    assert [throttle.judge(1) for _ in range(3)] == [Verdict.PASS, Verdict.PASS, Verdict.WARN]


async def test_unknown_words_get_three_helpful_buttons(town: BotTown) -> None:
    await town.run()
    town.say("what is this?")
    card = await town.sees("I did not understand")
    assert [b["callback_data"] for b in card.buttons] == [
        MenuPress(to=to).pack()  # type: ignore[arg-type]  # a literal of the three
        for to in ("status", "pending", "help")
    ]


async def test_blocking_and_coming_back(town: BotTown) -> None:
    await town.run()
    assert (await town.people.get(town.user_id)).reachable

    def member(status: str) -> dict[str, Any]:
        chat = {"id": ANN, "type": "private", "first_name": "P"}
        bot_user = {"id": 7000000001, "is_bot": True, "first_name": "C"}
        old = {"user": bot_user, "status": "member"}
        new = {"user": bot_user, "status": status}
        if status == "kicked":
            new["until_date"] = 0
        return {
            "my_chat_member": {
                "chat": chat,
                "from": person(ANN),
                "date": 1,
                "old_chat_member": old,
                "new_chat_member": new,
            }
        }

    async def reachable() -> bool:
        return (await town.people.get(town.user_id)).reachable

    town.api.update(member("kicked"))

    async def blocked() -> bool:
        return not await reachable()

    await until(blocked)
    town.say("/start")
    await until(reachable)


@pytest.mark.parametrize("late", [False, True])
async def test_a_press_never_spins(town: BotTown, late: bool) -> None:
    """A slow handler: the empty answer goes out after the grace, words become a message."""
    await town.run()
    offer = await town.offer()
    await town.sees("LONG BTC/USDT · entry 1 of 5")
    decide = town.offers.decide

    async def slow(*args: Any, **kwargs: Any) -> Any:
        if late:
            await town.clock.sleep(3)
        await decide(town.user_id, offer.id, "reject", offer.version, "app")
        return await decide(*args, **kwargs)

    town.offers.decide = slow  # type: ignore[method-assign]  # the same decision, but slow
    town.tap_offer(offer, "approve")
    if late:
        await until(lambda: (town.pass_time(0.2), town.api.of("answerCallbackQuery"))[1])
        assert "text" not in town.api.of("answerCallbackQuery")[0].params
        await town.sees("You rejected this already at")
    else:
        await town.alerted("You rejected this already at")


async def test_a_checkout_is_answered_at_once(town: BotTown) -> None:
    await town.run()
    town.api.update(
        {
            "pre_checkout_query": {
                "id": "c1",
                "from": person(ANN),
                "currency": "XTR",
                "total_amount": 5,
                "invoice_payload": "x",
            }
        }
    )
    await until(lambda: town.api.of("answerPreCheckoutQuery"))
    assert town.api.of("answerPreCheckoutQuery")[0].params["ok"] in (False, "false")
