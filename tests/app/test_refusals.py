"""A start that cannot succeed says which setting is at fault, why, and what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.ground import ground
from app.sockets import bind, check_next
from foundation.crypto import load_or_create_keys
from foundation.errors import SettingsError
from foundation.postgres import EmbeddedPostgres
from foundation.settings import load_settings

_LOOPBACK = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody listens on; the one before it is free."""
    with socket.socket() as other:
        other.bind((_LOOPBACK, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use_is_named(taken: int) -> None:
    with pytest.raises(SettingsError, match=f"HTTP_PORT={taken}.*Stop what uses it") as refused:
        bind(_LOOPBACK, taken, "HTTP_PORT")
    assert refused.value.field == "HTTP_PORT"


@pytest.mark.parametrize("host", ["999.1.1.1", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_the_fault_of_the_host(host: str) -> None:
    with pytest.raises(SettingsError, match=f"HTTP_HOST={host}") as refused:
        bind(host, 8080, "HTTP_PORT")
    assert refused.value.field == "HTTP_HOST"


def test_the_sandbox_needs_the_next_port(taken: int) -> None:
    with pytest.raises(SettingsError, match=f"HTTP_PORT={taken - 1}: the sandbox .* port {taken}"):
        check_next(_LOOPBACK, taken - 1, "HTTP_PORT")
    with pytest.raises(SettingsError, match="lower port"):
        check_next(_LOOPBACK, 65_535, "HTTP_PORT")


def test_a_data_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    settings = load_settings({"DATA_DIR": str(in_the_way)})
    with pytest.raises(SettingsError, match="set DATA_DIR"):
        load_or_create_keys(settings)
    with pytest.raises(SettingsError, match="set DATA_DIR"):
        EmbeddedPostgres(in_the_way / "postgres").start()


async def test_a_database_that_does_not_let_us_in_is_named(database_dsn: str) -> None:
    parts = urlsplit(database_dsn)
    user, _, rest = parts.netloc.partition(":")
    _, _, host = rest.rpartition("@")
    wrong = (
        parts._replace(netloc=f"{user}:guessed@{host}"),
        parts._replace(path="/nowhere"),
        parts._replace(netloc="u:guessed@127.0.0.1:1", query=""),
    )
    for address in wrong:
        settings = load_settings({"DATABASE_URL": urlunsplit(address)})
        with pytest.raises(SettingsError, match="DATABASE_URL=•••: ") as refused:
            async with ground(settings):
                pytest.fail("it let us in")
        assert "guessed" not in refused.value.text


@pytest.mark.parametrize("user", ["-5", "0", str(2**52), "abc"])
def test_a_hook_is_for_a_telegram_id(user: str) -> None:
    made = CliRunner().invoke(app, ["hooks", "create", "--user", user])
    assert made.exit_code == 2
    assert "--user" in made.output
