"""Supervisor of the embedded Postgres: one server per data folder, shared by our processes.

Whoever starts first makes the cluster and starts the server, whoever comes later joins it, the
last one out stops it. Being counted is a lock on a file, which the system drops when a process
is killed, so the count is honest. A server that outlived its starter is simply joined.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import socket
import stat
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final
from urllib.parse import quote

import psutil

from foundation import limits, oslock
from foundation.errors import SettingsError, Unavailable
from foundation.postgres_tools import MAJOR, Tools, is_root, pick_account

_USER: Final = "app"
_DATABASE: Final = "postgres"
_SOCKET_NAME: Final = ".s.PGSQL.65535.lock"
_SOCKET_PATH_MAX: Final = 100  # the system's limit is 107 bytes on Linux, 103 on macOS
_NOT_DURABLE: Final = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True)
class _PidFile:
    """What a running server wrote into postmaster.pid."""

    pid: int
    port: int
    socket_dir: str
    status: str


class EmbeddedPostgres:
    """A Postgres server in the folder `home`; `durable=False` only for throw-away test data."""

    def __init__(self, home: Path, *, durable: bool = True, tcp: bool | None = None) -> None:
        self.home = home.resolve()
        self.data = self.home / "data"
        self._durable = durable
        self._tcp = sys.platform == "win32" if tcp is None else tcp
        self._mine: IO[bytes] | None = None
        self._tools: Tools | None = None
        self._port: int | None = None
        self._busy = threading.Lock()

    def start(self) -> str:
        """Make sure the server runs, count this process as a user; returns `postgresql://…`.

        Blocking (0.1 s warm, about 1 s the first time): from async code use
        `asyncio.to_thread`. Raises SettingsError when the folder or account is unfit,
        Unavailable when the server does not come up.
        """
        with self._busy:
            self._make_home()
            with oslock.held(self._owned_file("start.lock")):
                tools = self._tools = self._prepare()
                for left_over in self.home.glob(".initdb-*"):
                    # its initdb may still be writing; then a later start sweeps up the rest
                    shutil.rmtree(left_over, ignore_errors=True)
                if not (self.data / "PG_VERSION").exists():
                    self._create_cluster(tools)
                self._check_cluster()
                self._drop_stale_pid_file()
                if not self._running(tools):
                    self._start_server(tools)
                dsn = self._ready()
                if self._mine is None:
                    self._mine = self._count_me()
                return dsn

    def stop(self) -> bool:
        """Leave; stops the server and says True if no other process of ours uses it."""
        with self._busy:
            if self._mine is None or self._tools is None:
                return False
            with oslock.held(self.home / "start.lock"):
                mine = Path(self._mine.name)
                self._mine.close()
                self._mine = None
                mine.unlink(missing_ok=True)
                if self._others():
                    return False
                args = ("-D", self.data, "-m", "fast", "-w", "-t", _seconds())
                self._tools.run("pg_ctl", *args, "stop", timeout_s=_patience())
                if self._running(self._tools):
                    return False
                if self._socket_path().parent != self.home:
                    shutil.rmtree(self._socket_path(), ignore_errors=True)
                return True

    def revive(self) -> bool:
        """Start the server again if it died while we use it; True when this call did.

        It listens where it did before, so open pools find it. Blocking, as `start`; raises
        Unavailable when it does not come up.
        """
        with self._busy:
            if self._mine is None or self._tools is None or self._alive():
                return False
            with oslock.held(self._owned_file("start.lock")):
                self._drop_stale_pid_file()
                if self._running(self._tools):
                    return False  # another process of ours was faster
                self._start_server(self._tools)
                return True

    # --- folders ------------------------------------------------------------------------------

    def _make_home(self) -> None:
        """Make the home and missing parents; as root such that another account can pass."""
        missing = [p for p in (self.home, *self.home.parents) if not p.exists()]
        try:
            for folder in reversed(missing):
                folder.mkdir(exist_ok=True, mode=0o711 if is_root() else 0o700)
                if is_root():
                    folder.chmod(0o711)  # whatever the umask says
        except OSError as error:
            raise SettingsError(
                f"{self.home} cannot be made ({error.strerror}): set DATA_DIR to a folder that "
                "you may write to",
                field="DATA_DIR",
            ) from None
        if not os.access(self.home, os.W_OK | os.X_OK):
            raise SettingsError(
                f"{self.home} belongs to another user: start as that user, or set DATA_DIR",
                field="DATA_DIR",
            )

    def _prepare(self) -> Tools:
        tools = Tools(self.home, pick_account(self.data if self.data.exists() else self.home))
        if tools.account is not None and not tools.can_enter(self.home):
            raise SettingsError(
                f"Postgres cannot run as root, and the account {tools.account.name} cannot reach "
                f"{self.home}: set DATA_DIR to a folder whose parents all users may pass, "
                "such as /var/lib/countersign",
                field="DATA_DIR",
            )
        return tools

    def _owned_file(self, name: str) -> Path:
        """A file in the home that the home's owner can open later, even if root made it."""
        path = self.home / name
        path.touch(exist_ok=True)
        if is_root():
            owner = self.home.stat()
            os.chown(path, owner.st_uid, owner.st_gid)
        return path

    def _give(self, path: Path) -> None:
        if self._tools is not None and (account := self._tools.account) is not None:
            os.chown(path, account.uid, account.gid)

    # --- the cluster --------------------------------------------------------------------------

    def _create_cluster(self, tools: Tools) -> None:
        """initdb aside, then rename: a start killed half-way leaves no half cluster."""
        if self.data.exists():
            raise SettingsError(
                f"{self.data} exists but holds no Postgres cluster: move it away, or set DATA_DIR",
                field="DATA_DIR",
            )
        staged = Path(tempfile.mkdtemp(prefix=".initdb-", dir=self.home))
        cluster, password = staged / "data", staged / "password"
        cluster.mkdir(mode=0o700)
        with os.fdopen(os.open(password, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(24))
        for path in (staged, cluster, password):
            self._give(path)
        args: list[str | Path] = ["-D", cluster, "-U", _USER, "--pwfile", password]
        args += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        args += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if not self._durable:
            args.append("--no-sync")
        if tools.run("initdb", *args, timeout_s=_patience()) != 0:
            raise Unavailable(f"initdb failed: {_tail(self.home / 'tools.log')}")
        password.rename(cluster / "app_password")
        cluster.rename(self.data)
        staged.rmdir()

    def _check_cluster(self) -> None:
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except PermissionError:
            raise SettingsError(
                f"{self.data} belongs to another user: start as that user, or set DATA_DIR",
                field="DATA_DIR",
            ) from None
        if found != MAJOR:
            raise SettingsError(
                f"the cluster in {self.data} was made by Postgres {found}, this program brings "
                f"{MAJOR}: dump it with the old version and restore it, or set DATA_DIR anew",
                field="DATA_DIR",
            )

    # --- who uses it --------------------------------------------------------------------------

    def _count_me(self) -> IO[bytes]:
        users = self.home / "users"
        users.mkdir(exist_ok=True, mode=0o755)
        if is_root():
            owner = self.home.stat()
            os.chown(users, owner.st_uid, owner.st_gid)
        name = f"users/{os.getpid()}-{secrets.token_hex(4)}.lock"
        mine = oslock.take(self._owned_file(name), wait=False)
        if mine is None:  # cannot be: the name is new
            raise Unavailable(f"{self.home / name} is locked")
        return mine

    def _others(self) -> bool:
        """Whether another process uses the server; sweeps up after those that were killed."""
        for path in sorted((self.home / "users").glob("*.lock")):
            theirs = oslock.take(path, wait=False)
            if theirs is None:
                return True
            theirs.close()
            path.unlink(missing_ok=True)
        return False

    # --- the server ---------------------------------------------------------------------------

    def _pid_file(self) -> _PidFile | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return _PidFile(int(lines[0]), int(lines[3]), lines[4], lines[7].strip())
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _drop_stale_pid_file(self) -> None:
        """After a restart of the machine or container the recorded pid may be any program's.

        Neither pg_ctl nor postgres recovers from that alone: both believe the file.
        """
        if not self._alive():
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _alive(self) -> bool:
        """Whether the recorded process is there and is a server of this folder."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            return str(self.data) in psutil.Process(pid).cmdline()
        except (FileNotFoundError, ValueError, IndexError, psutil.Error):
            return False

    def _running(self, tools: Tools) -> bool:
        return tools.run("pg_ctl", "-D", self.data, "status", timeout_s=_patience()) == 0

    def _start_server(self, tools: Tools) -> None:
        log = self.data / "server.log"
        if log.exists() and log.stat().st_size > limits.POSTGRES_LOG_BYTES_MAX:
            log.replace(log.with_suffix(".log.old"))
        if sys.platform == "win32":
            options = " ".join(f'"{option}"' for option in self._options())
            args = ("-D", self.data, "-w", "-t", _seconds(), "-l", log, "-o", options)
            started = tools.run("pg_ctl", *args, "start", timeout_s=_patience()) == 0
        else:
            pid = tools.launch("postgres", "-D", self.data, *self._options(), log=log)
            started = self._came_up(pid)
        if not started:
            raise Unavailable(f"the embedded Postgres did not start: {_tail(log)}")

    def _came_up(self, pid: int) -> bool:
        """Wait until the server says in its pid file that it is ready; False if it died."""
        end = time.monotonic() + limits.POSTGRES_WAIT_S
        while time.monotonic() < end:
            running = self._pid_file()
            if running is not None and running.pid == pid and running.status == "ready":
                return True
            if not psutil.pid_exists(pid):
                return False
            time.sleep(limits.POSTGRES_POLL_S)
        return False

    def _options(self) -> list[str]:
        settings = [
            f"max_connections={limits.POSTGRES_CONNECTIONS_MAX}",
            "timezone=UTC",
            "log_timezone=UTC",
            *(() if self._durable else _NOT_DURABLE),
        ]
        if self._tcp:
            self._port = self._port or _free_port()
            settings += ["listen_addresses=127.0.0.1", f"port={self._port}"]
            settings += ["unix_socket_directories="]
            return [part for setting in settings for part in ("-c", setting)]
        settings += ["listen_addresses=", "unix_socket_permissions=0700"]
        options = [part for setting in settings for part in ("-c", setting)]
        return [*options, "-k", str(self._socket_dir())]

    def _socket_path(self) -> Path:
        """In the home, unless that path is too long or has a comma (which would make it two)."""
        folder = self.home / "socket"
        if "," not in str(folder) and len(os.fsencode(folder / _SOCKET_NAME)) <= _SOCKET_PATH_MAX:
            return folder
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path("/tmp") / f"countersign-{digest}"  # noqa: S108 - its owner is checked

    def _socket_dir(self) -> Path:
        """A private folder for the socket, empty; raises SettingsError if it is not ours."""
        folder = self._socket_path()
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            self._give(folder)
        found = folder.lstat()
        wanted = self.data.stat().st_uid
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != wanted or found.st_mode & 0o077:
            raise SettingsError(
                f"{folder} should be a private folder of the account that runs Postgres, and is "
                "not: somebody else made it. Remove it, or set DATA_DIR to a shorter path",
                field="DATA_DIR",
            )
        for old in folder.glob(".s.PGSQL.*"):
            old.unlink()  # no server runs: a left-over lock here would block the start
        return folder

    def _ready(self) -> str:
        """The address, once the server takes connections.

        From what the server itself wrote down, so a joined one is found where it listens; its
        starter may have been killed before it was up.
        """
        running = self._pid_file()
        if running is None or not self._came_up(running.pid):
            raise Unavailable(f"the embedded Postgres went away: {_tail(self.data / 'server.log')}")
        self._port = running.port
        password = quote((self.data / "app_password").read_text(), safe="")
        if running.socket_dir:
            host = quote(running.socket_dir, safe="")
            return f"postgresql://{_USER}:{password}@/{_DATABASE}?host={host}&port={running.port}"
        return f"postgresql://{_USER}:{password}@127.0.0.1:{running.port}/{_DATABASE}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _seconds() -> str:
    return str(limits.POSTGRES_WAIT_S)


def _patience() -> float:
    """A little longer than pg_ctl's own waiting, so that its verdict arrives first."""
    return limits.POSTGRES_WAIT_S + limits.POSTGRES_TOOL_TIMEOUT_S


def _tail(log: Path) -> str:
    try:
        return log.read_text(errors="replace")[-limits.POSTGRES_LOG_TAIL_CHARS :].strip()
    except OSError:
        return f"see {log}"
