"""Schema versions of the settings document: every older one loads as if it were written today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

SCHEMA_VERSION: Final = 2
"""The version this program writes."""

Document = dict[str, Any]


def _to_2(document: Document) -> Document:
    """Version 1 knew no sections; what it did not say stands at today's defaults."""
    return document


STEPS: Final[Mapping[int, Callable[[Document], Document]]] = {1: _to_2}
"""By the version they start from; each leads to the next."""


def migrated(given: Mapping[str, Any]) -> Document:
    """The document in today's shape; one without a version is read as today's.

    Raises:
        ValueError: it is of a version this program does not know, with the fix in words.
    """
    document = dict(given)
    version = document.get("schema_version", SCHEMA_VERSION)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ValueError(f"schema_version: {version!r} is no version; use {SCHEMA_VERSION}")
    if version > SCHEMA_VERSION:
        raise ValueError(
            f"schema_version: {version} is newer than this program, which knows up to "
            f"{SCHEMA_VERSION}; update it first"
        )
    while version < SCHEMA_VERSION:
        document = STEPS[version](document)
        version += 1
    return document | {"schema_version": version}
