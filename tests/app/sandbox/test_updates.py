"""Updates on their way to a real aiogram bot: polling, webhook, restarts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.filters import Command, CommandStart
from aiogram.types import (
    CallbackQuery,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LabeledPrice,
    Message,
    PreCheckoutQuery,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from aiohttp.test_utils import TestServer

from foundation.log import get_logger
from foundation.nursery import Nursery
from tests.app.sandbox.conftest import MIA, NOAH, MakeSandbox, Person, bot_at
from tests.support.clock import FakeClock
from tests.support.until import until

ECHO_KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Approve", callback_data="ok", style="success")]]
)


def echo_dispatcher() -> Dispatcher:
    """A small bot: greets, offers a button, edits when pressed, echoes, sells."""
    dispatcher = Dispatcher()

    @dispatcher.message(CommandStart(deep_link=True))
    async def start(message: Message, command: Any) -> None:
        await message.answer(f"welcome via {command.args}", reply_markup=ECHO_KEYS)

    @dispatcher.message(Command("buy"))
    async def buy(message: Message) -> None:
        prices = [LabeledPrice(label="Pro", amount=250)]
        await message.answer_invoice("Pro", "A month", "order-1", "XTR", prices)

    @dispatcher.pre_checkout_query()
    async def check(query: PreCheckoutQuery) -> None:
        await query.answer(ok=True)

    @dispatcher.message(F.successful_payment)
    async def paid(message: Message) -> None:
        assert message.successful_payment is not None
        await message.answer(f"thanks for {message.successful_payment.total_amount} stars")

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(f"echo: {message.text}")

    @dispatcher.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        await query.answer("done")
        assert isinstance(query.message, Message)
        await query.message.edit_text(f"approved by {query.from_user.first_name}")

    @dispatcher.my_chat_member()
    async def moved(_change: ChatMemberUpdated) -> None:
        return None

    return dispatcher


@pytest.fixture
async def nursery() -> AsyncIterator[Nursery]:
    made = Nursery(get_logger("tests"))
    yield made
    await made.stop()


async def last_text(person: Person, user_id: int) -> str:
    return str((await person.messages(user_id))[-1].get("text"))


def shows(person: Person, user_id: int, text: str) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return await last_text(person, user_id) == text

    return check


async def converse(person: Person) -> None:
    """One whole conversation: deep link, button, edit, echo."""
    await person.write(MIA, "/start ref_noah")
    await until(shows(person, MIA, "welcome via ref_noah"))
    card = (await person.messages(MIA))[-1]
    await person.press(MIA, card["message_id"], "ok")
    await until(shows(person, MIA, "approved by Mia"))
    edited = (await person.messages(MIA))[-1]
    assert edited["message_id"] == card["message_id"]
    assert "reply_markup" not in edited
    await person.write(MIA, "hello")
    await until(shows(person, MIA, "echo: hello"))


async def test_a_dispatcher_that_polls(bot: Bot, person: Person, nursery: Nursery) -> None:
    dispatcher = echo_dispatcher()
    nursery.once("poll", dispatcher.start_polling(bot, handle_signals=False, polling_timeout=5))
    await converse(person)
    await person.write(MIA, "/buy")

    async def invoice() -> Any:
        return next((m for m in await person.messages(MIA) if "invoice" in m), None)

    offered = await until(invoice)
    assert offered["invoice"]["total_amount"] == 250
    slug = offered["sandbox"]["invoice_slug"]
    await person.done("POST", f"/sandbox/api/chats/{MIA}/pay", json={"slug": slug})
    await until(shows(person, MIA, "thanks for 250 stars"))
    await dispatcher.stop_polling()


async def test_a_dispatcher_behind_a_webhook(bot: Bot, person: Person) -> None:
    app = web.Application()
    handler = SimpleRequestHandler(echo_dispatcher(), bot, secret_token="s3cret-header")
    handler.register(app, "/webhooks/telegram")
    async with TestServer(app) as server:
        await bot.set_webhook(
            str(server.make_url("/webhooks/telegram")), secret_token="s3cret-header"
        )
        with pytest.raises(TelegramConflictError, match="while webhook is active"):
            await bot.get_updates()
        await converse(person)
        info = await bot.get_webhook_info()
        assert info.url.endswith("/webhooks/telegram")
        await until(lambda: _pending_is(bot, 0))
        assert await bot.delete_webhook()


async def _pending_is(bot: Bot, count: int) -> bool:
    return (await bot.get_webhook_info()).pending_update_count == count


async def test_a_webhook_that_fails_gets_it_again_in_order(bot: Bot, person: Person) -> None:
    seen: list[tuple[int, str | None]] = []
    failures = iter([500, 401])

    async def receive(request: web.Request) -> web.Response:
        update = await request.json()
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        seen.append((update["update_id"], secret))
        return web.Response(status=next(failures, 200))

    app = web.Application()
    app.router.add_post("/hook", receive)
    async with TestServer(app) as server:
        await bot.set_webhook(str(server.make_url("/hook")), secret_token="abc")
        await person.write(MIA, "one")
        await person.write(MIA, "two")
        await until(lambda: len(seen) == 4, within=10)
        await until(lambda: _pending_is(bot, 0))
        first, second = seen[0][0], seen[3][0]
        assert [update_id for update_id, _ in seen] == [first, first, first, second]
        assert second == first + 1
        assert {secret for _, secret in seen} == {"abc"}
        info = await bot.get_webhook_info()
        assert info.last_error_message == "Wrong response from the webhook: 401 Unauthorized"
        await bot.delete_webhook()
    with pytest.raises(TelegramBadRequest, match="HTTPS URL must be provided"):
        await bot.set_webhook("http://example.org/hook")


async def test_offsets_confirm(bot: Bot, person: Person) -> None:
    assert await bot.get_updates() == []
    for text in ("a", "b", "c"):
        await person.write(MIA, text)
    found = await bot.get_updates()
    assert [u.message.text for u in found if u.message] == ["a", "b", "c"]
    ids = [update.update_id for update in found]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert [u.update_id for u in await bot.get_updates()] == ids
    assert [u.update_id for u in await bot.get_updates(offset=ids[1], limit=1)] == [ids[1]]
    assert [u.update_id for u in await bot.get_updates(offset=-1)] == [ids[2]]
    assert [u.update_id for u in await bot.get_updates()] == [ids[2]]
    assert await bot.get_updates(offset=ids[2] + 1) == []


async def test_a_poll_waits_for_news(bot: Bot, person: Person, nursery: Nursery) -> None:
    poll = nursery.once("poll", bot.get_updates(timeout=20))
    await person.write(MIA, "news")
    found = await asyncio.wait_for(poll, 5)
    assert [u.message.text for u in found if u.message] == ["news"]


async def test_a_second_poll_ends_the_first(bot: Bot, person: Person, nursery: Nursery) -> None:
    first = nursery.once("first", bot.get_updates(timeout=20))
    second: asyncio.Task[Any] | None = None
    while not first.done():
        if second is None or second.done():
            second = nursery.once("second", bot.get_updates(timeout=20))
        await asyncio.wait({first}, timeout=0.2)
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        first.result()
    await person.write(MIA, "for the second")
    assert second is not None
    assert len(await asyncio.wait_for(second, 5)) == 1


async def test_only_wanted_kinds_are_queued(bot: Bot, person: Person) -> None:
    await person.write(MIA, "/start")
    assert len(await bot.get_updates(allowed_updates=["message"])) == 1
    await person.done("POST", f"/sandbox/api/chats/{MIA}/block", json={"blocked": True})
    await person.done("POST", f"/sandbox/api/chats/{MIA}/block", json={"blocked": False})
    assert len(await bot.get_updates()) == 1
    await bot.get_updates(allowed_updates=[])
    await person.done("POST", f"/sandbox/api/chats/{MIA}/block", json={"blocked": True})
    moved = (await bot.get_updates())[-1].my_chat_member
    assert moved is not None
    assert (moved.old_chat_member.status, moved.new_chat_member.status) == ("member", "kicked")


async def test_shutdown_ends_a_long_poll(make_sandbox: MakeSandbox, nursery: Nursery) -> None:
    sandbox = await make_sandbox()
    bot = bot_at(sandbox)
    await bot.get_me()
    poll = nursery.once("poll", bot.get_updates(timeout=50))
    async with aiohttp.ClientSession() as session:
        stream = await session.get(f"{sandbox.api_url}/sandbox/api/stream")
        assert await stream.content.readline() == b"retry: 1000\n"
        await asyncio.wait_for(sandbox.stop(), 5)
        assert await asyncio.wait_for(poll, 1) == []
        assert b"event: message" not in await asyncio.wait_for(stream.content.read(), 1)
    await bot.session.close()


async def test_a_restart_loses_nothing(make_sandbox: MakeSandbox) -> None:
    first = await make_sandbox()
    bot = bot_at(first)
    async with aiohttp.ClientSession() as session:
        person = Person(session, first.api_url)
        await person.write(MIA, "/start")
        (seen,) = await bot.get_updates()
        sent = await bot.send_message(MIA, "card", reply_markup=ECHO_KEYS)
        await bot.set_my_name("Kept")
        await bot.get_updates(offset=seen.update_id + 1)
        query_id = await person.press(MIA, sent.message_id, "ok")
        await first.stop()
    await bot.session.close()

    again = await make_sandbox()
    bot = bot_at(again)
    async with aiohttp.ClientSession() as session:
        person = Person(session, again.api_url)
        shown = await person.messages(MIA)
        assert [m["text"] for m in shown] == ["/start", "card"]
        assert shown[1]["reply_markup"] is not None
        (press,) = await bot.get_updates()
        assert press.callback_query is not None
        assert press.update_id == seen.update_id + 1
        assert await bot.answer_callback_query(query_id)
        assert (await bot.get_my_name()).name == "Kept"
        assert (await bot.send_message(MIA, "next")).message_id == sent.message_id + 1
        state = await person.done("GET", "/sandbox/api/state")
        assert len(state["users"]) == 3
    await bot.session.close()


async def test_updates_older_than_a_day_are_dropped_at_start(
    make_sandbox: MakeSandbox, clock: FakeClock
) -> None:
    first = await make_sandbox()
    async with aiohttp.ClientSession() as session:
        await Person(session, first.api_url).write(MIA, "/start")
    await first.stop()
    clock.advance(25 * 3600)
    again = await make_sandbox()
    bot = bot_at(again)
    assert await bot.get_updates() == []
    await bot.session.close()


async def test_many_writers_lose_no_update(bot: Bot, person: Person) -> None:
    async def talk(user_id: int) -> None:
        for number in range(15):
            await person.write(user_id, f"{user_id}:{number}")

    talking = asyncio.gather(talk(MIA), talk(NOAH), talk(1003))
    seen: list[str] = []
    offset = 0
    while len(seen) < 45:
        for update in await bot.get_updates(offset=offset, timeout=5):
            assert update.message is not None
            seen.append(update.message.text or "")
            offset = update.update_id + 1
    await talking
    assert len(set(seen)) == 45
    for user_id in (MIA, NOAH, 1003):
        own = [text for text in seen if text.startswith(f"{user_id}:")]
        assert own == [f"{user_id}:{number}" for number in range(15)]


async def test_a_checkout_answered_too_late_is_cancelled(
    bot: Bot, mia: Person, clock: FakeClock
) -> None:
    link = await bot.create_invoice_link(
        "Pro",
        "A month",
        "order-2",
        "XTR",
        [LabeledPrice(label="Pro", amount=100)],
        subscription_period=2_592_000,
    )
    slug = link.removeprefix("https://t.me/$")
    assert (await mia.done("GET", f"/sandbox/api/invoices/{slug}"))["amount"] == 100
    await mia.done("POST", f"/sandbox/api/chats/{MIA}/pay", json={"slug": slug})
    query = (await bot.get_updates())[-1].pre_checkout_query
    assert query is not None
    assert (query.currency, query.total_amount) == ("XTR", 100)
    clock.advance(11)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_pre_checkout_query(query.id, ok=True)
    await mia.done("POST", f"/sandbox/api/chats/{MIA}/pay", json={"slug": slug})
    query = (await bot.get_updates())[-1].pre_checkout_query
    assert query is not None
    await bot.answer_pre_checkout_query(query.id, ok=True)
    paid = (await bot.get_updates())[-1].message
    assert paid is not None
    assert paid.successful_payment is not None
    assert paid.successful_payment.is_first_recurring
    assert paid.successful_payment.subscription_expiration_date is not None


async def test_bad_invoices_are_refused(bot: Bot, mia: Person) -> None:
    one = [LabeledPrice(label="Pro", amount=100)]
    with pytest.raises(TelegramBadRequest, match="CURRENCY_INVALID"):
        await bot.create_invoice_link("Pro", "x", "p", "USD", one)
    with pytest.raises(TelegramBadRequest, match="STARS_INVOICE_INVALID"):
        await bot.create_invoice_link("Pro", "x", "p", "XTR", one * 2)
    with pytest.raises(TelegramBadRequest, match="SUBSCRIPTION_PERIOD_INVALID"):
        await bot.create_invoice_link("Pro", "x", "p", "XTR", one, subscription_period=86_400)
    with pytest.raises(TelegramBadRequest, match="TITLE_INVALID"):
        await bot.create_invoice_link("x" * 33, "x", "p", "XTR", one)
