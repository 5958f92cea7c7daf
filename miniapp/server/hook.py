"""Where TradingView's alerts arrive: read, hand over, answer within milliseconds."""

from __future__ import annotations

from aiohttp import hdrs, web

from foundation import limits
from miniapp.server.deps import front
from miniapp.server.openapi.problem import problem

PATH = "/hooks/tradingview/{token}"


async def receive(request: web.Request) -> web.StreamResponse:
    """202 with the receipt; 401/404 for secret or token, 413, 429, 503; never another 5xx."""
    if request.content_length is not None and request.content_length > limits.HOOK_BODY_BYTES_MAX:
        return _too_large()
    body = await request.content.read(limits.HOOK_BODY_BYTES_MAX + 1)
    while len(body) <= limits.HOOK_BODY_BYTES_MAX and not request.content.at_eof():
        more = await request.content.read(limits.HOOK_BODY_BYTES_MAX + 1 - len(body))
        body += more
    if len(body) > limits.HOOK_BODY_BYTES_MAX:
        return _too_large()
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


def _too_large() -> web.Response:
    text = f"An alert has at most {limits.HOOK_BODY_BYTES_MAX} bytes."
    return problem(413, "too_large", text)
