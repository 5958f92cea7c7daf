"""Rows as the Bot API's objects: user, chat, message, file."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping

Json = dict[str, Any]


def unix(moment: datetime) -> int:
    """Whole seconds, as Telegram dates are."""
    return int(moment.timestamp())


def person(row: RowMapping) -> Json:
    """`User` of a row of sandbox_users."""
    names = ("first_name", "last_name", "username", "language_code")
    return {"id": row["id"], "is_bot": False, **present(row, names)}


def private_chat(row: RowMapping) -> Json:
    """`Chat` of the person in that row: the private chat has their id and names."""
    names = ("first_name", "last_name", "username")
    return {"id": row["id"], "type": "private", **present(row, names)}


def message(row: RowMapping, sender: Json, chat: Json, replied: Json | None = None) -> Json:
    """`Message` of a row of sandbox_messages; `replied` is the message it answers, if any."""
    built: Json = {
        "message_id": row["message_id"],
        "from": sender,
        "chat": chat,
        "date": unix(row["date"]),
    }
    if row["edit_date"] is not None:
        built["edit_date"] = unix(row["edit_date"])
    if replied is not None:
        built["reply_to_message"] = replied
    return {**built, **row["content"]}


def photo_sizes(row: RowMapping) -> list[Json]:
    """`PhotoSize` array: the stand-in keeps the one size that was sent."""
    return [{**_file(row), "width": row["width"], "height": row["height"]}]


def document(row: RowMapping) -> Json:
    """`Document` of a row of sandbox_files."""
    built = {**_file(row), "mime_type": row["mime_type"]}
    if row["name"]:
        built["file_name"] = row["name"]
    return built


def file(row: RowMapping) -> Json:
    """`File`, with the path to fetch it at."""
    return {**_file(row), "file_path": row["path"]}


def _file(row: RowMapping) -> Json:
    return {
        "file_id": row["file_id"],
        "file_unique_id": row["unique_id"],
        "file_size": row["size"],
    }


def present(row: RowMapping, names: tuple[str, ...]) -> Json:
    """Only the fields that have a value: absent is absent in the Bot API, never null."""
    return {name: row[name] for name in names if row[name] is not None}
