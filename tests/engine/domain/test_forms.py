"""The form of the settings (spec engine §8): all of them, editable without JSON."""

from __future__ import annotations

from engine.domain.choices import forms
from engine.domain.choices.catalogue import catalogue
from engine.domain.choices.forms import Bound, form

CONTROLS = {
    (control.path, control.variant): control
    for section in form()
    for group in section.groups
    for control in group.controls
}


def test_every_setting_stands_in_the_form_once() -> None:
    left_out = {"schema_version", "read_only", "protection.locks[].kind"}
    paths = {row.path for row in catalogue()} - left_out
    assert {path for path, _ in CONTROLS} == paths
    assert len(CONTROLS) == sum(len(g.controls) for s in form() for g in s.groups)


def test_each_has_label_and_explanation_and_says_its_unit_once() -> None:
    for control in CONTROLS.values():
        assert control.label
        assert control.explanation, control.path
        assert not control.explanation.endswith((" in %.", " in USD.", " in minutes."))
    assert CONTROLS["stops.stop_loss_percent", ""].label == "Stop loss"
    assert CONTROLS["orders.cancel_dca_beyond_percent", ""].label == "Cancel DCA beyond"


def test_a_control_fits_its_type() -> None:
    kinds = {path: control.kind for (path, _), control in CONTROLS.items()}
    assert kinds["risk.enabled"] == "switch"
    assert kinds["tp_mode"] == "choice"
    assert kinds["max_open_groups"] == "whole"
    assert kinds["total_capital_usd"] == "number"
    assert kinds["queue.rules"] == "order"
    assert kinds["ladder"] == "ladder"
    assert kinds["pyramid_levels"] == "ladders"
    assert kinds["market_ladders"] == kinds["protection.locks"] == "items"
    stop = CONTROLS["stops.stop_loss_percent", ""]
    assert stop.optional
    assert (stop.low, stop.high) == (Bound("0", open=True), Bound("100", open=True))
    assert (stop.unit, stop.start) == ("%", None)
    assert not CONTROLS["max_drift_percent", ""].optional


def test_items_of_a_list_know_their_kind_and_what_they_begin_with() -> None:
    assert CONTROLS["protection.locks", ""].choices == (
        "cooldown",
        "stop_loss_guard",
        "low_profit",
    )
    assert CONTROLS["protection.locks[].stop_minutes", "cooldown"].start == "60"
    assert CONTROLS["protection.locks[].max_losses", "stop_loss_guard"].start == "3"
    assert all(c.start for (_, variant), c in CONTROLS.items() if variant)


def test_a_setting_that_no_section_names_stands_in_the_last_one() -> None:
    assert forms._section("brand_new_switch") == forms._SECTIONS[-1][0]
    assert "other" not in [section.name for section in form()]
