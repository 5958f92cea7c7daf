"""What an operator does to accounts from the console: settings files, trading state, limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.admin import trading, user_limits
from app.cli import app
from app.ground import ground
from app.settings_files import bring_in, export, told
from app.trading import make_front
from foundation.errors import Conflict, InvalidInput, NotFound
from foundation.settings import Settings, load_settings

ANN = 1001


@pytest.fixture
def settings(database_dsn: str, tmp_path: Path) -> Settings:
    return load_settings({"DATABASE_URL": database_dsn, "DATA_DIR": str(tmp_path)})


@pytest.fixture
async def account(settings: Settings) -> str:
    async with ground(settings) as base:
        user = await base.people.ensure(ANN, "Ann", None, "en")
        return (await make_front(base).accounts.ensure_paper(user.id)).id


def typed(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), catch_exceptions=True)


async def test_an_exported_file_imported_again_changes_nothing(
    settings: Settings, account: str, tmp_path: Path
) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(await export(settings, account))
    found = await bring_in(settings, file, account, save=False)
    assert next(told(found)) == "The file changes nothing."
    assert found.source == "own"


async def test_an_import_shows_the_difference_and_saves_only_when_told_to(
    settings: Settings, account: str, tmp_path: Path
) -> None:
    file = tmp_path / "other.json"
    file.write_text('{"max_open_groups": 4, "risk_engine": {"loss_threshold_percent": -7.5}}')
    found = await bring_in(settings, file, account, save=False)
    lines = list(told(found))
    assert "max_open_groups: 10 -> 4" in lines
    assert lines[-1] == "Nothing was saved; add --save to save it."
    saved = await bring_in(settings, file, account, save=True)
    assert list(told(saved))[-1] == "Written down; it holds as soon as the engine runs."
    with pytest.raises(Conflict, match="changed meanwhile"):
        await bring_in(settings, file, account, save=True)


async def test_what_is_not_valid_is_said_in_sentences(
    settings: Settings, account: str, tmp_path: Path
) -> None:
    file = tmp_path / "bad.json"
    file.write_text('{"max_open_groups": -1, "risk_engine": {}}')
    found = await bring_in(settings, file, account, save=False)
    assert not found.check.valid
    assert next(told(found)).startswith("not valid: max_open_groups: ")
    file.write_text("nonsense")
    with pytest.raises(InvalidInput, match="cannot be read as JSON"):
        await bring_in(settings, file, account, save=False)
    with pytest.raises(NotFound):
        await export(settings, "nosuchaccount")


async def test_keys_in_a_file_are_named_and_never_shown(
    settings: Settings, account: str, tmp_path: Path
) -> None:
    file = tmp_path / "foreign.json"
    file.write_text('{"exchange_api": {"api_key": "AKEY1234", "api_secret": "SECRET1234"}}')
    found = await bring_in(settings, file, account, save=False)
    lines = "\n".join(told(found))
    assert "exchange_api.api_key" in lines
    assert "AKEY1234" not in lines


async def test_the_trading_state_is_shown_and_set(settings: Settings, account: str) -> None:
    assert (await trading(settings, None))["state"] == "running"
    done = await trading(settings, "paused")
    assert (done["state"], done["accounts"], done["waiting"]) == ("paused", 1, 1)
    assert (await trading(settings, None))["state"] == "paused"
    assert account


async def test_limits_of_a_person_are_set_shown_and_lifted(
    settings: Settings, account: str
) -> None:
    given = ["max_open_groups=3", "venues=paper,binance", "max_exposure_usd=500.5",
             "valid_until=2030-01-01", "grace_hours=48"]  # fmt: skip
    saved = await user_limits(settings, ANN, given, none=False)
    assert saved["text"] == (
        "Your plan allows at most: 3 open positions; 500.50 USD bound; venues paper, binance."
    )
    assert saved["valid_until"].isoformat() == "2030-01-01T00:00:00+00:00"
    assert await user_limits(settings, ANN, None, none=False) == saved
    assert (await user_limits(settings, ANN, None, none=True))["stage"] == "none"
    assert account


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("max_groups=3", "write name=value with one of max_open_groups"),
        ("max_open_groups", "write name=value"),
        ("max_open_groups=many", "max_open_groups: 'many' is not understood"),
        ("valid_until=tomorrow", "valid_until: 'tomorrow' is not understood"),
    ],
)
async def test_limits_that_are_not_understood_name_the_fault(
    settings: Settings, given: str, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        await user_limits(settings, ANN, [given], none=False)


async def test_a_person_who_was_never_here_has_no_limits(settings: Settings) -> None:
    with pytest.raises(NotFound, match="Nobody with Telegram id 77"):
        await user_limits(settings, 77, None, none=False)


def test_settings_alone_still_shows_those_of_the_installation() -> None:
    rows = json.loads(typed("settings", "--json").output)
    assert "HTTP_PORT" in rows
    assert "export" in typed("settings", "--help").output


def test_a_file_comes_out_of_the_command_line_and_goes_in_again(
    database_dsn: str, account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_dsn)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    file = tmp_path / "out.json"
    assert typed("settings", "export", "--account", account, "--file", str(file)).exit_code == 0
    document = json.loads(file.read_text())
    document["settings"]["max_open_groups"] = 0
    file.write_text(json.dumps(document))
    back = typed("settings", "import", str(file), "--account", account, "--json")
    assert back.exit_code == 1
    assert json.loads(back.output)["check"]["problems"][0]["field"] == "max_open_groups"
    assert "paused" in typed("trading", "paused", "--json").output
    assert "No plan limits" in typed("user", "limits", str(ANN)).output
