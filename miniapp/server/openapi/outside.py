"""What the document tells of addresses beside the typed API: alerts, liveness, readiness."""

from __future__ import annotations

from typing import Any

from miniapp.server.openapi.problem import CONTENT_TYPE

_PROBLEM = {"schema": {"$ref": "#/components/schemas/Problem"}}
_TEXT = {"type": ["string", "null"]}
_ACCEPTANCE = {
    "type": "object",
    "properties": dict.fromkeys(("receipt", "status", "code", "message", "field"), _TEXT),
    "required": ["receipt", "status", "code", "message", "field"],
}


def outside() -> dict[str, Any]:
    """Paths to put beside those of the typed API."""
    return {
        "/hooks/tradingview/{token}": {"post": _hook()},
        "/health": {
            "get": {
                "operationId": "health",
                "summary": "Whether the process is alive, and what it knows of the rest.",
                "tags": ["house"],
                "parameters": [],
                "responses": {
                    "200": {
                        "description": "Alive",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                },
            }
        },
        "/ready": {
            "get": {
                "operationId": "ready",
                "summary": "Whether database and engine are there.",
                "tags": ["house"],
                "parameters": [],
                "responses": {
                    "200": {
                        "description": "Ready",
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "503": {"description": "Not ready", "content": {CONTENT_TYPE: _PROBLEM}},
                },
            }
        },
    }


def _hook() -> dict[str, Any]:
    answer = {"application/json": {"schema": _ACCEPTANCE}}
    token = {"type": "string", "minLength": 1, "description": "From the hook's own address."}
    responses: dict[str, Any] = {
        "202": {"description": "A receipt: accepted, duplicate, stale or refused"},
        "401": {"description": "The body's secret is not the hook's"},
        "404": {"description": "No such hook"},
        "429": {"description": "Too many alerts"},
        "503": {"description": "The database is away; nothing was stored"},
    }
    for response in responses.values():
        response["content"] = answer
    for status, text in (("413", "Too large"), ("422", "The body did not come")):
        responses[status] = {"description": text, "content": {CONTENT_TYPE: _PROBLEM}}
    return {
        "operationId": "receive_alert",
        "summary": "Take an alert as TradingView posts it; every one gets a receipt.",
        "tags": ["house"],
        "parameters": [{"name": "token", "in": "path", "required": True, "schema": token}],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/plain": {"schema": {"type": "string"}},
            },
        },
        "responses": dict(sorted(responses.items())),
    }
