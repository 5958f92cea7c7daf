"""Decimal arithmetic that never guesses: a trapping context and the only places that round."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    FloatOperation,
    InvalidOperation,
    Overflow,
    localcontext,
)

from foundation import limits
from foundation.errors import InvalidInput

D = Decimal

MONEY = Context(
    prec=50,
    rounding=ROUND_HALF_EVEN,
    traps=[InvalidOperation, DivisionByZero, Overflow, FloatOperation],
)
"""Fifty digits; a division by zero, a NaN or a float in the sum raises instead of spreading."""

_PLACES = Decimal("0.00000001")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)


def money_context() -> AbstractContextManager[Context]:
    """`with money_context():` makes the trapping context the current one for the block."""
    return localcontext(MONEY)


def parse_decimal(text: str | int | Decimal, field: str | None = None) -> Decimal:
    """A finite Decimal from text, an int or a Decimal; raises InvalidInput for all else.

    A float is refused (it has lost digits already), and so are NaN, infinity, digit groups
    such as `1_000`, and numbers too long or too large to be an amount of anything.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        raise InvalidInput(f"expected a number as text, got {type(text).__name__}", field=field)
    shown = str(text).strip()
    if len(shown) > limits.DECIMAL_TEXT_MAX or not _NUMBER.fullmatch(shown):
        raise InvalidInput(f"{shown[:40]!r} is not a plain decimal number", field=field)
    value = Decimal(shown)
    if value and abs(value.adjusted()) > limits.DECIMAL_EXPONENT_MAX:
        raise InvalidInput(f"{shown[:40]!r} is too large or too small", field=field)
    return value


def plain(d: Decimal) -> str:
    """The shortest text of a finite Decimal: no exponent, no trailing zeros, never `-0`."""
    text = format(d, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def usd(d: Decimal) -> Decimal:
    """An amount of money at our one precision: 8 places, half to even."""
    return d.quantize(_PLACES, rounding=ROUND_HALF_EVEN, context=MONEY)


def floor_to_step(d: Decimal, step: Decimal) -> Decimal:
    """The largest multiple of `step` not above `d`; `step` > 0."""
    return _to_step(d, step, ROUND_FLOOR)


def ceil_to_step(d: Decimal, step: Decimal) -> Decimal:
    """The smallest multiple of `step` not below `d`; `step` > 0."""
    return _to_step(d, step, ROUND_CEILING)


def _to_step(d: Decimal, step: Decimal, rounding: str) -> Decimal:
    if step <= 0:
        raise InvalidInput(f"a step must be above zero, got {plain(step)}", field="step")
    # quotient and remainder are exact; rounding a 50-digit quotient could land on the wrong side
    whole, rest = MONEY.divmod(d, step)
    if rest:
        if rounding == ROUND_FLOOR and rest < 0:
            whole = MONEY.subtract(whole, Decimal(1))
        if rounding == ROUND_CEILING and rest > 0:
            whole = MONEY.add(whole, Decimal(1))
    return MONEY.multiply(whole, step)
