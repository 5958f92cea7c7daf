"""The settings document (spec engine §8): versions of its shape, differences, templates, units."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from engine.api import settings_docs
from engine.domain.choices import versions
from engine.domain.choices.catalogue import catalogue, unit_of
from engine.domain.choices.changes import Change, differences, sentence
from engine.domain.choices.templates import TEMPLATES, with_template
from engine.domain.settings import AccountSettings
from engine.policy.linter import lint

ROOT = Path(__file__).resolve().parents[3]
FAR_FROM_DEFAULT: dict[str, Any] = {
    "max_open_groups": 3,
    "queue_limit": 4,
    "queue_expiry_minutes": 5,
    "tp_aggregate_percent": "2",
    "risk": {"loss_threshold_percent": "-9", "max_winners_to_combine": 7},
    "protection": {"drawdown": {"max_drawdown_percent": "50", "soft_drawdown_percent": "40"}},
    "stops": {"stop_loss_percent": "5"},
}
VERSION_1: dict[str, Any] = {
    "schema_version": 1,
    "total_capital_usd": "5000",
    "max_open_groups": 3,
    "max_pyramids": 5,
    "ladder": [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}],
    "tp_mode": "aggregate",
    "tp_aggregate_percent": "1.5",
    "queue_limit": 50,
    "queue_expiry_minutes": 1440,
    "auto_approve": "off",
    "undo_seconds": 5,
    "offer_expiry_minutes": 15,
    "max_drift_percent": "1",
}


def test_a_document_of_version_1_loads_and_is_written_as_version_2() -> None:
    for loaded in (
        AccountSettings.model_validate(VERSION_1),
        AccountSettings.model_validate_json(json.dumps(VERSION_1)),
    ):
        assert loaded.schema_version == 2
        assert loaded.total_capital_usd == 5000
        assert loaded.risk == AccountSettings().risk
        assert loaded.model_dump()["schema_version"] == 2


def test_every_version_up_to_todays_has_its_step() -> None:
    assert sorted(versions.STEPS) == list(range(1, versions.SCHEMA_VERSION))


@pytest.mark.parametrize(("version", "says"), [(3, "newer than this program"), ("x", "no version")])
def test_a_document_of_an_unknown_version_is_refused_with_the_fix(version: Any, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        AccountSettings.model_validate({"schema_version": version})


def test_a_difference_names_field_values_and_unit() -> None:
    before = AccountSettings()
    after = AccountSettings.model_validate(
        {
            "max_open_groups": 5,
            "stops": {"stop_loss_percent": "8.50"},
            "protection": {"locks": [{"kind": "cooldown", "stop_minutes": 5}]},
            "ladder": [
                {"gap_percent": "0", "weight_percent": "50", "tp_percent": "1.00"},
                {"gap_percent": "-1", "weight_percent": "50", "tp_percent": "0.5"},
            ],
        }
    )
    changes = {change.path: change for change in differences(before, after)}
    assert changes["max_open_groups"] == Change("max_open_groups", "10", "5", "")
    assert changes["stops.stop_loss_percent"] == Change(
        "stops.stop_loss_percent", "off", "8.5", "%"
    )
    assert changes["ladder[0].weight_percent"].after == "50"
    assert changes["ladder[4].gap_percent"].after is None
    assert changes["protection.locks[0].stop_minutes"] == Change(
        "protection.locks[0].stop_minutes", None, "5", "min"
    )
    assert "ladder[0].tp_percent" not in changes
    assert differences(before, AccountSettings.model_validate(before.model_dump())) == ()


def test_a_difference_is_said_in_one_sentence() -> None:
    after = AccountSettings(max_open_groups=5, total_capital_usd=Decimal(500), queue_limit=1)
    text = sentence(differences(AccountSettings(), after), most=2)
    assert text == "total_capital_usd 10000 → 500 USD, max_open_groups 10 → 5 and 1 more"
    assert sentence(()) == "no change"


def test_overrides_of_later_entries_have_units_as_well() -> None:
    level = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}]
    after = AccountSettings.model_validate({"pyramid_levels": {"2": level}})
    paths = {change.path: change.unit for change in differences(AccountSettings(), after)}
    assert paths["pyramid_levels[2][0].tp_percent"] == "%"


def test_every_setting_has_an_explanation_and_a_default_or_is_required() -> None:
    for row in catalogue():
        assert row.default, row.path
        assert row.explanation or row.kind == row.default, row.path
    assert unit_of("risk.evaluate_interval_seconds") == "s"
    assert unit_of("market_ladders[3].ladder[0].gap_percent") == "%"


def test_every_number_has_its_bounds() -> None:
    numbers = [row for row in catalogue() if "number" in row.kind]
    assert len(numbers) > 50
    unbounded = [
        row.path for row in numbers
        if not {">", "≥"} & set(row.bounds) or not {"<", "≤"} & set(row.bounds)
    ]  # fmt: skip
    assert unbounded == []


def test_what_a_document_does_not_say_stands_at_the_default() -> None:
    assert AccountSettings.model_validate({}) == AccountSettings()
    said = {row.path: row.default for row in catalogue()}
    for change in differences(AccountSettings(), AccountSettings.model_validate(FAR_FROM_DEFAULT)):
        assert said[change.path] == change.before, change.path


@pytest.mark.parametrize("name", ["cautious", "balanced", "aggressive", "scalper"])
def test_templates_keep_the_capital_and_pass_the_linter(name: str) -> None:
    mine = AccountSettings(total_capital_usd=Decimal(4321), queue_limit=7, undo_seconds=2)
    made = with_template(mine, TEMPLATES[name])
    assert (made.total_capital_usd, made.queue_limit, made.undo_seconds) == (4321, 7, 2)
    assert [remark for remark in lint(made, {}, {}) if remark.level == "problem"] == []


def test_the_balanced_template_is_the_defaults() -> None:
    far = with_template(AccountSettings(), TEMPLATES["scalper"])
    assert with_template(far, TEMPLATES["balanced"]) == AccountSettings()


def test_the_table_of_all_settings_is_up_to_date() -> None:
    committed = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert committed == settings_docs.page(), (
        "run `python -m engine.api.settings_docs > docs/settings.md`"
    )


def test_numbers_are_written_as_people_write_them() -> None:
    written = AccountSettings(total_capital_usd=Decimal("1E+4")).model_dump_json()
    assert '"fallback_tick":"0.00000001"' in written
    assert '"total_capital_usd":"10000"' in written
    assert AccountSettings.model_validate_json(written).total_capital_usd == 10000
