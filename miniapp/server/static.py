"""Files: the Mini App's bundle, the landing page and the API viewer; each with its own policy."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import hdrs, web

import miniapp
from miniapp.server.deps import DEPS, deps
from miniapp.server.openapi.problem import problem

BUNDLE = Path(miniapp.__file__).parent / "webapp"
PAGES = Path(__file__).parent / "pages"
ONE_YEAR = "public, max-age=31536000, immutable"
TELEGRAM_WEB = "https://web.telegram.org"
APP_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {ancestors}"
)
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
KINDS = {
    ".css": "text/css",
    ".gz": "application/gzip",
    ".html": "text/html",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
"""Not the machine's own table, which differs from one to the next."""
MISSING = (
    "The Mini App is not built. Install with `pip install .` (it builds the page), or run "
    "`npm ci && npm run build` in miniapp/web with COUNTERSIGN_WEB_OUT=../webapp.\n"
)


async def mini_app(request: web.Request) -> web.StreamResponse:
    """Every path below /app/ is a route of the page, so all of them answer its index."""
    name = request.match_info.get("path", "")
    found = _inside(BUNDLE, name) if name else None
    if found is not None and found.suffix != ".html":
        hashed = name.startswith("assets/")
        return _file(request, found, ONE_YEAR if hashed else "no-cache")
    if name.startswith("assets/"):
        return problem(404, "not_found", "There is no such file.")
    index = BUNDLE / "index.html"
    if not index.is_file():
        return web.Response(status=503, text=MISSING)
    response = _file(request, index, "no-cache")
    response.headers["Content-Security-Policy"] = APP_CSP.format(
        ancestors=_ancestors(request), socket=_socket(request)
    )
    return response


async def to_mini_app(request: web.Request) -> web.StreamResponse:
    """``/app`` without its slash, the query kept."""
    query = request.rel_url.raw_query_string
    raise web.HTTPFound(f"/app/?{query}" if query else "/app/")


async def landing(request: web.Request) -> web.StreamResponse:
    """What this is, and the way in."""
    return _page(request, "landing.html")


async def viewer(request: web.Request) -> web.StreamResponse:
    """The API document, readable."""
    return _page(request, "docs.html")


async def page_file(request: web.Request) -> web.StreamResponse:
    """Styles and scripts of the pages above."""
    found = _inside(PAGES, request.match_info["name"])
    if found is None or found.suffix == ".html":
        return problem(404, "not_found", "There is no such file.")
    return _file(request, found, "no-cache")


async def way_in(request: web.Request) -> web.StreamResponse:
    """Where the landing page's button leads: the sandbox chat, or the bot."""
    parts = deps(request)
    if parts.sandbox_url:
        return web.json_response({"kind": "sandbox", "url": "/sandbox"})
    name = await parts.bot_username()
    return web.json_response({"kind": "bot", "url": f"https://t.me/{name}" if name else None})


async def to_sandbox(request: web.Request) -> web.StreamResponse:
    """``/sandbox`` leads to the chat page while there is one."""
    url = request.app[DEPS].sandbox_url
    if url is None:
        return problem(404, "not_found", "There is no sandbox: a bot token is set.")
    raise web.HTTPFound(url)


def _ancestors(request: web.Request) -> str:
    sandbox = request.app[DEPS].sandbox_url
    if sandbox is None:
        return TELEGRAM_WEB
    scheme, _, rest = sandbox.partition("://")
    host, port = rest.partition("/")[0].rpartition(":")[::2]
    names = dict.fromkeys((host, "127.0.0.1", "localhost"))
    return " ".join([TELEGRAM_WEB, *(f"{scheme}://{name}:{port}" for name in names)])


def _socket(request: web.Request) -> str:
    """Our own WebSocket, by name: older WebViews do not count it as ``'self'``."""
    ours = urlsplit(request.app[DEPS].settings.base_url)
    return f"{'wss' if ours.scheme == 'https' else 'ws'}://{ours.netloc}"


def _page(request: web.Request, name: str) -> web.StreamResponse:
    response = _file(request, PAGES / name, "no-cache")
    response.headers["Content-Security-Policy"] = PAGE_CSP
    return response


def _inside(folder: Path, name: str) -> Path | None:
    """The file of that name below the folder, and nothing outside of it or hidden."""
    if any(part.startswith(".") for part in Path(name).parts):
        return None
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (ValueError, OSError):
        return None  # no file can have such a name


def _file(request: web.Request, path: Path, cache: str) -> web.StreamResponse:
    """The file, or its gzip sibling when the client takes it; 304 when the client has it."""
    kind = KINDS.get(path.suffix, "application/octet-stream")
    headers = {hdrs.CACHE_CONTROL: cache, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    packed = path.with_name(path.name + ".gz")
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "") and packed.is_file():
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        path = packed
    body = path.read_bytes()
    tag = headers[hdrs.ETAG] = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    if request.headers.get(hdrs.IF_NONE_MATCH) == tag:
        return web.Response(status=304, headers=headers)
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=body, content_type=kind, charset=charset, headers=headers)
