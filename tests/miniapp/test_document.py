"""The published document is the one the server serves, and says what it must."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from miniapp.server.app import all_routes, openapi

ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "docs" / "api" / "openapi.json"
CONTRACT = ROOT / "miniapp" / "web" / "src" / "api" / "contract.ts"
HOW = "run `python -m miniapp.server.openapi > docs/api/openapi.json`, then `npm run generate`"


def without_version(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "info": {**document["info"], "version": ""}}


def test_the_committed_document_is_the_servers() -> None:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    ours = json.loads(json.dumps(openapi()))
    assert without_version(committed) == without_version(ours), HOW


def test_the_page_knows_every_object_of_the_document() -> None:
    text = CONTRACT.read_text(encoding="utf-8")
    for name, schema in openapi()["components"]["schemas"].items():  # type: ignore[index]  # a document
        spelled = re.sub(r"_+$", "", re.sub(r"[^A-Za-z0-9_]+", "_", name))
        if "properties" not in schema:
            continue
        found = re.search(rf"export interface {spelled} {{(.*?)\n}}", text, re.S)
        assert found, f"{name}: {HOW}"
        fields = set(re.findall(r"readonly (\w+)\??:", found[1]))
        assert set(schema["properties"]) <= fields, f"{name}: {HOW}"


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    paths: Any = openapi()["paths"]
    return [(path, method, op) for path, ops in paths.items() for method, op in ops.items()]


def test_every_operation_tells_its_errors() -> None:
    for path, method, operation in operations():
        if not path.startswith("/api/v1"):
            continue
        statuses = set(operation["responses"])
        assert {"422", "429", "503"} <= statuses, (path, method)
        if operation["operationId"] != "open_session":
            assert "401" in statuses, (path, method)
            assert operation["security"] == [{"session": []}]
        if "{" in path and "{symbol}" not in path:
            assert "404" in statuses, (path, method)


def test_names_are_unique() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    routes = [(route.method, route.path) for route in all_routes().operations]
    assert len(routes) == len(set(routes))


@pytest.mark.parametrize("word", ["number", "float"])
def test_amounts_are_text(word: str) -> None:
    """The only numbers with a fraction are ages in seconds and what is measured of a venue."""

    def fractions(part: Any, where: str) -> list[str]:
        if isinstance(part, dict):
            own = [where] if part.get("type") == word else []
            return own + [one for k, v in part.items() for one in fractions(v, f"{where}.{k}")]
        if isinstance(part, list):
            return [one for n, v in enumerate(part) for one in fractions(v, f"{where}.{n}")]
        return []

    found = fractions(openapi(), "")
    measured = (".heartbeat_age.", ".VenueView.properties.")
    assert all(any(name in one for name in measured) for one in found), found
