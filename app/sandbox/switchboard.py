"""What both sides of the stand-in share: the bot that calls, the people in the browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.bell import Bell
from app.sandbox.botapi import objects
from app.sandbox.faults import Faults, Flood
from app.sandbox.store import messages, people, profile, updates
from app.sandbox.store.messages import NewMessage
from app.sandbox.stream import PageStream
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import ContractBroken

BOT_NAME: Final = "Countersign"
BOT_USERNAME: Final = "countersign_sandbox_bot"


@dataclass(slots=True)
class Switchboard:
    """One stand-in: its rows, its bot, and the two directions news travels in.

    `bell` rings when the bot has a new update; `page` tells the browser tabs. Both are told
    after the transaction, because what was not committed did not happen.
    """

    database: Database
    clock: Clock
    token: str
    flood: Flood
    bell: Bell = field(default_factory=Bell)
    page: PageStream = field(default_factory=PageStream)
    faults: Faults = field(default_factory=Faults)
    polls: int = 0
    """How many getUpdates began so far; the newest is the one that counts."""

    @property
    def bot_id(self) -> int:
        return int(self.token.partition(":")[0])

    async def bot_user(self, conn: AsyncConnection) -> dict[str, Any]:
        """`User` of the bot, under the name it gave itself."""
        name = await profile.get_text(conn, "name", profile.EVERYBODY)
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": name or BOT_NAME,
            "username": BOT_USERNAME,
        }

    async def describe(self, conn: AsyncConnection, row: RowMapping) -> dict[str, Any]:
        """`Message` of a row, with its sender, its chat and the message it answers."""
        replied = None
        if row["reply_to"] is not None:
            answered = await messages.one(conn, row["chat_id"], row["reply_to"])
            replied = await self._bare(conn, answered) if answered is not None else None
        return await self._bare(conn, row, replied)

    async def _bare(
        self, conn: AsyncConnection, row: RowMapping, replied: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        person = await people.person(conn, row["chat_id"])
        if person is None:
            raise ContractBroken("a message without its chat's person")
        sender = await self.bot_user(conn) if row["from_bot"] else objects.person(person)
        return objects.message(row, sender, objects.private_chat(person), replied)

    async def post(self, conn: AsyncConnection, new: NewMessage) -> tuple[RowMapping, Any]:
        """Write a message; returns its row and its `Message`."""
        row = await messages.write(conn, new, self.clock.now())
        return row, await self.describe(conn, row)

    async def update(self, conn: AsyncConnection, kind: str, body: dict[str, Any]) -> None:
        """Queue an update for the bot; ring the bell once the transaction is over."""
        await updates.push(conn, kind, body, self.clock.now())

    def show(self, row: RowMapping, message: dict[str, Any]) -> None:
        """Tell the tabs that a message is there or says something else now."""
        self.page.tell("message", chat=row["chat_id"], message=for_page(row, message))


def for_page(row: RowMapping, message: dict[str, Any]) -> dict[str, Any]:
    """A `Message` with what only the chat page needs beside it."""
    extra = {
        "out": not row["from_bot"],
        "reaction": row["reaction"],
        "invoice_slug": row["invoice_slug"],
    }
    return {**message, "sandbox": extra}
