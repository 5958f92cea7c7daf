"""Money never guesses: exact text, one rounding, and errors instead of NaN or float."""

from __future__ import annotations

from decimal import Decimal, FloatOperation, InvalidOperation
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.errors import InvalidInput
from foundation.money import (
    MONEY,
    D,
    ceil_to_step,
    floor_to_step,
    money_context,
    parse_decimal,
    plain,
    usd,
)

_amounts = st.decimals(
    min_value=D("-1e15"), max_value=D("1e15"), places=12, allow_nan=False, allow_infinity=False
)
_steps = st.sampled_from([D("0.00001"), D("0.01"), D("0.5"), D("1"), D("25"), D("0.003")])


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", "1"), (" 1.50 ", "1.5"), ("-0.1", "-0.1"), (".5", "0.5"), ("1e3", "1000"), (7, "7")],
)
def test_numbers_are_understood(text: Any, value: str) -> None:
    assert parse_decimal(text) == D(value)


@pytest.mark.parametrize(
    "text",
    [
        "", "abc", "NaN", "sNaN", "inf", "-Infinity", "1_000", "1,5", "0x10", "١٢", "--1", "1e999",
        "1e31", "1e-31", "9" * 65, 1.5, True, None, b"1", D("NaN"), D("Infinity"), "1\n2", "1 2",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_its_field(text: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_decimal(text, field="price")
    assert refusal.value.field == "price"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1E+3", "1000"), ("1.500", "1.5"), ("0E-8", "0"), ("-0.00", "0"), ("1E-8", "0.00000001"),
        ("100", "100"), ("-2.50", "-2.5"),
    ],
)  # fmt: skip
def test_plain_text_has_no_exponent_and_no_trailing_zero(value: str, text: str) -> None:
    assert plain(D(value)) == text


@given(_amounts)
def test_text_and_back_is_the_same(amount: Decimal) -> None:
    assert parse_decimal(plain(amount)) == amount


def test_dollars_have_eight_places_half_to_even() -> None:
    assert usd(D("0.000000005")) == D("0.00000000")
    assert usd(D("0.000000015")) == D("0.00000002")
    assert str(usd(D("1"))) == "1.00000000"


@given(_amounts, _steps)
def test_steps_bracket_the_amount(amount: Decimal, step: Decimal) -> None:
    low, high = floor_to_step(amount, step), ceil_to_step(amount, step)
    assert low <= amount <= high
    assert high - low in (0, step)
    assert MONEY.remainder(low, step) == MONEY.remainder(high, step) == 0


def test_a_step_must_be_positive() -> None:
    with pytest.raises(InvalidInput, match="above zero"):
        floor_to_step(D("1"), D("0"))


def test_the_context_traps_what_would_spread() -> None:
    with money_context():
        with pytest.raises(InvalidOperation):
            D("0") / D("0")
        with pytest.raises(ZeroDivisionError):
            D("1") / D("0")
        with pytest.raises(FloatOperation):
            Decimal(float("0.1"))
        with pytest.raises(FloatOperation):
            _ = D("1") < 1.5
