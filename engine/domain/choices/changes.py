"""What differs between two settings documents: field by field, with values as people read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from engine.domain.choices.catalogue import unit_of
from engine.domain.settings import AccountSettings
from foundation.money import plain

SILENT = ("schema_version",)
"""What says nothing to a person."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field: its path (``ladder[2].gap_percent``), and None where it was or is not there.

    Values are plain text: numbers without exponent, ``off`` for what is switched off.
    """

    path: str
    before: str | None
    after: str | None
    unit: str


def differences(before: AccountSettings, after: AccountSettings) -> tuple[Change, ...]:
    """Every field in which the documents differ, in the document's order."""
    old = dict(_flat(before.model_dump(exclude=set(SILENT)), ""))
    new = dict(_flat(after.model_dump(exclude=set(SILENT)), ""))
    paths = [*new, *(path for path in old if path not in new)]
    return tuple(
        Change(path, old.get(path), new.get(path), unit_of(path))
        for path in paths
        if old.get(path) != new.get(path)
    )


def sentence(changes: tuple[Change, ...], most: int = 3) -> str:
    """``max_open_groups 10 → 5, ladder[0].tp_percent 1 → 1.5 % and 2 more``; or ``no change``."""
    if not changes:
        return "no change"
    shown = [_said(change) for change in changes[:most]]
    more = f" and {len(changes) - most} more" if len(changes) > most else ""
    return ", ".join(shown) + more


def _said(change: Change) -> str:
    unit = f" {change.unit}" if change.unit else ""
    return f"{change.path} {change.before or 'none'} → {change.after or 'none'}{unit}"


def _flat(value: Any, path: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, part in value.items():
                name = f"[{key}]" if path.endswith("pyramid_levels") else f".{key}"
                yield from _flat(part, f"{path}{name}" if path else str(key))
        case list() | tuple():
            if all(isinstance(part, StrEnum) for part in value):
                yield path, ", ".join(value) or "none"
                return
            for index, part in enumerate(value):
                yield from _flat(part, f"{path}[{index}]")
        case _:
            yield path, _text(value)


def _text(value: Any) -> str:
    match value:
        case None:
            return "off"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return plain(value)
        case _:
            return str(value)
