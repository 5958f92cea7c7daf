"""Looking up chats, members and files; ending a session."""

from __future__ import annotations

from typing import Any, Final

from app.sandbox.botapi import objects
from app.sandbox.botapi.methods import Method
from app.sandbox.botapi.objects import Json
from app.sandbox.botapi.params import Params
from app.sandbox.botapi.recipient import known_chat
from app.sandbox.botapi.refusal import bad_request
from app.sandbox.store import files, messages, people
from app.sandbox.switchboard import Switchboard

_GIFTS: Final = (
    "unlimited_gifts",
    "limited_gifts",
    "unique_gifts",
    "premium_subscription",
    "gifts_from_channels",
)


async def get_chat(board: Switchboard, params: Params) -> Json:
    """`ChatFullInfo` of a private chat."""
    async with board.database.begin() as conn:
        chat = await known_chat(conn, params)
        person = await people.person(conn, chat["id"])
        if person is None:
            raise bad_request("chat not found")
        found: Json = {
            **objects.private_chat(person),
            "accent_color_id": person["id"] % 7,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(_GIFTS, False),
        }
        if person["username"]:
            found["active_usernames"] = [person["username"]]
        if chat["pinned_message_id"] is not None:
            pinned = await messages.one(conn, chat["id"], chat["pinned_message_id"])
            if pinned is not None:
                found["pinned_message"] = await board.describe(conn, pinned)
    return found


async def get_chat_member(board: Switchboard, params: Params) -> Json:
    async with board.database.begin() as conn:
        chat = await known_chat(conn, params)
        user_id = params.number("user_id")
        if user_id == board.bot_id:
            return {"status": "member", "user": await board.bot_user(conn)}
        person = await people.person(conn, chat["id"])
    if person is None or user_id != chat["id"]:
        raise bad_request("user not found")
    return {"status": "member", "user": objects.person(person)}


async def get_file(board: Switchboard, params: Params) -> Json:
    async with board.database.connect() as conn:
        row = await files.described(conn, params.text("file_id"))
    if row is None:
        raise bad_request("invalid file_id")
    return objects.file(row)


async def leave(_board: Switchboard, _params: Params) -> Any:
    """logOut and close: there is no other server to move to, so nothing is left to do."""
    return True


METHODS: Final[dict[str, Method]] = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getFile": get_file,
    "logOut": leave,
    "close": leave,
}
