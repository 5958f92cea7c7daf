"""Routes declared with types: the handler says what it takes and gives; the rest follows.

    @api.route("GET", "/api/v1/groups/{id}", errors={404: "No such group"})
    async def get_group(request: Request, path: GroupPath) -> GroupDetail: ...

Parameters ``path``, ``query`` and ``body`` are pydantic models; the return type is a view or a
model (None answers 204). Input that does not fit is 422 with the fields named, never a 500.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from engine.api.views import Accepted
from foundation import limits
from miniapp.server.body import read_body
from miniapp.server.openapi.problem import FieldError, problem
from miniapp.server.openapi.writer import Writer

Handler = Callable[..., Awaitable[Any]]


class NoQuery(BaseModel):
    """For operations that take nothing in their address: whoever sends some has erred."""

    model_config = ConfigDict(extra="forbid")


@dataclass(slots=True)
class Operation:
    """One declared route: its types, and how it is guarded."""

    method: str
    path: str
    handler: Handler
    status: int
    tag: str
    errors: dict[int, str]
    public: bool
    acts: bool
    polled: bool
    path_model: type[BaseModel] | None = None
    query_model: type[BaseModel] | None = None
    body_model: type[BaseModel] | None = None
    out: Any = None
    writer: Writer | None = field(default=None, repr=False)

    @property
    def id(self) -> str:
        return self.handler.__name__

    @property
    def body_optional(self) -> bool:
        """Whether no body at all is as good as an empty one."""
        fields = self.body_model.model_fields.values() if self.body_model else ()
        return not any(one.is_required() for one in fields)


class Api:
    """The declared routes of one feature, or of all of them once included."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.operations: list[Operation] = []

    def route(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        errors: Mapping[int, str] | None = None,
        public: bool = False,
        polled: bool = False,
    ) -> Callable[[Handler], Handler]:
        """Declare a handler. ``public`` needs no session; POST, PUT and DELETE act.

        ``polled`` answers carry an entity tag, so that asking again costs little.
        """

        def declare(handler: Handler) -> Handler:
            hints = get_type_hints(handler)
            out = hints.get("return")
            self.operations.append(
                Operation(
                    method=method,
                    path=path,
                    handler=handler,
                    status=status,
                    tag=self.tag,
                    errors=dict(errors or {}),
                    public=public,
                    acts=method in ("POST", "PUT", "PATCH", "DELETE"),
                    polled=polled,
                    path_model=hints.get("path"),
                    query_model=hints.get("query"),
                    body_model=hints.get("body"),
                    out=out,
                    writer=None if out in (None, type(None)) else Writer(out),
                )
            )
            return handler

        return declare

    def trial(
        self, path: str, *, errors: Mapping[int, str] | None = None
    ) -> Callable[[Handler], Handler]:
        """Declare a POST that changes nothing: it is counted as a read, not as an act."""

        def declare(handler: Handler) -> Handler:
            self.route("POST", path, errors=errors)(handler)
            self.operations[-1].acts = False
            return handler

        return declare

    def include(self, other: Api) -> None:
        """Take over another feature's routes."""
        self.operations.extend(other.operations)


async def read_input(operation: Operation, request: web.Request) -> dict[str, Any] | web.Response:
    """Validated ``path``, ``query`` and ``body`` by name, or the problem with them."""
    given: dict[str, Any] = {}
    try:
        if operation.path_model:
            values = dict(request.match_info)
            given["path"] = operation.path_model.model_validate_strings(values)
        query_model = operation.query_model or NoQuery
        query = query_model.model_validate_strings(_query(request))
        if operation.query_model:
            given["query"] = query
        if operation.body_model:
            body = await read_body(request, limits.BODY_BYTES_MAX)
            if not body and operation.body_optional:
                body = b"{}"
            elif request.content_type != "application/json":
                return problem(415, "unsupported_media_type", "Send application/json.")
            given["body"] = operation.body_model.model_validate_json(body)
    except ValidationError as error:
        return invalid(error)
    return given


def invalid(error: ValidationError) -> web.Response:
    """422 with every wrong field named."""
    rows = error.errors(include_url=False, include_context=False, include_input=False)
    fields = [
        FieldError(field=".".join(str(part) for part in row["loc"]) or "body", message=row["msg"])
        for row in rows
    ]
    return problem(422, "invalid_request", "Some fields are not valid.", errors=fields)


def answer(operation: Operation, result: Any) -> web.StreamResponse:
    """The handler's result as a response; a command not decided yet is 202."""
    if isinstance(result, web.StreamResponse):
        return result
    if operation.writer is None:
        return web.Response(status=204)
    status = 202 if isinstance(result, Accepted) else operation.status
    body = operation.writer.json(result)
    return web.Response(status=status, body=body, content_type="application/json")


def _query(request: web.Request) -> dict[str, Any]:
    """Query values; a key given twice is an error, so it is passed on as a list."""
    values: dict[str, Any] = {}
    for key in request.query:
        found = request.query.getall(key)
        values[key] = found[0] if len(found) == 1 else json.dumps(found)
    return values


def may_be_accepted(out: Any) -> bool:
    """Whether the operation may answer 202 because its result type says so."""
    if get_origin(out) in (Union, UnionType):
        return Accepted in get_args(out)
    return out is Accepted
