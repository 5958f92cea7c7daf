"""How the page's interface answers: JSON, and errors with what, where and how to fix it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from foundation.errors import CountersignError, InvalidInput


@web.middleware
async def explained(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Our errors as problem details (RFC 9457) with a stable code and the field at fault."""
    try:
        return await handler(request)
    except CountersignError as error:
        problem: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(error.status).phrase,
            "status": error.status,
            "code": error.code,
            "detail": error.text,
        }
        if error.field is not None:
            problem["errors"] = [{"field": error.field, "detail": error.text}]
        return web.json_response(
            problem, status=error.status, content_type="application/problem+json"
        )


async def read_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object; raises InvalidInput when it is none."""
    try:
        body = json.loads(await request.text())
    except ValueError as error:
        raise InvalidInput("the body must be JSON", field="body") from error
    if not isinstance(body, dict):
        raise InvalidInput("the body must be a JSON object", field="body")
    return body


def read_text(body: dict[str, Any], name: str, most: int) -> str:
    """A text of one to `most` characters; raises InvalidInput naming the field."""
    value = body.get(name)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput(f"{name} must be a text", field=name)
    if len(value) > most:
        raise InvalidInput(f"{name} must be at most {most} characters long", field=name)
    return value.strip()


def read_number(value: Any, name: str) -> int:
    """A whole number, also as text; raises InvalidInput naming the field."""
    if type(value) is int:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    raise InvalidInput(f"{name} must be a whole number", field=name)
