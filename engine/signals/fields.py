"""Typed reading of one alert's fields: each value with the path it stood at, for the refusal."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.signals import timeframes
from engine.signals.body import NotANumber, Number, printable, unreplaced
from engine.signals.port import Reader, Refused
from foundation import limits
from foundation.errors import InvalidInput
from foundation.money import parse_decimal, plain

_NO_NUMBERS = frozenset({"nan", "na", "inf", "infinity", "+inf", "-inf", "+infinity", "-infinity"})
_KINDS = {dict: "an object", list: "a list", bool: "true or false"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value and its path. ``value`` is None when the alert does not have it."""

    path: str
    value: object = None

    @property
    def given(self) -> bool:
        """Null and the empty text count as not given: undefined placeholders turn into them."""
        if isinstance(self.value, str):
            return bool(self.value.strip())
        return self.value is not None


def section(document: Mapping[str, object], name: str) -> Mapping[str, object]:
    """The object under ``name``, empty when it is missing. Raises Refused for anything else."""
    value = document.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Refused("wrong_type", f"{name} must be an object, it is {_kind(value)}", name)
    return value


def text(cell: Cell, longest: int = limits.SIGNAL_NAME_MAX) -> str:
    """The cell as one clean line, or the empty text. Raises Refused."""
    if not cell.given:
        return ""
    if not isinstance(cell.value, str):
        raise Refused(
            "wrong_type", f"{cell.path} must be text, it is {_kind(cell.value)}", cell.path
        )
    if "{{" in cell.value:
        raise Refused("placeholder", unreplaced(cell.path, cell.value), cell.path)
    return printable(cell.value, longest)


def required(cell: Cell, placeholder: str) -> Cell:
    """The cell. Raises Refused when it is not given, naming the placeholder that fills it."""
    if not cell.given:
        raise Refused(
            "missing_field",
            f'{cell.path} is missing: add "{cell.path.rpartition(".")[2]}": "{placeholder}"',
            cell.path,
        )
    return cell


def word(cell: Cell, words: Collection[str]) -> str | None:
    """One of the words, in lower case, or None when not given. Raises Refused."""
    value = text(cell).lower()
    if not value:
        return None
    if value not in words:
        raise Refused(
            "unknown_value",
            f"{cell.path} is {value!r}, it must be one of {', '.join(words)}",
            cell.path,
        )
    return value


def number(cell: Cell) -> Decimal | None:
    """The number, or None when not given. Raises Refused for NaN, infinity and nonsense."""
    if not cell.given:
        return None
    value = cell.value
    if isinstance(value, NotANumber) or (
        isinstance(value, str) and value.strip().lower() in _NO_NUMBERS
    ):
        raise Refused(
            "not_a_number",
            f"{cell.path} is {printable(str(value), 12)}: the plot or placeholder behind it has no "
            "value on this bar",
            cell.path,
        )
    shown = text(cell)
    try:
        return parse_decimal(str(value), cell.path)
    except InvalidInput as error:
        raise Refused(
            "not_a_number", f"{cell.path} must be a plain number, it is {shown!r}", cell.path
        ) from error


def positive(cell: Cell) -> Decimal | None:
    """A number above zero, or None when not given. Raises Refused."""
    value = number(cell)
    if value is not None and value <= 0:
        raise Refused(
            "not_positive", f"{cell.path} is {plain(value)}, it must be above zero", cell.path
        )
    return value


def percent(cell: Cell) -> Decimal | None:
    """A number from 0 to 100, or None when not given. Raises Refused."""
    value = number(cell)
    if value is not None and not 0 <= value <= 100:
        raise Refused(
            "out_of_range", f"{cell.path} is {plain(value)}, it must be 0 to 100 %", cell.path
        )
    return value


def timeframe(cell: Cell) -> int:
    """The interval in minutes. Raises Refused."""
    shown = text(required(cell, "{{interval}}"))
    whole = number(cell) if isinstance(cell.value, Number) else None
    if whole is not None and whole == whole.to_integral_value():
        shown = plain(whole)
    found = timeframes.minutes(shown)
    if found is None:
        raise Refused(
            "unknown_timeframe",
            f"{cell.path} is {shown!r}: it must be minutes (15, 240) or D, W, M, as "
            "{{interval}} gives on charts of a minute and above",
            cell.path,
        )
    return found


def symbol(cell: Cell, reader: Reader) -> tuple[str, str, str | None]:
    """The unified symbol, what was sent, and the exchange before a colon. Raises Refused."""
    sent = text(required(cell, "{{ticker}}"))
    found = reader.symbols.find(sent)
    if found is None:
        raise Refused(
            "unknown_symbol",
            f"{cell.path} is {sent!r}, which this account cannot trade: "
            f"{reader.symbols.hint(sent)}",
            cell.path,
        )
    return found[0], sent, found[1]


def _kind(value: object) -> str:
    if isinstance(value, Number | NotANumber):
        return "a number"
    return _KINDS.get(type(value), "text")
