"""What a person does in the chat: write, press a button, block, read, open the Mini App."""

from __future__ import annotations

from typing import Any

from app.sandbox.botapi import objects
from app.sandbox.botapi.entities import complete
from app.sandbox.botapi.objects import Json, unix
from app.sandbox.botapi.units import units
from app.sandbox.page.launch import app_address, init_data
from app.sandbox.store import messages, people, queries
from app.sandbox.store.messages import NewMessage
from app.sandbox.switchboard import Switchboard, for_page
from foundation import limits
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.ids import new_id


class Chat:
    """One side of the switchboard: the people. Every method takes the chat's (= user's) id."""

    def __init__(self, board: Switchboard, web_app_url: str) -> None:
        self._board = board
        self._web_app_url = web_app_url

    async def write(self, chat_id: int, text: str, reply_to: int | None = None) -> Json:
        """Send a text to the bot; returns the `Message`.

        Raises InvalidInput for an empty or too long text, Conflict while the bot is blocked.
        """
        written = complete(text, [])
        if not written.text:
            raise InvalidInput("write something first", field="text")
        if units(written.text) > limits.TELEGRAM_TEXT_UNITS_MAX:
            raise InvalidInput(
                f"a message holds at most {limits.TELEGRAM_TEXT_UNITS_MAX} characters",
                field="text",
            )
        content: Json = {"text": written.text}
        if written.entities:
            content["entities"] = written.entities
        async with self._board.database.begin() as conn:
            chat = await people.chat(conn, chat_id, lock=True)
            if chat is None:
                raise NotFound("there is no such chat")
            if chat["blocked"]:
                raise Conflict("this person has blocked the bot; restart it first", code="blocked")
            if reply_to is not None and await messages.one(conn, chat_id, reply_to) is None:
                raise NotFound("the message to answer is gone", field="reply_to")
            new = NewMessage(chat_id, from_bot=False, content=content, reply_to=reply_to)
            row, message = await self._board.post(conn, new)
            await people.change_chat(conn, chat_id, started=True)
            await people.mark_read(conn, chat_id)
            await self._board.update(conn, "message", message)
        self._board.show(row, message)
        self._board.bell.ring()
        if not chat["started"]:
            self._board.page.tell("chat", chat=chat_id)
        return for_page(row, message)

    async def press(self, chat_id: int, message_id: int, data: str) -> str:
        """Press a button under the bot's message; returns the query's id.

        A press of a button that was edited away meanwhile still arrives, as in Telegram.
        """
        if not 1 <= len(data.encode()) <= limits.TELEGRAM_CALLBACK_BYTES_MAX:
            raise InvalidInput("data must be 1 to 64 bytes long", field="data")
        now = self._board.clock.now()
        async with self._board.database.begin() as conn:
            row = await messages.one(conn, chat_id, message_id)
            person = await people.person(conn, chat_id)
            if row is None or person is None or not row["from_bot"]:
                raise NotFound("the bot has no such message", field="message_id")
            asked = {
                "kind": "callback",
                "chat_id": chat_id,
                "message_id": message_id,
                "data": data,
            }
            query_id = await queries.ask(conn, asked, now)
            press = {
                "id": query_id,
                "from": objects.person(person),
                "message": await self._board.describe(conn, row),
                "chat_instance": str(chat_id),
                "data": data,
            }
            await self._board.update(conn, "callback_query", press)
        self._board.bell.ring()
        return query_id

    async def block(self, chat_id: int, blocked: bool) -> None:
        """Block or unblock the bot; the bot learns it as `my_chat_member`."""
        async with self._board.database.begin() as conn:
            chat = await people.chat(conn, chat_id, lock=True)
            person = await people.person(conn, chat_id)
            if chat is None or person is None:
                raise NotFound("there is no such chat")
            if chat["blocked"] == blocked:
                return
            await people.change_chat(conn, chat_id, blocked=blocked)
            bot = await self._board.bot_user(conn)
            change = {
                "chat": objects.private_chat(person),
                "from": objects.person(person),
                "date": unix(self._board.clock.now()),
                "old_chat_member": _membership(bot, not blocked),
                "new_chat_member": _membership(bot, blocked),
            }
            await self._board.update(conn, "my_chat_member", change)
        self._board.bell.ring()
        self._board.page.tell("chat", chat=chat_id)

    async def allow_writing(self, chat_id: int) -> None:
        """The Mini App asked to write first and the person agreed."""
        async with self._board.database.begin() as conn:
            chat = await people.chat(conn, chat_id, lock=True)
            if chat is None:
                raise NotFound("there is no such chat")
            if chat["started"]:
                return
            await people.change_chat(conn, chat_id, started=True)
            content = {"write_access_allowed": {"from_request": True}}
            row, message = await self._board.post(conn, NewMessage(chat_id, False, content))
            await self._board.update(conn, "message", message)
        self._board.show(row, message)
        self._board.bell.ring()
        self._board.page.tell("chat", chat=chat_id)

    async def read(self, chat_id: int) -> None:
        """The person has seen everything in the chat."""
        async with self._board.database.begin() as conn:
            await people.mark_read(conn, chat_id)
        self._board.page.tell("read", chat=chat_id)

    async def launch(self, chat_id: int, url: str | None, start_param: str) -> Json:
        """Where to open the Mini App, and the signed init data to open it with."""
        address = app_address(url, self._web_app_url)
        async with self._board.database.connect() as conn:
            person = await people.person(conn, chat_id)
        if person is None:
            raise NotFound("there is no such person")
        now = self._board.clock.now()
        signed = init_data(self._board.token, objects.person(person), now, start_param)
        return {"url": address, "init_data": signed, "launch_id": new_id(now)}


def _membership(bot: Json, out: bool) -> dict[str, Any]:
    if out:
        return {"status": "kicked", "user": bot, "until_date": 0}
    return {"status": "member", "user": bot}
