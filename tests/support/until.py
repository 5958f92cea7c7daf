"""Waiting for a condition instead of sleeping for luck."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any


async def until(
    condition: Callable[[], Any | Awaitable[Any]], *, within: float = 5.0, every: float = 0.01
) -> Any:
    """The first truthy value of `condition()`; fails after `within` seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + within
    while True:
        value = condition()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        if loop.time() > end:
            raise AssertionError(f"not true within {within} s: {inspect.getsource(condition)}")
        await asyncio.sleep(every)
