"""Every setting as a row: its path, type, unit, bounds, default and explanation.

Forms, the table in the documentation and the sentences about differences all come from here, so
that the settings document stays the only place where a setting is described.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import EnumType, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engine.domain.settings import AccountSettings
from foundation.money import plain

_UNITS: Final = {
    "_percent": "%",
    "_usd": "USD",
    "_minutes": "min",
    "_seconds": "s",
    "_hours": "h",
}
_SAID: Final = re.compile(r"\bin (USD|%|minutes|s)[,;.]")
_SAID_UNITS: Final = {"minutes": "min"}
_LABELS: Final = {Ge: "≥", Gt: ">", Le: "≤", Lt: "<", MinLen: "at least", MaxLen: "at most"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``path`` has dots between sections and ``[]`` for each item of a list.

    ``variant`` says which kind of item it belongs to, where a list has several; ``info`` is the
    field itself, for whoever needs more than text.
    """

    path: str
    kind: str
    unit: str
    bounds: str
    default: str
    explanation: str
    variant: str = ""
    info: FieldInfo = field(default_factory=FieldInfo, repr=False, compare=False)


@cache
def catalogue() -> tuple[Setting, ...]:
    """Every setting of the document, in its order."""
    return tuple(_rows(AccountSettings, ""))


def unit_of(path: str) -> str:
    """The unit of a value at a path such as ``ladder[2].gap_percent``; empty without one."""
    return _units().get(re.sub(r"(\[[^]]*\])+", "[]", path), "")


@cache
def _units() -> Mapping[str, str]:
    return {row.path: row.unit for row in catalogue()}


def _rows(model: type[BaseModel], prefix: str, variant: str = "") -> Iterator[Setting]:
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        inner = sections_of(info.annotation)
        listed = _listed(info.annotation)
        if inner and not listed:
            for section in inner:
                yield from _rows(section, f"{path}.")
            continue
        unit, bounds = _unit(name, info), _bounds(info)
        default, why = _default(info), _why(info)
        yield Setting(path, _kind(info), unit, bounds, default, why, variant, info)
        for section in inner:
            yield from _rows(section, f"{path}[].", _variant(section) if inner[1:] else variant)


def _variant(section: type[BaseModel]) -> str:
    """What tells an item of this section from the others of its list."""
    return str(section.model_fields["kind"].default)


def sections_of(annotation: Any) -> list[type[BaseModel]]:
    """The sections a type is made of, wherever in it they stand."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    found: list[type[BaseModel]] = []
    for part in get_args(annotation):
        found += [one for one in sections_of(part) if one not in found]
    return found


def _listed(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return origin is tuple or (isinstance(origin, type) and issubclass(origin, Mapping))


def _kind(info: FieldInfo) -> str:
    parts = [part for part in _flat(info.annotation) if part is not NoneType]
    origin = get_origin(info.annotation)
    if origin is tuple:
        return "list"
    if _listed(info.annotation):
        return "list by index"
    choices = [choice for part in parts for choice in _choices(part)]
    if choices:
        return " / ".join(choices)
    names = {bool: "yes / no", int: "whole number", Decimal: "number", str: "text"}
    return next((names[part] for part in parts if part in names), "text")


def _flat(annotation: Any) -> Iterator[Any]:
    """The members of unions, without what annotates them."""
    if get_origin(annotation) is Annotated:
        yield from _flat(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _flat(part)
    else:
        yield annotation


def _choices(part: Any) -> list[str]:
    if get_origin(part) is Literal:
        return [str(value) for value in get_args(part)]
    if isinstance(part, EnumType) and issubclass(part, StrEnum):
        return [member.value for member in part]
    return []


def _unit(name: str, info: FieldInfo) -> str:
    for ending, unit in _UNITS.items():
        if name.endswith(ending):
            return unit
    said = _SAID.search(_why(info))
    return _SAID_UNITS.get(said[1], said[1]) if said else ""


def _bounds(info: FieldInfo) -> str:
    parts = []
    for rule in info.metadata:
        label = _LABELS.get(type(rule))
        if label is None:
            continue
        value = getattr(rule, fields(rule)[0].name)
        parts.append(f"{label} {_text(value)}")
    return ", ".join(parts)


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "required"
    return _text(info.get_default(call_default_factory=True, validated_data={}))


def _text(value: Any) -> str:
    match value:
        case None:
            return "off"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return plain(value)
        case StrEnum():
            return value.value
        case BaseModel():
            return "/".join(_text(part) for _, part in value)
        case tuple() | dict():
            return ", ".join(_text(part) for part in value) or "none"
        case _:
            return str(value)


def _why(info: FieldInfo) -> str:
    return info.description or ""
