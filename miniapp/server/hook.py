"""Where TradingView's alerts arrive: read, hand over, answer within milliseconds."""

from __future__ import annotations

from aiohttp import hdrs, web

from foundation import limits
from miniapp.server.body import read_body
from miniapp.server.deps import front

PATH = "/hooks/tradingview/{token}"


async def receive(request: web.Request) -> web.StreamResponse:
    """202 with the receipt; 401/404 for secret or token, 413, 429, 503; never another 5xx."""
    body = await read_body(request, limits.HOOK_BODY_BYTES_MAX)
    content_type = request.headers.get(hdrs.CONTENT_TYPE, "")
    accepted = await front(request).hooks.accept(
        request.match_info["token"], body, content_type[: limits.CONTENT_TYPE_MAX]
    )
    wait = accepted.retry_after
    return web.json_response(
        dict(accepted.body),
        status=accepted.http_status,
        headers={hdrs.RETRY_AFTER: str(wait)} if wait is not None else {},
    )


async def explain(request: web.Request) -> web.StreamResponse:
    """A person opened the address in a browser: say what it is for."""
    del request
    text = (
        "This address takes TradingView alerts by POST. Paste it into the alert's webhook URL "
        "field; the app shows the message to paste.\n"
    )
    return web.Response(text=text)
