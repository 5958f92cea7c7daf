"""Calling a venue so that every way of failing is an outcome: what is not known is unknown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from engine.venues.port import OutcomeUnknown
from foundation import limits
from foundation.log import get_logger

_log = get_logger("engine.runtime.venues")
_Answer = TypeVar("_Answer")


async def ask(call: Awaitable[_Answer], what: str) -> _Answer | OutcomeUnknown:
    """The venue's answer, or OutcomeUnknown after a time-out or any error at all."""
    try:
        async with asyncio.timeout(limits.VENUE_TIMEOUT_S):
            return await call
    except TimeoutError:
        return OutcomeUnknown(f"no answer within {limits.VENUE_TIMEOUT_S} s")
    except Exception as error:  # noqa: BLE001 - whatever broke, the request may have arrived
        _log.error("a venue call broke", call=what, exc_info=error)
        return OutcomeUnknown(f"{type(error).__name__}: {error}")
