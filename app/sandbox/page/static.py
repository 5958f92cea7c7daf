"""The page's own files, under a policy that allows no inline script or style."""

from __future__ import annotations

from importlib import resources
from typing import Final

from aiohttp import web

from app.sandbox.page.launch import origin

_KINDS: Final = {
    "html": "text/html",
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src {frame}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


class StaticRoutes:
    """`/sandbox` and `/sandbox/web/<file>`, read once from the package."""

    def __init__(self, web_app_url: str) -> None:
        folder = resources.files("app.sandbox").joinpath("web")
        self._files = {
            entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()
        }
        self._policy = _POLICY.format(frame=origin(web_app_url))

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/sandbox", self._page)
        app.router.add_get("/sandbox/", self._page)
        app.router.add_get("/", self._home)
        app.router.add_get("/sandbox/web/{name}", self._file)

    async def _home(self, _request: web.Request) -> web.Response:
        raise web.HTTPFound("/sandbox")

    async def _page(self, _request: web.Request) -> web.Response:
        return self._answer("index.html")

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._files:
            raise web.HTTPNotFound()
        return self._answer(name)

    def _answer(self, name: str) -> web.Response:
        return web.Response(
            body=self._files[name],
            content_type=_KINDS[name.rpartition(".")[2]],
            charset="utf-8",
            headers={"Cache-Control": "no-cache", "Content-Security-Policy": self._policy},
        )
