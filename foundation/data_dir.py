"""Where state lives when DATA_DIR says nothing: the user's data folder, one per clone."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from foundation.errors import SettingsError

_NAME = "countersign"


def default_data_dir(env: Mapping[str, str]) -> Path:
    """The folder for this clone, outside of it; nothing is created.

    An ordinary user gets the platform's place for user data, root a system state folder, for
    the account that Postgres runs as could not pass root's home.
    Raises SettingsError when there is no home to put it in.
    """
    return _base(env) / _clone_name(_clone())


def _base(env: Mapping[str, str]) -> Path:
    if sys.platform == "win32":
        local = env.get("LOCALAPPDATA")
        return (Path(local) if local else _home(env) / "AppData" / "Local") / _NAME
    if os.geteuid() == 0:
        return Path("/var/lib") / _NAME
    if sys.platform == "darwin":
        return _home(env) / "Library" / "Application Support" / _NAME
    data_home = env.get("XDG_DATA_HOME", "")
    if Path(data_home).is_absolute():
        return Path(data_home) / _NAME
    return _home(env) / ".local" / "share" / _NAME


def _home(env: Mapping[str, str]) -> Path:
    given = env.get("HOME", "")
    try:
        return Path(given) if Path(given).is_absolute() else Path.home()
    except RuntimeError:
        raise SettingsError(
            "there is no home folder to keep state in: set DATA_DIR to a folder that lasts",
            field="DATA_DIR",
        ) from None


def _clone() -> Path:
    """The source tree we run from; installed elsewhere, the environment we run in."""
    beside = Path(__file__).resolve().parent.parent
    environment = Path(sys.prefix).resolve()
    here = Path.cwd()
    for folder in (beside, environment, *environment.parents, here, *here.parents):
        if _is_clone(folder):
            return folder
    return environment


def _is_clone(folder: Path) -> bool:
    try:
        return f'name = "{_NAME}"' in (folder / "pyproject.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False


def _clone_name(clone: Path) -> str:
    readable = "".join(c if c.isalnum() or c in "-_" else "-" for c in clone.name)[:32] or "root"
    return f"{readable}-{hashlib.sha256(os.fsencode(clone)).hexdigest()[:8]}"
