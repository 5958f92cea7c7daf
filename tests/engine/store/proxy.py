"""A wire between us and Postgres that can be cut at the worst moment."""

from __future__ import annotations

import asyncio
from typing import Self
from urllib.parse import parse_qs, urlsplit


class CuttingProxy:
    """Passes bytes both ways; after `cut_after(word)` the next answer to it never arrives."""

    def __init__(self, dsn: str) -> None:
        self._parts = urlsplit(dsn)
        self._word: bytes | None = None
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.dsn = ""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        user = self._parts.username or "postgres"
        password = f":{self._parts.password}" if self._parts.password else ""
        self.dsn = (
            f"postgresql://{user}{password}@127.0.0.1:{port}{self._parts.path}?sslmode=disable"
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Cut every connection and take no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()

    def cut_after(self, word: bytes) -> None:
        """Let the next request that contains the word through, but not its answer."""
        self._word = word

    async def _upstream(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host = parse_qs(self._parts.query).get("host", [self._parts.hostname or "127.0.0.1"])[0]
        port = self._parts.port or int(parse_qs(self._parts.query).get("port", ["5432"])[0])
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
        return await asyncio.open_connection(host, port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up_reader, up_writer = await self._upstream()
        self._open |= {writer, up_writer}
        cut = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._ask(reader, up_writer, cut))
                tasks.create_task(self._answer(up_reader, writer, cut))
        except* (ConnectionError, OSError):
            pass
        finally:
            self._open -= {writer, up_writer}
            writer.transport.abort()
            up_writer.transport.abort()

    async def _ask(
        self, reader: asyncio.StreamReader, up: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            if self._word is not None and self._word in data:
                self._word = None
                cut.set()
            up.write(data)
            await up.drain()
        up.write_eof()

    async def _answer(
        self, up: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while data := await up.read(65536):
            if cut.is_set():
                writer.transport.abort()
                return
            writer.write(data)
            await writer.drain()
        writer.write_eof()
