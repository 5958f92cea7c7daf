"""``countersign settings export`` and ``import``: an account's settings as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from app.ground import ground
from app.trading import make_front
from engine.api.settings_views import ImportView
from engine.api.settings_window import ImportWish
from foundation.errors import InvalidInput
from foundation.ids import new_id
from foundation.settings import Settings


async def export(settings: Settings, account_id: str) -> bytes:
    """The settings in force as the text of a file. Raises NotFound."""
    async with ground(settings) as base:
        front = make_front(base)
        owner = await front.accounts.owner(account_id)
        return as_json(await front.settings.export(owner, account_id))


async def bring_in(settings: Settings, path: Path, account_id: str, *, save: bool) -> ImportView:
    """What the file would make of the settings, or has made of them with ``save``.

    Raises InvalidInput (no settings file, or not valid and to be saved), NotFound, Forbidden
    (read-only), Conflict (saved by somebody else meanwhile).
    """
    document = _read(path)
    async with ground(settings) as base:
        front = make_front(base)
        owner = await front.accounts.owner(account_id)
        seen = (await front.accounts.get(owner, account_id)).settings_version
        wish, key = ImportWish(document, seen, save), f"cli:{new_id(base.clock.now())}"
        return await front.settings.import_file(owner, account_id, wish, key)


def as_json(view: object) -> bytes:
    """A view as JSON: money as text, like the API."""
    return to_json(view, indent=2)


def told(found: ImportView) -> Iterator[str]:
    """The lines a person reads of an import."""
    for problem in found.check.problems:
        yield f"not valid: {problem.field}: {problem.message}"
    for change in found.check.changes:
        yield f"{change.path}: {_or_nothing(change.before)} -> {_or_nothing(change.after)}"
    if found.check.valid and not found.check.changes:
        yield "The file changes nothing."
    for remark in found.check.remarks:
        yield f"{remark.level}: {remark.text}"
    if found.ignored:
        yield f"Not understood and left out: {', '.join(found.ignored)}."
    if found.keys_found:
        names = ", ".join(found.keys_found)
        yield f"Exchange keys stand in the file ({names}); enter them in the Mini App."
    if found.saved:
        yield "Saved."
    elif found.receipt is not None:
        yield "Written down; it holds as soon as the engine runs."
    elif found.check.valid and found.check.changes:
        yield "Nothing was saved; add --save to save it."


def _or_nothing(value: str | None) -> str:
    return "nothing" if value is None else value


def _read(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{path}: cannot be read as JSON: {error}", field="file") from None
    if not isinstance(found, dict):
        raise InvalidInput(f"{path}: is no settings file: no JSON object.", field="file")
    return found
