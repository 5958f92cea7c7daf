"""What libraries raise, as errors of ours: a database that is away, a value no row can hold."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg
from aiohttp import ClientError, web
from aiohttp.http_exceptions import HttpProcessingError
from sqlalchemy import exc

from foundation.errors import CountersignError, InvalidInput, Unavailable

_AWAY = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    exc.TimeoutError,
)
_BAD_BODY = (ClientError, web.RequestPayloadError, HttpProcessingError)
UNREADABLE = frozenset({"unreadable_body", "body_too_slow"})


def known_fault(error: BaseException) -> CountersignError | None:
    """Our error for this one, by the error itself or what it was raised from; None for bugs."""
    for one in _causes(error):
        if isinstance(one, _BAD_BODY):
            return InvalidInput("The body cannot be read as it was sent.", code="unreadable_body")
        if isinstance(one, asyncpg.DataError):
            return InvalidInput("A value holds characters or digits that cannot be stored.")
        if isinstance(one, _AWAY):
            text = "The database does not answer right now; try again in a moment."
            return Unavailable(text, code="database_away")
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        pending += [getattr(one, "orig", None), one.__cause__]
