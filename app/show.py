"""Settings as they are in force, fit to be shown."""

from __future__ import annotations

from pydantic import SecretStr

from foundation.log import MASK
from foundation.settings import Settings, env_name


def settings_rows(settings: Settings) -> list[tuple[str, str]]:
    """(NAME, value) of every setting in the order of the document; secrets are masked."""
    rows = []
    for field in Settings.model_fields:
        value = getattr(settings, field)
        if isinstance(value, SecretStr):
            shown = MASK
        elif isinstance(value, tuple):
            shown = ",".join(str(item) for item in value)
        else:
            shown = "" if value is None else str(value)
        rows.append((env_name(field), shown))
    return rows
