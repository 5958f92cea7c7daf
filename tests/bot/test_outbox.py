"""The outbox over real HTTP: limits, refusals, lost replies, coalescing, restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.utils.formatting import Bold

from bot.cards.card import Card, card, opens
from bot.cards.look import Look
from bot.cards.offer import offer_card
from bot.i18n import texts_for
from bot.outbox.items import Item, Priority, Thing, correct, delete, edit, live, send
from bot.outbox.limiter import Limiter
from bot.outbox.sender import Sender
from bot.outbox.store import Outbox
from bot.outbox.wire import Wire
from foundation.bus import Bus
from foundation.db import Database
from foundation.log import get_logger
from foundation.nursery import Nursery
from foundation.people import People
from tests.bot.api import BOT_ID, TOKEN, FakeTelegram
from tests.bot.views import candles, offer
from tests.support.clock import FakeClock
from tests.support.until import until

ANN, BEN, GROUP = 1001, 1002, -100200
THING = Thing("group", "g1")


class Post:
    """An outbox with its sender, started and stopped at will."""

    def __init__(self, database: Database, bus: Bus, clock: FakeClock, api: FakeTelegram) -> None:
        self.database, self.bus, self.clock, self.api = database, bus, clock, api
        self.people = People(database, clock)
        self.outbox = Outbox(database, clock, bus, BOT_ID)
        self.nursery: Nursery | None = None
        self.bot: Bot | None = None

    async def start(self) -> None:
        server = TelegramAPIServer.from_base(self.api.base)
        self.bot = Bot(TOKEN, session=AiohttpSession(api=server, timeout=5))
        self.nursery = Nursery(get_logger("tests.outbox"))
        nursery = self.nursery
        sender = Sender(
            Wire(self.bot, self.outbox), self.outbox, Limiter(self.clock), self.people, self.clock
        )
        nursery.start("sender", lambda: sender.run(self.bus, nursery))

    async def stop(self) -> None:
        if self.nursery is not None and self.bot is not None:
            await self.nursery.stop()
            await self.bot.session.close()
            self.nursery = None

    async def put(self, *items: Item) -> None:
        await self.outbox.put(items)

    async def rows(self) -> list[dict[str, Any]]:
        found = await self.database.pool.fetch("select * from telegram_outbox order by id")
        return [dict(row) for row in found]

    async def done(self, seconds: float = 1.0) -> list[dict[str, Any]]:
        """Let time pass until nothing waits."""

        async def settled() -> bool:
            self.clock.advance(seconds)
            self.bus.wake("telegram_outbox")
            rows = await self.rows()
            return all(row["status"] not in ("waiting", "claimed") for row in rows)

        await until(settled, every=0.02)
        return await self.rows()

    async def quiet(self, calls: int) -> None:
        """So many messages left so far and no more, though the sender has looked."""
        self.bus.wake("telegram_outbox")
        await until(lambda: len(self.api.calls) >= calls)
        for _ in range(20):
            self.bus.wake("telegram_outbox")
            # a round trip to the database: whoever was woken has had their turn
            await self.rows()
        assert len(self.api.calls) == calls


@pytest.fixture
async def post(
    database: Database, bus: Bus, clock: FakeClock, api: FakeTelegram
) -> AsyncIterator[Post]:
    made = Post(database, bus, clock, api)
    yield made
    await made.stop()


def words(text: str) -> Card:
    return card(text)


async def test_a_repeat_of_a_key_sends_once(post: Post) -> None:
    await post.put(send(ANN, words("one"), "k1"), send(ANN, words("again"), "k1"))
    await post.put(send(ANN, words("one"), "k1"))
    await post.start()
    rows = await post.done()
    assert [row["status"] for row in rows] == ["sent"]
    assert [call.words for call in post.api.calls] == ["one"]
    assert rows[0]["message_id"] == 101


async def test_a_chat_gets_a_burst_and_then_one_a_second(post: Post) -> None:
    await post.put(*(send(ANN, words(f"m{n}"), None) for n in range(6)))
    await post.start()
    await post.quiet(3)
    post.clock.advance(1.0)
    await post.quiet(4)
    await post.done()
    assert [call.words for call in post.api.calls] == [f"m{n}" for n in range(6)]


async def test_a_group_gets_eighteen_a_minute(post: Post) -> None:
    await post.put(*(send(GROUP, words(f"m{n}"), None) for n in range(25)))
    await post.start()
    await post.quiet(3)
    for sent in range(4, 18):
        post.clock.advance(4.0)
        post.bus.wake("telegram_outbox")
        await post.quiet(sent)


async def test_urgent_messages_overtake(post: Post) -> None:
    await post.put(
        send(ANN, words("digest"), None, Priority.BULK),
        send(ANN, words("offer"), None, Priority.DECISION),
        delete(ANN, 7, None),
    )
    await post.start()
    await post.done()
    assert [call.method for call in post.api.calls] == [
        "deleteMessage",
        "sendMessage",
        "sendMessage",
    ]
    assert [call.words for call in post.api.calls[1:]] == ["offer", "digest"]


async def test_retry_after_is_obeyed_and_the_order_kept(post: Post) -> None:
    post.api.refuse("sendMessage", 429, "Too Many Requests: retry after 7", retry_after=7)
    await post.put(send(ANN, words("first"), None), send(ANN, words("second"), None))
    await post.put(send(BEN, words("other"), None))
    await post.start()
    await until(lambda: len(post.api.calls) == 2)
    assert {call.words for call in post.api.calls} == {"first", "other"}
    post.clock.advance(6.5)
    await post.quiet(2)
    post.clock.advance(0.6)
    post.bus.wake("telegram_outbox")
    rows = await post.done(0.2)
    assert [row["status"] for row in rows] == ["sent"] * 3
    assert [c.words for c in post.api.calls if c.words != "other"] == ["first", "first", "second"]


async def test_bulk_rests_everywhere_during_a_429(post: Post) -> None:
    post.api.refuse("sendMessage", 429, "Too Many Requests: retry after 9", retry_after=9)
    await post.put(send(ANN, words("first"), None))
    await post.start()
    await until(lambda: len(post.api.calls) == 1)
    await until(lambda: _waiting_again(post))
    await post.put(send(BEN, words("digest"), None, Priority.BULK))
    await post.put(send(BEN, words("offer"), None, Priority.DECISION))
    await until(lambda: len(post.api.calls) == 2)
    assert post.api.calls[-1].words == "offer"
    await post.quiet(2)
    await post.done()
    assert {call.words for call in post.api.calls} == {"first", "offer", "digest"}


async def _waiting_again(post: Post) -> bool:
    return any(row["status"] == "waiting" and row["attempts"] for row in await post.rows())


async def test_a_blocked_bot_marks_the_person_unreachable(post: Post) -> None:
    user = await post.people.ensure(ANN, "Ann", None, "en")
    post.api.refuse("sendMessage", 403, "Forbidden: bot was blocked by the user")
    await post.put(send(ANN, words("a"), None), send(ANN, words("b"), None))
    await post.start()
    rows = await post.done()
    assert [row["status"] for row in rows] == ["failed", "failed"]
    assert "blocked" in rows[0]["last_error"]

    async def unreachable() -> bool:
        return not (await post.people.get(user.id)).reachable

    await until(unreachable)
    assert len(post.api.calls) == 1


async def test_broken_entities_fall_back_to_plain_text(post: Post) -> None:
    post.api.refuse("sendMessage", 400, "Bad Request: can't parse entities: broken")
    await post.put(send(ANN, card(Bold("big"), "news"), None))
    await post.start()
    rows = await post.done()
    assert rows[0]["status"] == "sent"
    first, second = post.api.calls
    assert "entities" in first.params
    assert "entities" not in second.params
    assert second.words == "big\nnews"


async def test_an_unwelcome_app_button_is_left_out(post: Post) -> None:
    post.api.refuse("sendMessage", 400, "Bad Request: inline keyboard button Web App URL invalid")
    shown = card("x", rows=[[opens("App", "http://127.0.0.1/app/")]])
    await post.put(send(ANN, shown, None))
    await post.start()
    assert (await post.done())[0]["status"] == "sent"
    assert post.api.calls[-1].buttons == []


async def test_a_refused_picture_goes_as_text(post: Post) -> None:
    post.api.refuse("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    look = Look(texts_for("en"), "dark", None)
    shown = offer_card(offer(), look, candles())
    await post.put(live(ANN, Thing("offer", "o"), shown, Priority.DECISION))
    await post.start()
    assert (await post.done())[0]["status"] == "sent"
    assert [call.method for call in post.api.calls] == ["sendPhoto", "sendMessage"]
    assert post.api.calls[1].words == shown.text


async def test_anything_else_refused_is_given_up_with_its_reason(post: Post) -> None:
    post.api.refuse("sendMessage", 400, "Bad Request: message text is empty")
    await post.put(send(ANN, words("a"), None), send(ANN, words("b"), None))
    await post.start()
    rows = await post.done()
    assert [row["status"] for row in rows] == ["failed", "sent"]
    assert "empty" in rows[0]["last_error"]


async def test_a_lost_reply_is_sent_again_and_nothing_is_lost(post: Post) -> None:
    post.api.break_off("sendMessage")
    await post.put(send(ANN, words("a"), "k"), send(ANN, words("b"), "l"))
    await post.start()
    rows = await post.done()
    assert [row["status"] for row in rows] == ["sent", "sent"]
    assert [call.words for call in post.api.calls] == ["a", "a", "b"]


async def test_server_errors_are_outwaited(post: Post) -> None:
    for _ in range(4):
        post.api.refuse("sendMessage", 502, "Bad Gateway")
    await post.put(send(ANN, words("a"), None))
    await post.start()
    rows = await post.done()
    assert rows[0]["status"] == "sent"
    assert rows[0]["attempts"] == 5


async def test_an_outage_of_a_day_gives_up(post: Post) -> None:
    post.api.refuse("sendMessage", 502, "Bad Gateway")
    await post.put(send(ANN, words("a"), None))
    post.clock.advance(25 * 3600)
    await post.start()
    rows = await post.done()
    assert rows[0]["status"] == "failed"
    assert "no answer for 25 h" in rows[0]["last_error"]


async def test_live_edits_coalesce_and_keep_their_distance(post: Post) -> None:
    await post.put(live(ANN, THING, words("v1")))
    await post.start()
    await post.done(0.1)
    for n in range(2, 8):
        await post.put(live(ANN, THING, words(f"v{n}")))
    await post.quiet(1)
    post.clock.advance(4.0)
    await post.quiet(1)
    await post.done()
    assert [(c.method, c.words) for c in post.api.calls] == [
        ("sendMessage", "v1"),
        ("editMessageText", "v7"),
    ]
    assert post.api.calls[1].params["message_id"] == 101


async def test_a_decision_is_shown_without_waiting(post: Post) -> None:
    await post.put(live(ANN, THING, words("v1")))
    await post.start()
    await post.done(0.1)
    await post.put(live(ANN, THING, words("v2")))
    await post.put(live(ANN, THING, words("decided"), Priority.DECISION))
    await until(lambda: len(post.api.calls) == 2)
    assert post.api.calls[1].words == "decided"


async def test_what_was_overtaken_before_it_left_never_leaves(post: Post) -> None:
    await post.put(live(ANN, THING, words("offer")))
    await post.put(correct(ANN, THING, words("withdrawn")), send(ANN, words("next"), None))
    await post.start()
    await post.done()
    assert [call.words for call in post.api.calls] == ["next"]


async def test_what_was_overtaken_after_it_left_is_corrected(post: Post) -> None:
    await post.put(live(ANN, THING, words("offer")))
    await post.start()
    await post.done(0.1)
    await post.put(correct(ANN, THING, words("withdrawn")))
    await post.done()
    assert [(c.method, c.words) for c in post.api.calls] == [
        ("sendMessage", "offer"),
        ("editMessageText", "withdrawn"),
    ]


async def test_what_was_overtaken_on_its_way_is_corrected(post: Post) -> None:
    await post.put(live(ANN, THING, words("offer")))
    assert len(await post.outbox.claim([], Priority.BULK, 1)) == 1
    await post.put(correct(ANN, THING, words("withdrawn")))
    assert [row["status"] for row in await post.rows()] == ["claimed", "waiting"]


async def test_equal_content_is_not_edited(post: Post) -> None:
    await post.put(live(ANN, THING, words("same")))
    await post.start()
    await post.done()
    await post.put(live(ANN, THING, words("same")))
    rows = await post.done()
    assert [row["status"] for row in rows] == ["sent", "sent"]
    assert len(post.api.calls) == 1


async def test_not_modified_is_success(post: Post) -> None:
    await post.put(live(ANN, THING, words("a")))
    await post.start()
    await post.done()
    post.api.refuse("editMessageText", 400, "Bad Request: message is not modified: same")
    await post.put(live(ANN, THING, words("b")))
    assert (await post.done())[-1]["status"] == "sent"
    await post.put(live(ANN, THING, words("b")))
    await post.done()
    assert len(post.api.of("editMessageText")) == 1


async def test_a_deleted_message_is_sent_anew(post: Post) -> None:
    await post.put(live(ANN, THING, words("a")))
    await post.start()
    await post.done()
    post.api.refuse("editMessageText", 400, "Bad Request: message to edit not found")
    await post.put(live(ANN, THING, words("b")))
    await post.done()
    await post.put(live(ANN, THING, words("c")))
    await post.done()
    assert [(c.method, c.params.get("message_id")) for c in post.api.calls] == [
        ("sendMessage", None),
        ("editMessageText", 101),
        ("sendMessage", None),
        ("editMessageText", 102),
    ]


async def test_a_picture_stays_when_only_words_change(post: Post) -> None:
    look = Look(texts_for("en"), "dark", None)
    thing = Thing("offer", "o")
    await post.put(live(ANN, thing, offer_card(offer(), look, candles()), Priority.DECISION))
    await post.start()
    await post.done()
    decided = offer(status="expired")
    await post.put(live(ANN, thing, offer_card(decided, look), Priority.DECISION))
    await post.done()
    requoted = offer(version=2, capital_usd=offer().capital_usd * 2)
    await post.put(live(ANN, thing, offer_card(requoted, look, candles()), Priority.DECISION))
    await post.done()
    assert [c.method for c in post.api.calls] == [
        "sendPhoto",
        "editMessageCaption",
        "editMessageMedia",
    ]
    assert "reply_markup" not in post.api.calls[1].params
    assert all(next(iter(c.files.values()))[:4] == b"\x89PNG" for c in post.api.calls[::2])


async def test_a_notice_is_a_reply_to_the_card_of_its_position(post: Post) -> None:
    await post.put(live(ANN, THING, words("card"), Priority.DECISION))
    await post.put(send(ANN, words("news"), "n", reply_to=THING))
    await post.put(send(ANN, words("alone"), "m", reply_to=Thing("group", "unknown")))
    await post.start()
    await post.done()
    replies = [c.params.get("reply_parameters") for c in post.api.calls]
    assert replies[0] is None
    assert replies[1] == {"message_id": 101, "allow_sending_without_reply": True}
    assert replies[2] is None


async def test_an_edit_of_a_lost_message_becomes_a_new_one(post: Post) -> None:
    post.api.refuse("editMessageText", 400, "Bad Request: message can't be edited")
    await post.put(edit(ANN, 55, words("next step"), "e"))
    await post.start()
    await post.done()
    assert [c.method for c in post.api.calls] == ["editMessageText", "sendMessage"]


async def test_a_group_that_moved_is_followed(post: Post) -> None:
    post.api.refuse(
        "sendMessage", 400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-1009
    )
    await post.put(send(GROUP, words("a"), None))
    await post.start()
    await post.done()
    assert [c.params["chat_id"] for c in post.api.calls] == [GROUP, -1009]


async def test_a_restart_takes_up_what_was_on_its_way(post: Post) -> None:
    await post.put(*(send(ANN, words(f"m{n}"), f"k{n}") for n in range(5)))
    claimed = await post.outbox.claim([], Priority.BULK, 3)
    assert len(claimed) == 1
    await post.put(live(BEN, THING, words("old")))
    taken = await post.outbox.claim([ANN], Priority.BULK, 3)
    assert taken[0].thing == THING
    await post.put(live(BEN, THING, words("new")))
    await post.start()
    rows = await post.done()
    assert {row["status"] for row in rows} == {"sent"}
    assert [c.words for c in post.api.calls if c.params["chat_id"] == ANN] == [
        f"m{n}" for n in range(5)
    ]
    shown = [c.words for c in post.api.calls if c.params["chat_id"] == BEN]
    assert shown[-1] == "new"


async def test_a_failed_live_row_gives_way_to_a_newer_one(post: Post) -> None:
    await post.put(live(ANN, THING, words("old")))
    row = (await post.outbox.claim([], Priority.BULK, 1))[0]
    await post.put(live(ANN, THING, words("new")))
    await post.outbox.again(row, 3.0, "told to wait")
    rows = await post.rows()
    assert [r["status"] for r in rows] == ["superseded", "waiting"]


async def test_claims_run_out(post: Post) -> None:
    await post.put(send(ANN, words("a"), None))
    assert len(await post.outbox.claim([], Priority.BULK, 5)) == 1
    assert await post.outbox.claim([], Priority.BULK, 5) == []
    post.clock.advance(61)
    again = await post.outbox.claim([], Priority.BULK, 5)
    assert [row.attempts for row in again] == [2]
