"""The catalogue as a form: sections with titles, and of each setting what its input needs.

A setting that no section names by its path stands in the last one, so that a new one is never
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engine.domain.choices.catalogue import Setting, catalogue, sections_of
from engine.domain.choices.changes import SILENT
from engine.domain.choices.ladder import LegSettings
from engine.domain.settings import AccountSettings
from foundation.money import plain

Kind = Literal["switch", "choice", "whole", "number", "text", "order", "ladder", "ladders", "items"]

_LISTS: Final = ("ladder", "ladders", "items")
_UNIT_NAMES: Final = re.compile(r"_(percent|usd|minutes|seconds|hours)$")
_UNIT_SAID: Final = re.compile(r", in (USD|%|minutes|s)(?=[,;.])")
_SPELT: Final = {"dca": "DCA", "tp": "take-profit"}


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of what a number may be; an ``open`` end is not reached itself."""

    value: str
    open: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One setting as a form needs it.

    ``optional`` settings can be off (null). ``start`` is what a new item of a list begins with;
    ``variant`` the kind of item the setting belongs to. Bounds of a list count its items.
    """

    path: str
    kind: Kind
    label: str
    explanation: str
    unit: str
    optional: bool
    choices: tuple[str, ...]
    low: Bound | None
    high: Bound | None
    start: str | None
    variant: str


@dataclass(frozen=True, slots=True)
class FormGroup:
    """Settings that stand under one heading; ``path`` is the part of the document, if it is one."""

    path: str
    title: str
    explanation: str
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True)
class FormSection:
    """One page of the form."""

    name: str
    title: str
    explanation: str
    groups: tuple[FormGroup, ...]


_SECTIONS: Final = (
    (
        "capital",
        "Capital and size",
        "Capital, slots, size of an entry.",
        ("total_capital_usd", "max_open_groups", "max_pyramids", "sizing."),
    ),
    (
        "ladders",
        "Ladders",
        "Where the legs stand.",
        ("ladder", "pyramid_levels", "market_ladders"),
    ),
    (
        "targets",
        "Take profit",
        "When a position is closed in profit.",
        ("tp_", "brackets."),
    ),
    ("stops", "Stops", "What closes a position early.", ("stops.",)),
    ("orders", "Orders", "How orders are sent.", ("orders.",)),
    (
        "queue",
        "Waiting queue",
        "Who gets the next free slot.",
        ("queue_", "queue."),
    ),
    ("risk", "Risk engine", "When winners pay for a loser.", ("risk.",)),
    (
        "protection",
        "Account protection",
        "Limits, drawdown guard, locks.",
        ("protection.",),
    ),
    (
        "approvals",
        "Approvals",
        "How offers are put to you.",
        ("auto_approve", "undo_seconds", "offer_", "max_drift_"),
    ),
    ("other", "More settings", "What stands in no other place.", ("",)),
)


@cache
def form() -> tuple[FormSection, ...]:
    """Every setting a person may decide, section by section."""
    groups = {name: dict[str, list[Control]]() for name, *_ in _SECTIONS}
    for row in catalogue():
        if row.path in (*SILENT, "read_only") or _is_tag(row):
            continue
        control, found = _control(row), groups[_section(row.path)]
        parent = row.path if control.kind in _LISTS else _parent(row.path)
        found.setdefault(parent, []).append(control)
    titles = dict(_headings(AccountSettings, ""))
    return tuple(
        FormSection(
            name,
            title,
            why,
            tuple(
                FormGroup(path, *titles.get(path, ("", "")), tuple(rows))
                for path, rows in sorted(groups[name].items(), key=lambda one: one[0] != "")
            ),
        )
        for name, title, why, _ in _SECTIONS
        if groups[name]
    )


def _section(path: str) -> str:
    return next(
        name for name, _, _, starts in _SECTIONS if any(path.startswith(one) for one in starts)
    )


def _parent(path: str) -> str:
    """The part of the document under whose heading a setting stands; a list has its own."""
    whole, item, _ = path.partition("[]")
    return whole if item else whole.rpartition(".")[0]


def _is_tag(row: Setting) -> bool:
    return bool(row.variant) and row.path.endswith("].kind")


def _headings(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, info in model.model_fields.items():
        for section in sections_of(info.annotation):
            yield f"{prefix}{name}", (_label(name, info), info.description or "")
            yield from _headings(section, f"{prefix}{name}.")


def _control(row: Setting) -> Control:
    info = row.info
    low, high = _bounds(info)
    kind = _kind(info)
    return Control(
        path=row.path,
        kind=kind,
        label=_label(row.path.rpartition(".")[2], info),
        explanation=_UNIT_SAID.sub("", row.explanation),
        unit=row.unit,
        optional=NoneType in get_args(info.annotation),
        choices=_choices(row, info),
        low=low,
        high=high,
        start=None if kind in (*_LISTS, "order") else _start(info),
        variant=row.variant,
    )


def _start(info: FieldInfo) -> str | None:
    given = info.examples or [None if info.is_required() else info.get_default()]
    return None if given[0] is None else _text(given[0])


def _label(name: str, info: FieldInfo) -> str:
    if info.title:
        return info.title
    words = [_SPELT.get(word, word) for word in _UNIT_NAMES.sub("", name).split("_")]
    first, *rest = words
    return " ".join((first[:1].upper() + first[1:], *rest))


def _kind(info: FieldInfo) -> Kind:
    sections = sections_of(info.annotation)
    if get_origin(info.annotation) is tuple:
        return "ladder" if sections == [LegSettings] else "items" if sections else "order"
    if sections:
        return "ladders"
    parts = list(_leaves(info.annotation))
    if bool in parts:
        return "switch"
    if any(isinstance(one, type) and issubclass(one, StrEnum) for one in parts):
        return "choice"
    if any(get_origin(one) is Literal for one in parts):
        return "choice"
    return "whole" if int in parts else "number" if Decimal in parts else "text"


def _leaves(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal or not get_args(annotation):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _leaves(part)


def _choices(row: Setting, info: FieldInfo) -> tuple[str, ...]:
    if row.kind == "list":
        found = [one for one in _leaves(info.annotation) if isinstance(one, type)]
        named = next((one for one in found if issubclass(one, StrEnum)), None)
        if named is not None:
            return tuple(member.value for member in named)
        tags = [s.model_fields.get("kind") for s in sections_of(info.annotation)]
        return tuple(str(tag.default) for tag in tags if tag is not None)
    return tuple(row.kind.split(" / ")) if _kind(info) == "choice" else ()


def _bounds(info: FieldInfo) -> tuple[Bound | None, Bound | None]:
    low = high = None
    for rule in info.metadata:
        match rule:
            case Ge():
                low = Bound(_text(rule.ge), open=False)
            case Gt():
                low = Bound(_text(rule.gt), open=True)
            case Le():
                high = Bound(_text(rule.le), open=False)
            case Lt():
                high = Bound(_text(rule.lt), open=True)
            case _ if hasattr(rule, "min_length"):
                low = Bound(str(rule.min_length), open=False)
            case _ if hasattr(rule, "max_length"):
                high = Bound(str(rule.max_length), open=False)
    return low, high


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case _:
            return str(value)
