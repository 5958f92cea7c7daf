"""The OpenAPI 3.1 document of the declared routes."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from engine.api.views import Accepted
from miniapp.server.openapi.layer import Operation, may_be_accepted
from miniapp.server.openapi.outside import outside
from miniapp.server.openapi.problem import CONTENT_TYPE, Problem

DECIMAL = {"type": "string", "pattern": r"^-?[0-9]+([.][0-9]+)?$"}
REF = "#/components/schemas/{model}"
Key = tuple[str, str]


def document(operations: Iterable[Operation], *, title: str, version: str) -> dict[str, Any]:
    """The whole document; deterministic for the same routes."""
    listed = list(operations)
    refs, components = _schemas(listed)
    paths: dict[str, Any] = {}
    for operation in listed:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(
            operation, refs, components
        )
    paths |= outside()
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {
            "schemas": _reached(paths, components),
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer"}},
        },
    }


def _outputs(operation: Operation) -> dict[str, Any]:
    """Status → type of each successful answer."""
    if operation.writer is None:
        return {"204": None}
    if not may_be_accepted(operation.out):
        return {str(operation.status): operation.out}
    others = [arg for arg in get_args(operation.out) if arg is not Accepted]
    out = others[0] if get_origin(operation.out) in (Union, UnionType) else Accepted
    return {str(operation.status): out, "202": Accepted}


def _schemas(operations: list[Operation]) -> tuple[dict[Key, Any], dict[str, Any]]:
    inputs: list[tuple[Key, JsonSchemaMode, TypeAdapter[Any]]] = []
    seen: set[Key] = set()

    def add(key: Key, mode: JsonSchemaMode, model: Any) -> None:
        if key not in seen:
            seen.add(key)
            inputs.append((key, mode, TypeAdapter(model)))

    add(("Problem", "out"), "serialization", Problem)
    for operation in operations:
        for where in ("path_model", "query_model", "body_model"):
            if model := getattr(operation, where):
                add((operation.id, where), "validation", model)
        for status, out in _outputs(operation).items():
            if out is not None:
                add((operation.id, status), "serialization", out)
    found, definitions = _plain_decimals(TypeAdapter.json_schemas(inputs, ref_template=REF))
    refs = {key: schema for (key, _), schema in found.items()}
    return refs, definitions.get("$defs", {})


def _plain_decimals(schema: Any) -> Any:
    """Amounts are text; pydantic would also tell that it reads numbers, and by a riddle."""
    if isinstance(schema, dict):
        choices = schema.get("anyOf", ())
        texts = [one for one in choices if _is_decimal(one)]
        if texts:
            rest = [one for one in choices if one not in texts and one.get("type") != "number"]
            others = {key: value for key, value in schema.items() if key != "anyOf"}
            return {**others, **({"anyOf": [DECIMAL, *rest]} if rest else DECIMAL)}
        if _is_decimal(schema):
            return {**schema, **DECIMAL}
        return {key: _plain_decimals(value) for key, value in schema.items()}
    if isinstance(schema, list | tuple):
        return type(schema)(_plain_decimals(one) for one in schema)
    return schema


def _is_decimal(schema: Any) -> bool:
    """By pydantic's pattern for decimals, which nobody else would write."""
    return isinstance(schema, dict) and str(schema.get("pattern")).startswith("^(?!^[-+.]*$)")


def _reached(paths: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The components somebody refers to; those of parameters are written out where they stand."""
    reached: set[str] = set()
    waiting = _references(paths)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting |= _references(components[name])
    return {name: schema for name, schema in sorted(components.items()) if name in reached}


def _references(part: Any) -> set[str]:
    if isinstance(part, dict):
        own = {str(part["$ref"]).rsplit("/", 1)[1]} if "$ref" in part else set()
        return own.union(*(_references(value) for value in part.values()))
    if isinstance(part, list | tuple):
        return set().union(*(_references(one) for one in part))
    return set()


def _operation(
    operation: Operation, refs: dict[Key, Any], components: dict[str, Any]
) -> dict[str, Any]:
    doc = inspect.getdoc(operation.handler) or operation.id
    summary, _, rest = doc.partition("\n")
    out: dict[str, Any] = {
        "operationId": operation.id,
        "summary": summary,
        "tags": [operation.tag],
        "parameters": _parameters(operation, refs, components),
        "responses": _responses(operation, refs),
    }
    if rest.strip():
        out["description"] = rest.strip()
    if not operation.public:
        out["security"] = [{"session": []}]
    if operation.body_model:
        schema = refs[(operation.id, "body_model")]
        out["requestBody"] = {
            "required": not operation.body_optional,
            "content": {"application/json": {"schema": schema}},
        }
    return out


def _parameters(
    operation: Operation, refs: dict[Key, Any], components: dict[str, Any]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for where, name in (("path", "path_model"), ("query", "query_model")):
        schema = refs.get((operation.id, name))
        if schema is None:
            continue
        schema = components[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
        needed = schema.get("required", [])
        for field, value in schema.get("properties", {}).items():
            required = where == "path" or field in needed
            rows.append({"name": field, "in": where, "required": required, "schema": value})
    if operation.acts and not operation.public:
        rows.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": 64},
            }
        )
    return rows


def _responses(operation: Operation, refs: dict[Key, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for status, kind in _outputs(operation).items():
        if kind is None:
            out[status] = {"description": "Done"}
            continue
        schema = refs[(operation.id, status)]
        text = "Written down, not decided yet" if status == "202" else "OK"
        out[status] = {"description": text, "content": {"application/json": {"schema": schema}}}
    for code, description in _errors(operation).items():
        out[str(code)] = {
            "description": description,
            "content": {CONTENT_TYPE: {"schema": refs[("Problem", "out")]}},
        }
    return out


def _errors(operation: Operation) -> dict[int, str]:
    errors = dict(operation.errors)
    errors.setdefault(422, "Invalid request")
    if operation.body_model:
        errors.setdefault(413, "Too large")
        errors.setdefault(415, "Unsupported media type")
    if not operation.public:
        errors.setdefault(401, "Sign in first")
    if operation.acts and not operation.public:
        errors.setdefault(409, "The idempotency key was used for another request")
    errors.setdefault(429, "Too many requests")
    errors.setdefault(503, "Not available right now")
    return dict(sorted(errors.items()))
