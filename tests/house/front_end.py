"""The front end's own checks and unit tests, run with the Node of a wheel.

They run in a copy of ``miniapp/web`` inside the virtual environment, so that nothing is written
into the clone and whoever owns its files does not matter.

    python -m tests.house.front_end install | check | test
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hatch_build import node_and_npm
from tests.house.rules import ROOT

WEB = ROOT / "miniapp" / "web"
COPY = Path(sys.prefix) / "front-end" / "miniapp" / "web"
NOT_COPIED = shutil.ignore_patterns("node_modules", "dist", "shots")
SECONDS_MAX = 600


def refresh() -> Path:
    """The copy with today's sources and the packages of the lock; returns its folder."""
    COPY.mkdir(parents=True, exist_ok=True)
    for old in COPY.iterdir():
        if old.name not in ("node_modules", ".installed"):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    shutil.copytree(WEB, COPY, ignore=NOT_COPIED, dirs_exist_ok=True)
    document = COPY.parents[1] / "docs" / "api"
    document.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "docs" / "api" / "openapi.json", document)
    lock = hashlib.sha256((COPY / "package-lock.json").read_bytes()).hexdigest()
    stamp = COPY / ".installed"
    if not stamp.is_file() or stamp.read_text() != lock:
        npm("ci", "--no-audit", "--no-fund", "--prefer-offline")
        stamp.write_text(lock)
    return COPY


def npm(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run npm in the copy; raises CalledProcessError when it fails."""
    node, script = node_and_npm()
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [str(node), str(script), *arguments],
        cwd=COPY,
        env={**os.environ, "PATH": path, "CI": "1"},
        check=True,
        timeout=SECONDS_MAX,
    )


def main(command: str) -> None:
    refresh()
    if command == "check":
        npm("run", "--silent", "check")
    if command == "test":
        npm("run", "--silent", "test")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
