"""RFC 9457 problem details: every error answer of the server has this one shape."""

from __future__ import annotations

from math import ceil
from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field
from structlog.contextvars import get_contextvars

from foundation.errors import CountersignError

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "Bad request",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Conflict",
    410: "Gone",
    413: "Too large",
    415: "Unsupported media type",
    422: "Invalid request",
    429: "Too many requests",
    500: "Internal error",
    503: "Not available right now",
}


class FieldError(BaseModel):
    """One field of the request that is wrong, and why."""

    field: str
    message: str


class Problem(BaseModel):
    """An error: ``code`` is stable and for programs, ``detail`` is a sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    reference: str | None = Field(None, description="Find the log of this request by it.")
    errors: list[FieldError] = Field(default_factory=list)
    data: dict[str, Any] = Field(default_factory=dict)


def problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    errors: list[FieldError] | None = None,
    data: dict[str, Any] | None = None,
) -> web.Response:
    """A problem document as a response; a ``retry_after`` in ``data`` becomes the header."""
    body = Problem(
        title=TITLES.get(status, "Error"),
        status=status,
        code=code,
        detail=detail,
        reference=get_contextvars().get("correlation_id"),
        errors=errors or [],
        data=data or {},
    )
    headers = {}
    if data and "retry_after" in data:
        headers["Retry-After"] = str(max(1, ceil(float(data["retry_after"]))))
    return web.Response(
        status=status,
        text=body.model_dump_json(),
        content_type=CONTENT_TYPE,
        headers=headers,
    )


def of_error(error: CountersignError) -> web.Response:
    """The problem document of one of our errors; our own bugs are never shown in detail."""
    hidden = error.status >= 500 and error.status != 503
    fields = [FieldError(field=error.field, message=error.text)] if error.field else []
    return problem(
        error.status,
        error.code,
        "Something went wrong on our side." if hidden else error.text,
        errors=[] if hidden else fields,
        data={} if hidden else error.data,
    )
