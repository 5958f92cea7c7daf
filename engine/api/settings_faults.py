"""What keeps a document from being settings, one sentence a field, said as a person would."""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic import ValidationError

from engine.api.settings_views import FieldProblem
from engine.domain.choices.catalogue import catalogue, unit_of
from foundation import limits
from foundation.money import plain

_NUMBERS: Final = ("int_parsing", "int_type", "decimal_parsing", "decimal_type", "finite_number")
_SENTENCES: Final = {
    "greater_than": "must be above {gt}{unit}",
    "greater_than_equal": "must be {ge}{unit} or more",
    "less_than": "must be below {lt}{unit}",
    "less_than_equal": "must be {le}{unit} or less",
    "missing": "is missing",
    "extra_forbidden": "is no setting",
    "int_from_float": "must be a whole number",
    "decimal_max_digits": "has too many digits",
    "decimal_max_places": "may have {decimal_places} places after the point",
    "decimal_whole_digits": "is too large",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "union_tag_invalid": "must be one of {expected_tags}",
    "bool_parsing": "must be yes or no",
    "bool_type": "must be yes or no",
}
_NAMED: Final = re.compile(r"([a-z][a-z_]*)(?: ([1-4]))?(?: [^:]*)?: (.*)", re.DOTALL)
"""``stop_percent: why`` or ``pyramid_levels 2: why``, as the document's own checks speak."""


def problems(error: ValidationError) -> tuple[FieldProblem, ...]:
    """Every wrong field, in the document's order; at most so many as anybody reads."""
    rows = error.errors(include_url=False, include_input=False)
    found = [_problem(row) for row in rows[: limits.SETTINGS_FINDINGS_MAX]]
    # a list whose items are all wrong is called too short as well, which says nothing
    inside = {one.field.partition("[")[0] for one in found if "[" in one.field}
    return tuple(one for one in found if one.code != "too_short" or one.field not in inside)


def _problem(row: Any) -> FieldProblem:
    path, code = path_of(row["loc"]), row["type"]
    if code == "value_error":
        return _of_check(path, str(row["ctx"]["error"]))
    if code in _NUMBERS:
        return FieldProblem(path, "number", "must be a number")
    said = _SENTENCES.get(code)
    if said is None:
        return FieldProblem(path or "settings", code, row["msg"])
    unit = f" {found}" if (found := unit_of(path)) else ""
    context = {name: _text(value) for name, value in row.get("ctx", {}).items()}
    return FieldProblem(path, code, said.format(**context, unit=unit))


def _of_check(path: str, text: str) -> FieldProblem:
    """A check over several fields names the one it is about."""
    found = _NAMED.fullmatch(text)
    if found is None:
        return FieldProblem(path or "settings", "check", text)
    name, index, why = found.groups()
    if path.startswith("market_ladders["):
        name = "ladder"
    inner = f"{path}.{name}" if path else name
    return FieldProblem(inner + (f"[{index}]" if index else ""), "check", why)


def path_of(place: tuple[int | str, ...]) -> str:
    """``("ladder", 2, "gap_percent")`` as ``ladder[2].gap_percent``; the kind of an item says
    nothing about where it stands."""
    kinds = {row.variant for row in catalogue() if row.variant}
    path, before = "", None
    for part in place:
        if part == "[key]" or (isinstance(before, int) and part in kinds):
            continue
        if isinstance(part, int) or before == "pyramid_levels":
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
        before = part
    return path


def _text(value: object) -> str:
    try:
        return plain(value)  # type: ignore[arg-type]  # whatever it is, it is told as text
    except (TypeError, ValueError):
        return str(value)
