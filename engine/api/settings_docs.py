"""Writes docs/settings.md: ``python -m engine.api.settings_docs > docs/settings.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from engine.domain.choices.catalogue import Setting, catalogue
from engine.domain.choices.templates import TEMPLATES
from engine.domain.choices.versions import SCHEMA_VERSION

_HEAD = f"""# Settings

Every account has one settings document. A default stands in that document or it does not exist;
this page is made from it (`python -m engine.api.settings_docs > docs/settings.md`) and a test
keeps it up to date. Schema version: {SCHEMA_VERSION}; older documents are understood.

- They are edited in the Mini App (More → Settings), whose form is made from the same rows, by API
  and by file.
- Every save is a version with author, time and difference; any version can be restored.
- A change holds for new decisions. An open position keeps the version it opened with, and each of
  its entries the ladder it was drawn with, until the settings are applied to open positions.
- `[]` stands for each item of a list; "off" means that the setting does nothing.
- Amounts are numbers as text ("0.5"), percentages are percent, not fractions.
"""
_TABLE = """
| setting | type | unit | bounds | default | what it does |
|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    return "".join(_parts())


def _parts() -> Iterator[str]:
    yield _HEAD
    sections: dict[str, list[Setting]] = {}
    for row in catalogue():
        sections.setdefault(_section(row.path), []).append(row)
    for name, rows in sections.items():
        yield f"\n## {name}\n{_TABLE}"
        yield from map(_row, rows)
    yield "\n## Templates\n\n"
    for one in TEMPLATES.values():
        yield f"- **{one.title}** (`{one.name}`): {one.explanation}\n"


def _section(path: str) -> str:
    """The part of the document a setting stands in; what stands in none is general."""
    first, dot, _ = path.partition(".")
    return first.removesuffix("[]") if dot else "General"


def _row(row: Setting) -> str:
    cells = (f"`{row.path}`", row.kind, row.unit, row.bounds, row.default, row.explanation)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
