"""Settings of an account (spec engine §8): versions with diff, files, trials, templates."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from engine.api import settings_files
from engine.api.settings_views import Change, ExportView
from engine.api.settings_window import ImportWish, SettingsWindow
from engine.api.views import Accepted, AccountView
from engine.domain.instrument import Instrument
from engine.domain.settings import AccountSettings
from engine.offers.market import MarketView
from foundation.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.engine.api.conftest import House
from tests.engine.store.kit import START, market

D = Decimal
FOREIGN: dict[str, Any] = {
    "total_capital_usd": 4000,
    "max_open_groups": 4,
    "exchange_api": {"name": "binance", "api_key": "AKEY1234", "api_secret": "SECRET1234"},
    "risk_engine": {
        "loss_threshold_percent": -7.5,
        "require_full_pyramids": False,
        "timer_start_condition": "after_all_dca_submitted",
        "max_winners_to_combine": 2,
        "evaluate_interval": 30,
        "fancy": True,
    },
    "dca_grid_config_default": [
        {"gap_percent": 0, "weight_percent": 60, "tp_percent": 1.2},
        {"gap_percent": -2.5, "weight_percent": 40, "tp_percent": 0.8},
    ],
    "theme": "dark",
}


class Rules:
    """The paper venue's rules, as the tests' market knows them."""

    async def instruments(self) -> Mapping[str, Instrument]:
        return market({"BTC/USDT": D(60000)}, START).instruments


@pytest.fixture
async def window(house: House) -> SettingsWindow:
    view = MarketView(house.database, {"paper": Rules()}, house.clock)
    house.run_worker()
    return SettingsWindow(house.database, house.clock, house.bus, view)


async def save(house: House, version: int, **changes: Any) -> AccountView | Accepted:
    current = await house.accounts.settings(house.me, house.account.id)
    wanted = AccountSettings.model_validate(current.model_dump() | changes)
    return await house.accounts.save_settings(
        house.me, house.account.id, wanted, version, f"save{version}"
    )


async def test_every_save_is_a_version_with_author_time_and_diff(
    house: House, window: SettingsWindow
) -> None:
    house.clock.advance(60)
    await save(house, 1, max_open_groups=4, stops={"stop_loss_percent": "5"})
    page = await window.versions(house.me, house.account.id)
    newest, first = page.items
    assert (newest.version, newest.in_force, newest.author) == (2, True, house.me)
    assert newest.created_at == house.clock.now()
    assert newest.changes == (
        Change("max_open_groups", "10", "4", ""),
        Change("stops.stop_loss_percent", "off", "5", "%"),
    )
    assert newest.summary == "max_open_groups 10 → 4, stops.stop_loss_percent off → 5 %"
    assert (first.version, first.in_force, first.summary) == (1, False, "first version")
    assert page.next_cursor is None


async def test_versions_are_paged_and_the_last_of_a_page_still_has_its_diff(
    house: House, window: SettingsWindow
) -> None:
    for version in (1, 2, 3):
        await save(house, version, queue_limit=version)
    page = await window.versions(house.me, house.account.id, None, 2)
    assert [one.version for one in page.items] == [4, 3]
    assert page.items[1].changes == (Change("queue_limit", "1", "2", ""),)
    assert page.next_cursor == "3"
    rest = await window.versions(house.me, house.account.id, 3, 2)
    assert [one.version for one in rest.items] == [2, 1]


async def test_any_version_can_be_restored_as_a_new_one(
    house: House, window: SettingsWindow
) -> None:
    await save(house, 1, max_open_groups=4)
    back = await window.restore(house.me, house.account.id, 1, 2, "k")
    assert isinstance(back, AccountView)
    assert (back.settings_version, back.max_open_groups) == (3, 10)
    with pytest.raises(Conflict):
        await window.restore(house.me, house.account.id, 1, 2, "k2")
    with pytest.raises(NotFound) as caught:
        await window.restore(house.me, house.account.id, 99, 3, "k3")
    assert caught.value.code == "version_not_found"


async def test_a_version_saved_under_an_older_schema_is_shown_and_restored(
    house: House, window: SettingsWindow
) -> None:
    await save(house, 1, max_open_groups=4)
    await house.database.pool.execute(
        "update account_settings_versions set settings = $2::jsonb "
        "where account_id = $1 and version = 1",
        house.account.id,
        '{"schema_version": 1, "max_open_groups": 7}',
    )
    page = await window.versions(house.me, house.account.id)
    assert page.items[0].changes[0] == Change("max_open_groups", "7", "4", "")
    back = await window.restore(house.me, house.account.id, 1, 2, "k")
    assert isinstance(back, AccountView)
    assert back.max_open_groups == 7
    stored = await house.accounts.settings(house.me, house.account.id)
    assert stored.schema_version == 2


async def test_read_only_settings_refuse_saves_until_a_person_unlocks_them(
    house: House, window: SettingsWindow
) -> None:
    await save(house, 1, queue_limit=4, read_only=True)
    for wanted in ({"queue_limit": 3}, {"queue_limit": 3, "read_only": False}):
        with pytest.raises(Forbidden) as caught:
            await save(house, 2, **wanted)
        assert caught.value.code == "settings_read_only"
    with pytest.raises(Forbidden):
        await window.restore(house.me, house.account.id, 1, 2, "k")
    wish = ImportWish(FOREIGN, 2, save=True)
    with pytest.raises(Forbidden):
        await window.import_file(house.me, house.account.id, wish, "k")
    unlocked = await save(house, 2, read_only=False)
    assert isinstance(unlocked, AccountView)
    assert unlocked.settings_version == 3
    await save(house, 3, queue_limit=3)


async def test_validate_names_every_wrong_field_and_saves_nothing(
    house: House, window: SettingsWindow
) -> None:
    document = {
        "max_open_groups": 0,
        "protection": {"gate": {"max_exposure_usd": "-1"}},
        "surprise": 1,
    }
    check = await window.check(house.me, house.account.id, document)
    assert not check.valid
    assert {one.field for one in check.problems} == {
        "max_open_groups",
        "protection.gate.max_exposure_usd",
        "surprise",
    }
    assert (await house.accounts.get(house.me, house.account.id)).settings_version == 1


async def test_validate_has_the_linters_remarks_and_what_would_change(
    house: House, window: SettingsWindow
) -> None:
    await house.price("BTC/USDT", "60000")
    override = {
        "symbol": "BTC/USDT",
        "ladder": [
            {"gap_percent": "0", "weight_percent": "99.99", "tp_percent": "1"},
            {"gap_percent": "-1", "weight_percent": "0.01", "tp_percent": "1"},
        ],
    }
    document = {"total_capital_usd": "500", "market_ladders": [override]}
    check = await window.check(house.me, house.account.id, document)
    assert check.valid
    codes = {remark.code for remark in check.remarks if remark.level == "problem"}
    assert codes & {"under_min_quantity", "under_min_notional"}
    assert check.changes[0] == Change("total_capital_usd", "10000", "500", "USD")


async def test_an_export_imports_again_as_it_was(house: House, window: SettingsWindow) -> None:
    await save(house, 1, max_open_groups=4, tp_mode="hybrid")
    file = await window.export(house.me, house.account.id)
    assert isinstance(file, ExportView)
    assert (file.format, file.schema_version) == ("countersign/settings", 2)
    assert file.shape == settings_files.shape()
    document = {
        "format": file.format,
        "shape": file.shape,
        "settings": file.settings.model_dump(mode="json"),
    }
    await save(house, 2, max_open_groups=9)
    tried = await window.import_file(house.me, house.account.id, ImportWish(document, 3), "k")
    assert (tried.source, tried.saved) == ("own", False)
    assert tried.check.changes == (Change("max_open_groups", "9", "4", ""),)
    done = await window.import_file(
        house.me, house.account.id, ImportWish(document, 3, save=True), "k"
    )
    assert done.saved
    assert await house.accounts.settings(house.me, house.account.id) == file.settings


async def test_a_file_of_another_shape_is_remarked(house: House, window: SettingsWindow) -> None:
    document = {"format": "countersign/settings", "shape": "else", "settings": {}}
    tried = await window.import_file(house.me, house.account.id, ImportWish(document, 1), "k")
    assert tried.check.valid
    assert "other_shape" in {remark.code for remark in tried.check.remarks}


async def test_the_foreign_format_is_understood(house: House, window: SettingsWindow) -> None:
    done = await window.import_file(
        house.me, house.account.id, ImportWish(FOREIGN, 1, save=True), "k"
    )
    assert (done.source, done.saved) == ("foreign", True)
    settings = await house.accounts.settings(house.me, house.account.id)
    assert (settings.total_capital_usd, settings.max_open_groups) == (4000, 4)
    assert settings.risk.loss_threshold_percent == D("-7.5")
    assert settings.risk.timer_start_condition == "after_all_dca_submitted"
    assert (settings.risk.max_winners_to_combine, settings.risk.require_full_pyramids) == (2, False)
    assert settings.risk.evaluate_interval_seconds == 30
    assert [(leg.gap_percent, leg.tp_percent) for leg in settings.ladder] == [
        (D(0), D("1.2")),
        (D("-2.5"), D("0.8")),
    ]
    assert set(done.ignored) == {"exchange_api.name", "risk_engine.fancy", "theme"}


async def test_keys_in_a_file_are_reported_and_never_stored_in_the_document(
    house: House, window: SettingsWindow
) -> None:
    done = await window.import_file(
        house.me, house.account.id, ImportWish(FOREIGN, 1, save=True), "k"
    )
    assert done.keys_found == ("exchange_api.api_key", "exchange_api.api_secret")
    assert "SECRET1234" not in repr(done)
    for table in ("account_settings_versions", "accounts", "inbox", "journal", "events"):
        rows = await house.database.pool.fetch(f"select t::text from {table} t")
        assert not [row for row in rows if "SECRET1234" in row[0] or "AKEY1234" in row[0]], table
    keys = settings_files.keys_in(FOREIGN)
    assert keys is not None
    assert (keys.key, keys.secret) == ("AKEY1234", "SECRET1234")
    assert "SECRET1234" not in repr(keys)


async def test_an_own_file_with_keys_in_its_settings_is_refused_field_by_field(
    house: House, window: SettingsWindow
) -> None:
    document = {"schema_version": 2, "api_secret": "SECRET1234"}
    tried = await window.import_file(house.me, house.account.id, ImportWish(document, 1), "k")
    assert tried.keys_found == ("api_secret",)
    assert [one.field for one in tried.check.problems] == ["api_secret"]
    assert "SECRET1234" not in repr(tried)


async def test_what_is_no_settings_file_is_refused(house: House, window: SettingsWindow) -> None:
    with pytest.raises(InvalidInput) as caught:
        await window.import_file(house.me, house.account.id, ImportWish({"a": 1}, 1), "k")
    assert caught.value.field == "document"
    bad = FOREIGN | {"max_open_groups": 0}
    with pytest.raises(InvalidInput) as caught:
        await window.import_file(house.me, house.account.id, ImportWish(bad, 1, save=True), "k")
    assert caught.value.field == "max_open_groups"


async def test_there_are_four_templates_with_what_they_would_change(
    house: House, window: SettingsWindow
) -> None:
    views = {one.name: one for one in await window.templates(house.me, house.account.id)}
    assert list(views) == ["cautious", "balanced", "aggressive", "scalper"]
    assert views["balanced"].changes == ()
    assert Change("max_open_groups", "10", "5", "") in views["cautious"].changes


async def test_settings_are_applied_to_open_groups_with_a_preview(
    house: House, window: SettingsWindow
) -> None:
    await house.stop_worker()  # one decides at a time
    await house.signal("s1")
    house.run_worker()
    await save(house, 1, tp_mode="aggregate")
    preview = await window.applying(house.me, house.account.id)
    [row] = preview.groups
    assert (preview.settings_version, row.settings_version, row.symbol) == (2, 1, "BTC/USDT")
    assert row.changes == (Change("tp_mode", "per_leg", "aggregate", ""),)
    left = await window.apply(house.me, house.account.id, (row.group_id,), "k")
    assert not isinstance(left, Accepted)
    assert left.groups == ()


async def test_somebody_elses_settings_are_not_found(house: House, window: SettingsWindow) -> None:
    other, account = house.other, house.account.id
    for call in (
        window.versions(other, account),
        window.restore(other, account, 1, 1, "k"),
        window.check(other, account, {}),
        window.export(other, account),
        window.import_file(other, account, ImportWish(FOREIGN, 1, save=True), "k"),
        window.templates(other, account),
        window.applying(other, account),
        window.apply(other, account, ("g",), "k"),
    ):
        with pytest.raises(NotFound):
            await call
