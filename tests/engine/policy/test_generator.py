"""The generator form (spec engine §2): a ladder from step, step scale and volume scale."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal as D

import pytest

from engine.domain.settings import AccountSettings
from engine.policy.generator import Form, generate
from foundation.errors import InvalidInput

FORM = Form(
    step_percent=D(1),
    step_scale=D(4),
    volume_scale=D("1.7"),
    base_usd=D(80),
    safety_usd=D(30),
    orders=3,
)


def test_the_form_of_the_book_gives_its_deviations_sizes_and_funds() -> None:
    made = generate(FORM)
    assert made.deviations_percent == (D(1), D(5), D(21))
    assert made.sizes_usd == (D(30), D(51), D("86.70"))
    assert made.total_usd == D("247.7")
    assert [leg.gap_percent for leg in made.ladder] == [D(0), D(-1), D(-5), D(-21)]


def test_a_generated_ladder_is_one_the_settings_take_and_spends_what_the_form_said() -> None:
    made = generate(FORM)
    settings = AccountSettings(ladder=made.ladder)
    assert sum(leg.weight_percent for leg in settings.ladder) == 100
    for size, leg in zip((FORM.base_usd, *made.sizes_usd), made.ladder, strict=True):
        assert abs(made.total_usd * leg.weight_percent / 100 - size) < D("0.0001")


def test_a_form_without_safety_orders_is_one_leg() -> None:
    (leg,) = generate(replace(FORM, orders=0)).ladder
    assert (leg.gap_percent, leg.weight_percent) == (D(0), D(100))


def test_a_form_that_reaches_zero_or_is_too_long_is_refused_with_its_field() -> None:
    with pytest.raises(InvalidInput, match="safety order 5 would stand 341 % from the entry"):
        generate(replace(FORM, orders=5))
    with pytest.raises(InvalidInput, match="at most 7 legs"):
        generate(replace(FORM, orders=7))
    with pytest.raises(InvalidInput, match="above zero"):
        generate(replace(FORM, volume_scale=D(0)))
