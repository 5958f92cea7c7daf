"""A real aiogram bot against the stand-in: sending, editing, answering, looking up."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    MenuButtonWebApp,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
    WebAppInfo,
)
from aiogram.utils.formatting import Bold, DateTime, Text

from app.sandbox.server import Sandbox
from tests.app.sandbox.conftest import MIA, NOAH, TOKEN, Person, bot_at, picture
from tests.support.clock import FakeClock


def keyboard(*rows: list[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=list(rows))


def button(text: str, **action: Any) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, **action)


async def test_it_says_who_the_bot_is(bot: Bot) -> None:
    me = await bot.get_me()
    assert me.id == 7000000001
    assert me.is_bot
    assert me.username == "countersign_sandbox_bot"


async def test_a_wrong_token_is_unauthorised(sandbox: Sandbox) -> None:
    stranger = bot_at(sandbox, "7000000001:another-token-of-somebody-else-here")
    with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
        await stranger.get_me()
    await stranger.session.close()


async def test_an_unknown_method_is_not_found(bot: Bot) -> None:
    class Unknown(TelegramMethod[bool]):
        __returning__ = bool
        __api_method__ = "doWhatIMean"

    with pytest.raises(TelegramNotFound, match="method not found"):
        await bot(Unknown())


async def test_nobody_is_written_to_before_they_start(bot: Bot, person: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(MIA, "hello")
    await person.write(MIA, "/start")
    sent = await bot.send_message(MIA, "hello")
    assert sent.chat.id == MIA
    assert sent.chat.type == "private"
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(424242, "hello")


async def test_a_message_comes_back_with_all_it_carries(
    bot: Bot, mia: Person, clock: FakeClock
) -> None:
    text = Text("Expires ", DateTime("in 5 minutes", unix_time=1_767_614_700, date_time_format="r"))
    sent = await bot.send_message(
        MIA,
        **text.as_kwargs(),
        reply_markup=keyboard(
            [
                button("Approve", callback_data="ap:1:y:1", style="success"),
                button("Reject", callback_data="ap:1:n:1", style="danger"),
            ],
            [
                button("Open", web_app=WebAppInfo(url="http://127.0.0.1:8080/app/offers/1")),
                button("Copy", copy_text=CopyTextButton(text="64,250.5")),
                button("Site", url="https://example.org/x"),
            ],
        ),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        reply_parameters=ReplyParameters(message_id=1),
    )
    assert sent.text == "Expires in 5 minutes"
    assert sent.entities is not None
    assert sent.entities[0].type == "date_time"
    assert sent.entities[0].unix_time == 1_767_614_700
    assert sent.entities[0].date_time_format == "r"
    assert sent.reply_markup is not None
    first = sent.reply_markup.inline_keyboard[0][0]
    assert (first.style, first.callback_data) == ("success", "ap:1:y:1")
    assert sent.reply_markup.inline_keyboard[1][1].copy_text is not None
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "/start"
    assert sent.date == clock.now()
    shown = (await mia.messages(MIA))[-1]
    assert shown["text"] == "Expires in 5 minutes"
    assert shown["sandbox"]["out"] is False


async def test_html_becomes_entities(bot: Bot, mia: Person) -> None:
    sent = await bot.send_message(
        MIA,
        "<b>Long</b> &lt;BTC&gt; <a href='https://example.org/?a=1&amp;b=2'>why</a> "
        "<code>64 000</code> <tg-time unix='1767614700' format='r'>soon</tg-time>",
        parse_mode="HTML",
    )
    assert sent.text == "Long <BTC> why 64 000 soon"
    assert sent.html_text.startswith("<b>Long</b> &lt;BTC&gt;")
    assert [e.type for e in sent.entities or ()] == ["bold", "text_link", "code", "date_time"]
    with pytest.raises(TelegramBadRequest, match="can't parse entities: Unsupported start tag"):
        await bot.send_message(MIA, "<script>alert(1)</script>", parse_mode="HTML")


async def test_photo_edit_in_place_and_file(bot: Bot, mia: Person) -> None:
    content = picture()
    sent = await bot.send_photo(
        MIA,
        BufferedInputFile(content, "chart.png"),
        **Text(Bold("LONG BTC/USDT")).as_kwargs(
            text_key="caption", entities_key="caption_entities"
        ),
        reply_markup=keyboard([button("Approve", callback_data="a")]),
    )
    assert sent.photo is not None
    assert (sent.photo[-1].width, sent.photo[-1].height) == (640, 360)
    assert sent.caption_entities is not None
    edited = await bot.edit_message_caption(
        chat_id=MIA, message_id=sent.message_id, caption="Approved 09:41 by you"
    )
    assert not isinstance(edited, bool)
    assert edited.photo == sent.photo
    assert edited.reply_markup is None
    assert edited.edit_date is not None
    other = await bot.edit_message_media(
        InputMediaPhoto(media=BufferedInputFile(picture(300, 300), "b.png"), caption="Closed"),
        chat_id=MIA,
        message_id=sent.message_id,
    )
    assert not isinstance(other, bool)
    assert other.photo is not None
    assert other.photo[-1].width == 300
    file = await bot.get_file(sent.photo[-1].file_id)
    assert file.file_path is not None
    downloaded = await bot.download_file(file.file_path)
    assert downloaded is not None
    assert downloaded.read() == content
    again = await bot.send_photo(MIA, sent.photo[-1].file_id)
    assert again.photo == sent.photo


async def test_a_document_keeps_its_name(bot: Bot, mia: Person) -> None:
    sent = await bot.send_document(MIA, BufferedInputFile(b"a,b\n1,2\n", "trades.csv"))
    assert sent.document is not None
    assert sent.document.file_name == "trades.csv"
    assert sent.document.file_size == 8


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\nbroken"])
async def test_what_is_no_picture_is_refused(bot: Bot, mia: Person, content: bytes) -> None:
    with pytest.raises(TelegramBadRequest):
        await bot.send_photo(MIA, BufferedInputFile(content, "x.png"))


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, mia: Person) -> None:
    markup = keyboard([button("A", callback_data="a")])
    sent = await bot.send_message(MIA, "same", reply_markup=markup)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_text(
            "same", chat_id=MIA, message_id=sent.message_id, reply_markup=markup
        )
    edited = await bot.edit_message_text("other", chat_id=MIA, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("other", None)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await bot.edit_message_text("x", chat_id=MIA, message_id=9999)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await bot.edit_message_text("x", chat_id=MIA, message_id=1)
    with pytest.raises(TelegramBadRequest, match="no caption in the message"):
        await bot.edit_message_caption(chat_id=MIA, message_id=sent.message_id, caption="x")


async def test_texts_are_counted_in_utf16_units(bot: Bot, mia: Person) -> None:
    await bot.send_message(MIA, "😀" * 2048)
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(MIA, "😀" * 2048 + "x")
    photo = BufferedInputFile(picture(20, 20), "a.png")
    await bot.send_photo(MIA, photo, caption="x" * 1024)
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(MIA, photo, caption="x" * 1025)
    with pytest.raises(TelegramBadRequest, match="message text is empty"):
        await bot.send_message(MIA, " \n ")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (button("x", callback_data="d" * 65), "BUTTON_DATA_INVALID"),
        (button("x", url="javascript:alert(1)"), "Wrong HTTP URL"),
        (button("x", web_app=WebAppInfo(url="http://example.org/")), "Only HTTPS links"),
        (button("x"), "Text buttons are unallowed"),
        (button(" ", callback_data="a"), "Text buttons are unallowed"),
    ],
)
async def test_bad_buttons_are_refused(
    bot: Bot, mia: Person, bad: InlineKeyboardButton, said: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=said):
        await bot.send_message(MIA, "x", reply_markup=keyboard([bad]))


@pytest.mark.parametrize(
    ("entity", "said"),
    [
        ({"type": "bold", "offset": 0, "length": 99}, "ends after the end of the text"),
        ({"type": "sparkle", "offset": 0, "length": 1}, "unsupported type"),
        ({"type": "text_link", "offset": 0, "length": 2}, "is not specified"),
        ({"type": "bold", "offset": 1, "length": 1}, "in a middle of a symbol"),
        ({"type": "bold", "offset": 0, "length": 0}, "ENTITY_BOUNDS_INVALID"),
    ],
)
async def test_bad_entities_are_refused(
    bot: Bot, mia: Person, entity: dict[str, Any], said: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=said):
        await bot.send_message(MIA, "😀 x", entities=[MessageEntity(**entity)])


async def test_a_reply_to_nothing_is_refused_unless_allowed(bot: Bot, mia: Person) -> None:
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await bot.send_message(MIA, "x", reply_parameters=ReplyParameters(message_id=99))
    lenient = ReplyParameters(message_id=99, allow_sending_without_reply=True)
    assert (await bot.send_message(MIA, "x", reply_parameters=lenient)).reply_to_message is None


async def test_deletion_within_two_days(bot: Bot, mia: Person, clock: FakeClock) -> None:
    sent = await bot.send_message(MIA, "secret")
    assert await bot.delete_message(MIA, 1)
    assert await bot.delete_message(MIA, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await bot.delete_message(MIA, sent.message_id)
    old = await bot.send_message(MIA, "old")
    clock.advance(48 * 3600 + 1)
    with pytest.raises(TelegramBadRequest, match="can't be deleted"):
        await bot.delete_message(MIA, old.message_id)
    assert [m["text"] for m in await mia.messages(MIA)] == ["old"]


async def test_pins_reactions_and_chat_lookup(bot: Bot, mia: Person) -> None:
    sent = await bot.send_message(MIA, "critical")
    assert await bot.pin_chat_message(MIA, sent.message_id)
    chat = await bot.get_chat(MIA)
    assert chat.pinned_message is not None
    assert chat.first_name == "Mia"
    assert await bot.unpin_chat_message(MIA)
    assert (await bot.get_chat(MIA)).pinned_message is None
    assert await bot.set_message_reaction(MIA, 1, [ReactionTypeEmoji(emoji="👍")])
    assert (await mia.messages(MIA))[0]["sandbox"]["reaction"] == "👍"
    member = await bot.get_chat_member(MIA, MIA)
    assert member.status == "member"
    assert await bot.send_chat_action(MIA, "typing")
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await bot.send_chat_action(MIA, "dancing")


async def test_commands_by_scope_and_language(bot: Bot, mia: Person) -> None:
    everywhere = [BotCommand(command="start", description="Begin")]
    private = [BotCommand(command="status", description="Groups with P&L")]
    russian = [BotCommand(command="status", description="Группы")]
    await bot.set_my_commands(everywhere)
    await bot.set_my_commands(private, BotCommandScopeAllPrivateChats())
    await bot.set_my_commands(russian, BotCommandScopeAllPrivateChats(), "ru")
    assert [c.command for c in await bot.get_my_commands()] == ["start"]
    in_russian = await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "ru")
    assert [c.description for c in in_russian] == ["Группы"]
    shown = await mia.done("GET", f"/sandbox/api/chats/{MIA}")
    assert [c["description"] for c in shown["commands"]] == ["Groups with P&L"]
    russian_chat = await mia.done("GET", "/sandbox/api/chats/1003")
    assert [c["description"] for c in russian_chat["commands"]] == ["Группы"]
    await bot.set_my_commands(everywhere, BotCommandScopeChat(chat_id=MIA))
    shown = await mia.done("GET", f"/sandbox/api/chats/{MIA}")
    assert [c["command"] for c in shown["commands"]] == ["start"]
    await bot.delete_my_commands(BotCommandScopeChat(chat_id=MIA))
    assert await bot.get_my_commands(BotCommandScopeChat(chat_id=MIA)) == []
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
        await bot.set_my_commands([BotCommand(command="Not Good", description="x")])


async def test_names_and_menu_button(bot: Bot, mia: Person) -> None:
    await bot.set_my_name("Countersign")
    await bot.set_my_name("Контрподпись", language_code="ru")
    assert (await bot.get_my_name()).name == "Countersign"
    assert (await bot.get_my_name(language_code="ru")).name == "Контрподпись"
    await bot.set_my_description("Signals, countersigned.")
    assert (await bot.get_my_description()).description == "Signals, countersigned."
    await bot.set_my_short_description("Signals")
    assert (await bot.get_my_short_description()).short_description == "Signals"
    app = WebAppInfo(url="http://127.0.0.1:8080/app/")
    await bot.set_chat_menu_button(menu_button=MenuButtonWebApp(text="Dashboard", web_app=app))
    shown = await bot.get_chat_menu_button(chat_id=MIA)
    assert isinstance(shown, MenuButtonWebApp)
    assert shown.text == "Dashboard"


async def test_a_blocked_bot_is_forbidden(bot: Bot, mia: Person) -> None:
    await mia.done("POST", f"/sandbox/api/chats/{MIA}/block", json={"blocked": True})
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await bot.send_message(MIA, "hello?")
    status, problem = await mia.call(
        "POST", f"/sandbox/api/chats/{MIA}/messages", json={"text": "hi"}
    )
    assert (status, problem["code"]) == (409, "blocked")
    await mia.done("POST", f"/sandbox/api/chats/{MIA}/block", json={"blocked": False})
    await bot.send_message(MIA, "welcome back")


async def test_button_presses_are_answered_once_and_in_time(
    bot: Bot, mia: Person, clock: FakeClock
) -> None:
    sent = await bot.send_message(
        MIA, "offer", reply_markup=keyboard([button("Go", callback_data="go")])
    )
    query_id = await mia.press(MIA, sent.message_id, "go")
    assert await bot.answer_callback_query(query_id, "Approved", show_alert=True)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(query_id)
    late = await mia.press(MIA, sent.message_id, "go")
    clock.advance(61)
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await bot.answer_callback_query(late)
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.answer_callback_query("x", "y" * 201)


async def test_a_reply_keyboard_is_kept_with_the_chat(bot: Bot, mia: Person) -> None:
    rows = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Status")]])
    await bot.send_message(MIA, "pick", reply_markup=rows)
    chat = await mia.done("GET", f"/sandbox/api/chats/{MIA}")
    assert chat["reply_keyboard"] == {"keyboard": [[{"text": "Status"}]]}


async def test_faults_on_demand(bot: Bot, mia: Person) -> None:
    async def plan(**fault: object) -> None:
        await mia.done("POST", "/sandbox/api/faults", json=fault)

    await plan(method="sendMessage", kind="retry_after", seconds=7)
    with pytest.raises(TelegramRetryAfter) as wait:
        await bot.send_message(MIA, "one")
    assert wait.value.retry_after == 7
    await plan(kind="server_error", status=500)
    with pytest.raises(TelegramServerError):
        await bot.send_message(MIA, "two")
    await plan(method="sendMessage", kind="drop_request")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(MIA, "three")
    await plan(method="sendMessage", kind="drop_reply")
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(MIA, "four")
    await plan(method="sendMessage", kind="hang")
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(MIA, "five", request_timeout=1)
    assert [m["text"] for m in await mia.messages(MIA)] == ["/start", "four"]
    await plan(kind="hang", count=5)
    await mia.done("DELETE", "/sandbox/api/faults")
    await bot.send_message(MIA, "six")
    status, problem = await mia.call("POST", "/sandbox/api/faults", json={"kind": "flood"})
    assert (status, problem["errors"][0]["field"]) == (422, "kind")


async def test_flood_control_can_be_switched_on(bot: Bot, mia: Person, clock: FakeClock) -> None:
    await mia.write(NOAH, "/start")
    await mia.done("POST", "/sandbox/api/flood", json={"enforced": True})
    for text in ("1", "2", "3"):
        await bot.send_message(MIA, text)
    with pytest.raises(TelegramRetryAfter) as wait:
        await bot.send_message(MIA, "4")
    assert wait.value.retry_after == 1
    await bot.send_message(NOAH, "another chat has its own pace")
    clock.advance(1)
    await bot.send_message(MIA, "4")


async def test_all_ways_to_send_parameters(sandbox: Sandbox, mia: Person) -> None:
    address = f"{sandbox.api_url}/bot{TOKEN}/SendMessage"
    async with aiohttp.ClientSession() as session:
        ways: list[dict[str, Any]] = [
            {"json": {"chat_id": MIA, "text": "json"}},
            {"data": {"chat_id": str(MIA), "text": "form"}},
            {"params": {"chat_id": str(MIA), "text": "query"}},
        ]
        for way in ways:
            async with session.post(address, **way) as answer:
                assert (await answer.json())["ok"] is True
        async with session.post(address, json={"text": "nobody"}) as answer:
            assert answer.status == 400
            assert (await answer.json()) == {
                "ok": False,
                "error_code": 400,
                "description": "Bad Request: chat_id is empty",
            }
        async with session.post(
            address, data=b"{", headers={"Content-Type": "application/json"}
        ) as a:
            assert a.status == 400
    texts = [message["text"] for message in await mia.messages(MIA)]
    assert texts == ["/start", "json", "form", "query"]
