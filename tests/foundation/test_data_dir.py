"""Where state goes by default: outside the clone, per user, the same at every start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from foundation import data_dir
from foundation.data_dir import default_data_dir
from foundation.errors import SettingsError

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")


@pytest.fixture
def _ordinary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


def _clone_at(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text('[project]\nname = "countersign"\n')
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The package as installed in an environment, away from any clone."""
    site = tmp_path / "env" / "lib" / "foundation"
    site.mkdir(parents=True)
    monkeypatch.setattr(data_dir, "__file__", str(site / "data_dir.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_root_uses_a_system_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    found = default_data_dir({"HOME": "/root", "XDG_DATA_HOME": "/root/data"})
    assert found.parent == Path("/var/lib/countersign")


@pytest.mark.usefixtures("_ordinary")
@pytest.mark.parametrize(
    ("env", "parent"),
    [
        ({"HOME": "/home/ada"}, "/home/ada/.local/share/countersign"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "/data"}, "/data/countersign"),
        ({"HOME": "/home/ada", "XDG_DATA_HOME": "rel"}, "/home/ada/.local/share/countersign"),
    ],
)
def test_a_user_has_it_in_their_own_folder(env: dict[str, str], parent: str) -> None:
    assert default_data_dir(env).parent == Path(parent)


@pytest.mark.usefixtures("_ordinary")
def test_without_a_home_it_asks_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(SettingsError, match="set DATA_DIR"):
        default_data_dir({})


def test_an_environment_in_a_clone_belongs_to_it_from_anywhere(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = _clone_at(elsewhere / "clone")
    monkeypatch.setattr(sys, "prefix", str(clone / ".venv"))
    first = default_data_dir({"HOME": "/h"})
    monkeypatch.chdir("/")
    assert default_data_dir({"HOME": "/h"}) == first
    assert first.name.startswith("clone-")


def test_two_clones_are_apart(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = set()
    for parent in ("a", "b"):
        (_clone_at(elsewhere / parent / "countersign") / "docs").mkdir()
        monkeypatch.chdir(elsewhere / parent / "countersign" / "docs")
        found.add(default_data_dir({"HOME": "/h"}))
    assert len(found) == 2


def test_without_any_clone_it_belongs_to_the_environment(elsewhere: Path) -> None:
    assert default_data_dir({"HOME": "/h"}).name.startswith("env-")
