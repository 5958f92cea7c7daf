"""Records made into domain objects, column by column and not value by value.

Ten thousand groups hold the same few percentages and the same zero a hundred thousand times
over, and an order has the price of its leg: equal values of one reading share one object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from typing import Any, Final, Generic, TypeVar, get_args, get_type_hints

Kind = TypeVar("Kind")
Decode = Callable[[Any], Any]


class _Numbers(dict[str | None, Decimal | None]):
    """Every number by its text: made once, found afterwards."""

    def __missing__(self, text: str | None) -> Decimal | None:
        self[text] = number = Decimal(text) if text is not None else None
        return number


class Seen:
    """What one reading has seen already."""

    __slots__ = ("number", "shared")

    def __init__(self) -> None:
        self.number: Decode = _Numbers().__getitem__
        self.shared: Callable[[Any, Any], Any] = {}.setdefault


_Way = Callable[[Sequence[Any], Seen], Iterable[Any]]
"""How a whole column becomes the values of a field."""


class Columns(Generic[Kind]):
    """How rows are read as objects of a dataclass; ``select`` names the columns to read.

    Columns are named like fields and stand in their order. ``keys`` come before them, ``decoded``
    are kept as JSON and read by their functions, ``without`` are fields that no column keeps.
    """

    def __init__(
        self,
        kind: type[Kind],
        *,
        keys: Sequence[str] = (),
        decoded: Mapping[str, Decode] | None = None,
        without: Sequence[str] = (),
    ) -> None:
        hints = get_type_hints(kind)
        self._kind = kind
        self._keys = len(keys)
        self._ways: list[tuple[str, _Way | None]] = []
        selected = [*map(_quoted, keys)]
        for name in (field.name for field in fields(kind)):  # type: ignore[arg-type]  # a dataclass
            if name in without:
                self._ways.append((name, None))
                continue
            decode = (decoded or {}).get(name) or _words(hints[name])
            self._ways.append((name, _way(hints[name], decode)))
            # numbers come as text, for that is how they are looked up
            number = decode is None and Decimal in _types(hints[name])
            selected.append(f'"{name}"::text as "{name}"' if number else _quoted(name))
        self.select = ", ".join(selected)
        self.width = len(selected)

    def read(
        self, rows: Sequence[Iterable[Any]], seen: Seen, **without: Sequence[Any]
    ) -> list[Kind]:
        """The objects of the rows, in their order.

        ``without`` brings the fields that no column keeps, a value for each row.
        """
        if not rows:
            return []
        columns = islice(zip(*rows, strict=True), self._keys, None)
        values = [
            without[name] if way is None else way(next(columns), seen) for name, way in self._ways
        ]
        return list(map(self._kind, *values))


def _way(hint: Any, decode: Decode | None) -> _Way:
    if decode is not None:
        return lambda column, _seen: map(decode, column)
    if Decimal in _types(hint):
        return lambda column, seen: map(seen.number, column)
    if _types(hint) & _SHAREABLE:
        return lambda column, seen: map(seen.shared, column, column)
    return lambda column, _seen: column


_SHAREABLE: Final = {str, datetime}


def _quoted(name: str) -> str:
    return f'"{name}"'


def _types(hint: Any) -> set[Any]:
    """The types a hint allows."""
    return set(get_args(hint)) or {hint}


def _words(hint: Any) -> Decode | None:
    """How a word of a closed vocabulary is read; None for every other type."""
    for kind in _types(hint):
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            known: dict[str | None, StrEnum | None] = {word.value: word for word in kind}
            return (known | {None: None}).__getitem__
    return None
