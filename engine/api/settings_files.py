"""Settings as files: our own format, and the one of other bots that people bring along.

Exchange keys in a file are named as found and never become settings; `keys_in` gives them to
whoever wants them in the key store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final, Literal

from pydantic import ValidationError

from engine.api.keys import GivenKeys
from engine.api.settings_faults import problems
from engine.api.settings_views import ExportView, FieldProblem
from engine.domain.choices.catalogue import catalogue
from engine.domain.choices.versions import SCHEMA_VERSION
from engine.domain.settings import AccountSettings
from foundation import limits
from foundation.errors import InvalidInput

FORMAT: Final = "countersign/settings"
_KEY: Final = ("api_key", "apikey", "key")
_SECRET: Final = ("api_secret", "apisecret", "secret_key", "secret")
_SECRETIVE: Final = (*_KEY, *_SECRET, "passphrase", "password", "token")
_FOREIGN: Final = {
    "risk_engine": {
        "evaluate_interval": "evaluate_interval_seconds",
        "min_close_notional": "min_close_notional_usd",
    },
}
"""Names that say the same as ours."""
_MARKS: Final = ("risk_engine", "dca_grid_config_default", "exchange_api")
_TAKEN: Final = frozenset(AccountSettings.model_fields) - {"schema_version", "read_only"}


@dataclass(frozen=True, slots=True)
class Read:
    """A file as understood: the whole document it asks for, and what it held besides."""

    source: Literal["own", "foreign"]
    document: Mapping[str, Any]
    keys_found: tuple[str, ...]
    ignored: tuple[str, ...]
    shape_differs: bool = False


def export(settings: AccountSettings, at: datetime) -> ExportView:
    """The file of these settings."""
    return ExportView(FORMAT, SCHEMA_VERSION, shape(), at, settings)


def shape() -> str:
    """A checksum of every field's path, type and bounds: equal shapes understand each other."""
    names = ("path", "kind", "unit", "bounds", "default")
    rows = [{name: getattr(row, name) for name in names} for row in catalogue()]
    return blake2b(json.dumps(rows).encode(), digest_size=8).hexdigest()


def read(given: Mapping[str, Any], current: AccountSettings) -> Read:
    """Understand a file; a foreign one only says what differs from ``current``.

    Raises InvalidInput when it is neither format.
    """
    found = tuple(path for path, _ in _keys(given, ""))[: limits.SETTINGS_FINDINGS_MAX]
    if given.get("format") == FORMAT and isinstance(given.get("settings"), Mapping):
        other = given.get("shape") != shape()
        return Read("own", dict(given["settings"]), found, (), other)
    if any(isinstance(given.get(mark), Mapping | list) for mark in _MARKS):
        document, ignored = _translated(given, current)
        return Read("foreign", document, found, ignored)
    if "schema_version" in given:
        return Read("own", dict(given), found, ())
    raise InvalidInput(
        f"This is no settings file: it has neither format {FORMAT!r} nor one of "
        f"{', '.join(_MARKS)}.",
        field="document",
    )


def parsed(document: Mapping[str, Any]) -> AccountSettings | tuple[FieldProblem, ...]:
    """The document, or every field that keeps it from being one."""
    try:
        return AccountSettings.model_validate(dict(document))
    except ValidationError as error:
        return problems(error)


def _translated(
    given: Mapping[str, Any], current: AccountSettings
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The current document with what the foreign one says, and what it says in vain."""
    document = current.model_dump()
    ignored: list[str] = []
    for name, value in given.items():
        if name == "risk_engine" and isinstance(value, Mapping):
            document["risk"], extra = _section(name, value, document["risk"])
            ignored += extra
        elif name == "dca_grid_config_default":
            document["ladder"] = value
        elif name == "exchange_api" and isinstance(value, Mapping):
            ignored += [f"{name}.{part}" for part in value if not _secretive(str(part))]
        elif name in _TAKEN:
            document[name] = value
        elif not _secretive(name):
            ignored.append(name)
    return document, tuple(ignored[: limits.SETTINGS_FINDINGS_MAX])


def _section(
    name: str, value: Mapping[str, Any], ours: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    same, ignored = _FOREIGN[name], []
    for part, amount in value.items():
        known = same.get(part, part)
        if known in ours:
            ours[known] = amount
        else:
            ignored.append(f"{name}.{part}")
    return ours, ignored


def _secretive(name: str) -> bool:
    return name.lower() in _SECRETIVE


def _keys(value: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Where something that looks like an exchange key stands, and what it says."""
    if depth > limits.SIGNAL_DEPTH_MAX:
        return
    if isinstance(value, Mapping):
        for name, part in value.items():
            inner = f"{path}.{name}" if path else str(name)
            if _secretive(str(name)) and isinstance(part, str) and part:
                yield inner, part
            else:
                yield from _keys(part, inner, depth + 1)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _keys(part, f"{path}[{index}]", depth + 1)


def keys_in(given: Mapping[str, Any]) -> GivenKeys | None:
    """Key and secret of the file's exchange, if it has both."""
    section = given.get("exchange_api")
    if not isinstance(section, Mapping):
        return None
    values = {str(k).lower(): v for k, v in section.items() if isinstance(v, str) and v}
    key = next((values[name] for name in _KEY if name in values), None)
    secret = next((values[name] for name in _SECRET if name in values), None)
    return GivenKeys(key, secret) if key and secret else None
