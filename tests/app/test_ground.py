"""What everything stands on stays up: a database server of ours that died comes back."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from app.ground import Ground, ground
from foundation.settings import load_settings
from tests.support.until import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


def _recorded(pid_file: Path) -> int | None:
    """The server's process; None while there is no file, or not yet anything in it."""
    try:
        return int(pid_file.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError):
        return None


async def _answers(base: Ground) -> bool:
    try:
        return bool(await base.database.pool.fetchval("select true", timeout=5))
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
async def test_an_embedded_server_that_died_is_started_again(how: signal.Signals) -> None:
    folder = Path(os.environ["DATA_DIR"]) / f"died-{how}"
    async with ground(load_settings({"DATA_DIR": str(folder)})) as base:
        pid_file = folder / "postgres" / "data" / "postmaster.pid"
        before = _recorded(pid_file)
        assert before is not None
        os.kill(before, how)

        await until(lambda: _recorded(pid_file) not in (None, before), within=60)
        await until(lambda: _answers(base), within=60)
    assert not pid_file.exists()
