"""Reading what was posted: bounded in bytes and in time, whatever the headers promise."""

from __future__ import annotations

import asyncio

from aiohttp import web

from foundation import limits
from foundation.errors import InvalidInput, TooLarge

_READ: web.RequestKey[bytes] = web.RequestKey("read_body", bytes)


async def read_body(request: web.Request, most: int) -> bytes:
    """The body, read once and kept for whoever asks again.

    Raises TooLarge above ``most`` bytes (after unpacking), InvalidInput when it does not come.
    """
    if _READ in request:
        return request[_READ]
    if request.content_length is not None and request.content_length > most:
        raise _too_large(most)
    read = bytearray()
    try:
        async with asyncio.timeout(limits.BODY_READ_S):
            while chunk := await request.content.read(most + 1 - len(read)):
                read += chunk
                if len(read) > most:
                    raise _too_large(most)
    except TimeoutError:
        text = f"The body did not come within {limits.BODY_READ_S:.0f} s."
        raise InvalidInput(text, code="body_too_slow") from None
    body = request[_READ] = bytes(read)
    return body


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"The body has at most {most} bytes.", limit=most)
