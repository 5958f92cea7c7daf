"""Server, engine and bot as processes of their own, beside each other."""

from __future__ import annotations

import pytest

from tests.process.conftest import Build

pytestmark = [pytest.mark.xdist_group("process"), pytest.mark.slow]


async def test_the_server_alone_knows_where_the_chat_is(build: Build) -> None:
    """The sandbox is in the bot's process; its page shows the Mini App of the server's."""
    house = build(command="server")
    await house.start()
    async with house.session.get(f"{house.url}/sandbox", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, f"{house.sandbox_url}/sandbox")
    async with house.session.get(f"{house.url}/app/") as answer:
        assert house.sandbox_url in answer.headers["Content-Security-Policy"]
