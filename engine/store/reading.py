"""Records made into domain objects, kind by kind of column and not value by value.

Ten thousand groups hold the same few percentages and the same zero a hundred thousand times
over, and an order has the price of its leg: equal values of one reading share one object.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
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


class Columns(Generic[Kind]):
    """How rows are read as objects of a dataclass; ``select`` names the columns to read.

    Columns are named like fields. ``keys`` come before them, ``decoded`` are kept as JSON and
    read by their functions, ``without`` are fields that no column keeps.
    """

    def __init__(
        self,
        kind: type[Kind],
        *,
        keys: Sequence[str] = (),
        decoded: Mapping[str, Decode] | None = None,
        without: Sequence[str] = (),
    ) -> None:
        self._kind = kind
        names = [field.name for field in fields(kind) if field.name not in without]  # type: ignore[arg-type]  # a dataclass
        hints = get_type_hints(kind)
        words = {name: _words(hints[name]) for name in names} | dict(decoded or {})
        decoders = {name: decode for name, decode in words.items() if decode is not None}
        numbers = [name for name in names if Decimal in _types(hints[name])]
        shared = [
            name for name in names if name not in decoders and _types(hints[name]) & _SHAREABLE
        ]
        taken = {*numbers, *decoders, *shared}
        order = [*numbers, *decoders, *shared, *(name for name in names if name not in taken)]
        self._keys = len(keys)
        self._decoders = tuple(decoders.values())
        self._numbers_end = self._keys + len(numbers)
        self._decoded_end = self._numbers_end + len(decoders)
        self._shared_end = self._decoded_end + len(shared)
        self._arranged = itemgetter(*(order.index(name) for name in names))
        self.names = tuple(names)
        # numbers come as text, for that is how they are looked up
        texts = [f'"{name}"::text as "{name}"' for name in numbers]
        others = order[len(numbers) :]
        self.select = ", ".join([*map(_quoted, keys), *texts, *map(_quoted, others)])

    def values(self, row: tuple[Any, ...], seen: Seen) -> tuple[Any, ...]:
        """The values of the fields, in their order."""
        numbers, decoded, shared = self._numbers_end, self._decoded_end, self._shared_end
        alike = row[decoded:shared]
        words = zip(self._decoders, row[numbers:decoded], strict=True)
        made: tuple[Any, ...] = self._arranged(
            (
                *map(seen.number, row[self._keys : numbers]),
                *[decode(word) for decode, word in words],
                *map(seen.shared, alike, alike),
                *row[shared:],
            )
        )
        return made

    def read(self, row: tuple[Any, ...], seen: Seen) -> Kind:
        """The object, when columns keep all of its fields."""
        return self._kind(*self.values(row, seen))

    def named(self, row: tuple[Any, ...], seen: Seen) -> dict[str, Any]:
        """The values by the names of the fields, when there are others besides."""
        return dict(zip(self.names, self.values(row, seen), strict=True))


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
