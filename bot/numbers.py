"""Numbers as a locale writes them: true minus, thin spaces, as many digits as the price has."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

MINUS: Final = "\u2212"
THIN: Final = "\u2009"
NARROW: Final = "\u202f"
"""A thin space that does not break."""

_HUNDRED: Final = Decimal(100)
_MILLION: Final = Decimal(1_000_000)
_BILLION: Final = Decimal(1_000_000_000)
_MIN_PRICE_DIGITS: Final = 2
_MAX_PRICE_DIGITS: Final = 10
_QUANTITY_DIGITS: Final = 8


class Numbers:
    """Formats for one locale; amounts are Decimal, the results are for reading only."""

    def __init__(self, locale: str) -> None:
        self._group, self._point = (NARROW, ",") if locale == "ru" else (",", ".")
        self._behind = locale == "ru"

    def decimal(self, value: Decimal, digits: int, *, sign: bool = False) -> str:
        """With exactly ``digits`` decimals; ``sign`` writes a plus as well."""
        rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
        whole, _, rest = format(abs(rounded), "f").partition(".")
        text = _grouped(whole, self._group) + (f"{self._point}{rest}" if rest else "")
        return _sign(rounded, sign) + text

    def usd(self, value: Decimal, *, sign: bool = False) -> str:
        """An amount: ``$1,234.50``, in Russian ``1 234,50 $``; from a million on shortened."""
        size = abs(value)
        if size >= _BILLION:
            text = f"{self.decimal(size / _BILLION, 2)}{NARROW}B"
        elif size >= _MILLION:
            text = f"{self.decimal(size / _MILLION, 2)}{NARROW}M"
        else:
            text = self.decimal(size, 2)
        shown = Decimal(0) if size < Decimal("0.005") else value
        front = _sign(shown, sign)
        return f"{front}{text}{NARROW}$" if self._behind else f"{front}${text}"

    def usd_short(self, value: Decimal) -> str:
        """An amount for a narrow place: cents only below a hundred."""
        if abs(value) < _HUNDRED or abs(value) >= _MILLION:
            return self.usd(value)
        text = self.decimal(value, 0)
        return f"{text}{NARROW}$" if self._behind else f"${text}"

    def percent(self, value: Decimal, *, sign: bool = False, digits: int = 2) -> str:
        """``0.50 %`` with a thin space."""
        return f"{self.decimal(value, digits, sign=sign)}{NARROW}%"

    def price(self, value: Decimal, digits: int) -> str:
        """A price with the decimals of its tick."""
        return self.decimal(value, digits)

    def quantity(self, value: Decimal) -> str:
        """As many decimals as it has, eight at most."""
        return self.decimal(value, min(_decimals(value), _QUANTITY_DIGITS))

    def duration(self, seconds: int) -> tuple[int, int, int]:
        """Days, hours and minutes, for the words of the locale."""
        minutes = seconds // 60
        return minutes // 1440, minutes % 1440 // 60, minutes % 60


def price_digits(prices: Iterable[Decimal | None]) -> int:
    """Decimals that show these prices in full: at least two, for ladders lie on ticks."""
    digits = max((_decimals(p) for p in prices if p is not None), default=_MIN_PRICE_DIGITS)
    return min(max(digits, _MIN_PRICE_DIGITS), _MAX_PRICE_DIGITS)


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _grouped(digits: str, separator: str) -> str:
    return f"{int(digits):,}".replace(",", separator)


def _sign(value: Decimal, plus: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if plus and value > 0 else ""
