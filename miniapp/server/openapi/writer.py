"""Views as JSON: pydantic's writer, with amounts as plain digits, never ``0E-8``."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import SchemaSerializer, core_schema

from foundation.money import plain

_PLAIN = core_schema.plain_serializer_function_ser_schema(
    plain, return_schema=core_schema.str_schema(), when_used="json-unless-none"
)


class Writer:
    """Writes values of one type as JSON text."""

    def __init__(self, kind: Any) -> None:
        schema = _with_plain_decimals(TypeAdapter(kind).core_schema)
        self._serializer = SchemaSerializer(schema)

    def json(self, value: Any) -> bytes:
        return self._serializer.to_json(value)


def _with_plain_decimals(schema: Any) -> Any:
    """The same schema, whose decimals are written by `plain`."""
    if isinstance(schema, dict):
        changed = {key: _with_plain_decimals(value) for key, value in schema.items()}
        if changed.get("type") == "decimal":
            changed["serialization"] = _PLAIN
        return changed
    if isinstance(schema, list):
        return [_with_plain_decimals(one) for one in schema]
    if isinstance(schema, tuple):
        return tuple(_with_plain_decimals(one) for one in schema)
    return schema
