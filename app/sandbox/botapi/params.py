"""A method's parameters, however they were sent: query string, form, multipart or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web
from aiohttp.multipart import BodyPartReader

from app.sandbox.botapi.refusal import Refusal, bad_request
from foundation import limits

_ATTACHED: Final = "attach://"
_TRUE: Final = frozenset({"true", "1", "yes", "t", "y"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call; `name` and `mime_type` are what the sender claims."""

    name: str
    mime_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Params:
    """Reads one call's parameters; a wrong type raises Telegram's `400 Bad Request`."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "")

    def text(self, name: str) -> str:
        """The parameter as text, empty when absent."""
        value = self.values.get(name)
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False)

    def number(self, name: str) -> int | None:
        text = self.text(name).strip()
        if not text:
            return None
        try:
            return int(text)
        except ValueError as error:
            raise bad_request(f'can\'t parse "{name}": an integer is expected') from error

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in _TRUE

    def json(self, name: str) -> Any:
        """The parameter as parsed JSON; None when absent."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def listing(self, name: str) -> list[Any] | None:
        """The parameter as a JSON array; None when absent."""
        value = self.json(name)
        if value is None:
            return None
        if not isinstance(value, list):
            raise bad_request(f'can\'t parse "{name}": an Array is expected')
        return value

    def upload(self, name: str) -> Upload | None:
        """The file sent under this name, or the one its `attach://` value points at."""
        if name in self.files:
            return self.files[name]
        return self.attached(self.text(name))

    def attached(self, reference: str) -> Upload | None:
        return self.files.get(reference.removeprefix(_ATTACHED)) if reference else None


async def read_params(request: web.Request) -> Params:
    """Everything that was sent; raises Refusal 400 for an unreadable, 413 for a huge body."""
    values: dict[str, Any] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.method == "POST" and request.body_exists:
        kind = request.content_type.lower()
        if kind == "application/json":
            values.update(await _json_object(request))
        elif kind == "multipart/form-data":
            await _multipart(request, values, files)
        else:
            values.update((key, str(value)) for key, value in (await request.post()).items())
    return Params(values, files)


async def _json_object(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.text())
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(body, dict):
        raise bad_request("can't parse JSON object")
    return body


async def _multipart(
    request: web.Request, values: dict[str, Any], files: dict[str, Upload]
) -> None:
    left = limits.TELEGRAM_UPLOAD_BYTES_MAX
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None:
                raise bad_request("can't parse multipart form")
            content = await _bounded(part, left)
            left -= len(content)
            if part.filename is None:
                values[part.name] = content.decode("utf-8", errors="replace")
            else:
                mime_type = part.headers.get("Content-Type", "application/octet-stream")
                files[part.name] = Upload(part.filename, mime_type, content)
    except ValueError as error:
        raise bad_request("can't parse multipart form") from error


async def _bounded(part: BodyPartReader, left: int) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk():
        content += chunk
        if len(content) > left:
            raise Refusal(413, "Request Entity Too Large")
    return bytes(content)
