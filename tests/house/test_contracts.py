"""The import contracts hold, and each of them breaks when its violation is seeded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rules import PACKAGES, ROOT

VIOLATIONS = {
    "The house has storeys; nobody calls upstairs": ("foundation/clock.py", "import engine"),
    "The engine has storeys of its own": ("engine/domain/ids.py", "import engine.policy.grid"),
    "The pure core knows no clock, chance, input or output": (
        "engine/policy/grid.py",
        "import foundation.clock",
    ),
    "Surfaces enter the engine by engine.api alone": ("bot/__init__.py", "import engine.store"),
    "The sandbox stands in for others: it knows neither bot nor engine": (
        "app/sandbox/__init__.py",
        "import engine.api",
    ),
    "Signal formats are strangers to each other": (
        "engine/signals/flat/__init__.py",
        "import engine.signals.nested",
    ),
    "aiogram is the bot's alone": ("miniapp/__init__.py", "import aiogram"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and their contracts, where they can be spoilt."""
    target = tmp_path_factory.mktemp("house")
    ignore = shutil.ignore_patterns("node_modules", "webapp", "web", "__pycache__")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, target / package, ignore=ignore)
    shutil.copy(ROOT / "pyproject.toml", target)
    return target


def verdicts(where: Path) -> dict[str, str]:
    """Contract name → KEPT or BROKEN, as import-linter prints them."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    command.append("--no-cache")
    done = subprocess.run(
        command, cwd=where, capture_output=True, text=True, check=False, timeout=120
    )
    lines = done.stdout.splitlines()
    found = {}
    for line in lines:
        name, _, verdict = line.rpartition(" ")
        if verdict in ("KEPT", "BROKEN"):
            found[name.strip()] = verdict
    assert found, done.stdout + done.stderr
    return found


def test_contracts_hold_and_each_breaks_on_its_seeded_violation(copy: Path) -> None:
    clean = verdicts(copy)
    assert set(clean) == set(VIOLATIONS)
    assert set(clean.values()) == {"KEPT"}
    for file, line in VIOLATIONS.values():
        path = copy / file
        path.write_text(path.read_text() + f"\n{line}\n")
    assert set(verdicts(copy).values()) == {"BROKEN"}


def test_a_new_package_fails_until_it_has_a_storey(tmp_path: Path, copy: Path) -> None:
    target = tmp_path / "house"
    shutil.copytree(copy, target)
    for file, line in VIOLATIONS.values():
        path = target / file
        path.write_text(path.read_text().replace(f"\n{line}\n", ""))
    (target / "engine" / "attic").mkdir()
    (target / "engine" / "attic" / "__init__.py").write_text('"""No storey yet."""\n')
    broken = [name for name, verdict in verdicts(target).items() if verdict == "BROKEN"]
    assert broken == ["The engine has storeys of its own"]
