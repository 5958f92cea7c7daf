"""What a message says: its text, caption, photo or document, checked against the bounds."""

from __future__ import annotations

import asyncio
import hashlib
import io
from typing import Any, Final

from PIL import Image, UnidentifiedImageError
from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from app.sandbox.botapi import objects
from app.sandbox.botapi.entities import formatted
from app.sandbox.botapi.params import Params, Upload
from app.sandbox.botapi.refusal import bad_request
from app.sandbox.botapi.units import units
from app.sandbox.store import files
from foundation import limits
from foundation.clock import Clock
from foundation.ids import new_id

Content = dict[str, Any]

MEDIA: Final = ("photo", "document")
_PHOTO_SIDES_MAX: Final = 10_000
_PHOTO_RATIO_MAX: Final = 20
_PICTURES: Final = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}


def text_content(params: Params) -> Content:
    """The fields of a text message."""
    written = formatted(params, "text", "entities")
    if not written.text:
        raise bad_request("message text is empty")
    if units(written.text) > limits.TELEGRAM_TEXT_UNITS_MAX:
        raise bad_request("message is too long")
    content: Content = {"text": written.text}
    if written.entities:
        content["entities"] = written.entities
    preview = params.json("link_preview_options")
    if isinstance(preview, dict):
        content["link_preview_options"] = preview
    return content


def caption_content(params: Params) -> Content:
    """The caption's fields; empty without a caption."""
    written = formatted(params, "caption", "caption_entities")
    if units(written.text) > limits.TELEGRAM_CAPTION_UNITS_MAX:
        raise bad_request("message caption is too long")
    if not written.text:
        return {}
    content: Content = {"caption": written.text}
    if written.entities:
        content["caption_entities"] = written.entities
    if params.flag("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


async def media_content(
    conn: AsyncConnection, kind: str, given: Upload | str, clock: Clock
) -> Content:
    """The `photo` or `document` field of a file just sent, or sent before (its file id)."""
    row = await (
        _sent_before(conn, given) if isinstance(given, str) else _sent(conn, kind, given, clock)
    )
    if kind == "photo":
        if row["width"] is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return {"photo": objects.photo_sizes(row)}
    return {"document": objects.document(row)}


async def _sent_before(conn: AsyncConnection, reference: str) -> RowMapping:
    row = await files.described(conn, reference) if reference else None
    if row is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return row


async def _sent(conn: AsyncConnection, kind: str, upload: Upload, clock: Clock) -> RowMapping:
    size = len(upload.content)
    if size == 0:
        raise bad_request("file must be non-empty")
    measured: dict[str, Any] = {"mime_type": upload.mime_type}
    if kind == "photo":
        if size > limits.TELEGRAM_PHOTO_BYTES_MAX:
            raise bad_request(
                f"file of size {size} bytes is too big for a photo; the maximum size is "
                f"{limits.TELEGRAM_PHOTO_BYTES_MAX} bytes"
            )
        measured = await asyncio.to_thread(_measured, upload.content)
    now = clock.now()
    file_id = f"{kind}-{new_id(now)}"
    return await files.keep(
        conn,
        {
            "file_id": file_id,
            "unique_id": hashlib.sha256(upload.content).hexdigest()[:16],
            "path": f"{kind}s/{file_id}",
            "name": upload.name,
            "size": size,
            "content": upload.content,
            "created_at": now,
            **measured,
        },
    )


def _measured(content: bytes) -> dict[str, Any]:
    """Width, height and true kind of a picture; refuses what is none."""
    try:
        with Image.open(io.BytesIO(content), formats=tuple(_PICTURES)) as picture:
            width, height = picture.size
            mime_type = _PICTURES[str(picture.format)]
            picture.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
    if width + height > _PHOTO_SIDES_MAX or max(width, height) > _PHOTO_RATIO_MAX * min(
        width, height
    ):
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return {"width": width, "height": height, "mime_type": mime_type}
