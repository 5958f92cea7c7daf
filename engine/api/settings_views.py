"""What is shown of settings: versions, checks, files, templates, and what applying would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from engine.domain.choices.changes import Change
from engine.domain.choices.forms import FormSection
from engine.domain.settings import AccountSettings
from engine.policy.linter import Remark

__all__ = [
    "ApplyView",
    "Change",
    "CheckView",
    "ExportView",
    "FieldProblem",
    "FormView",
    "GroupChangesView",
    "ImportView",
    "Remark",
    "SavedView",
    "TemplateView",
    "VersionView",
]


@dataclass(frozen=True, slots=True)
class VersionView:
    """One saved version and how it differs from the one before; ``author`` is a user id."""

    version: int
    author: str
    by_you: bool
    created_at: datetime
    in_force: bool
    summary: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class SavedView:
    """One saved version as a whole."""

    version: int
    author: str
    by_you: bool
    created_at: datetime
    settings: AccountSettings


@dataclass(frozen=True, slots=True)
class FormView:
    """Every setting as a form needs it, section by section, and the document of all defaults."""

    sections: tuple[FormSection, ...]
    defaults: AccountSettings


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """A value that cannot be saved: where it stands, and what is wrong with it.

    ``field`` is a path as in differences (``ladder[2].gap_percent``), ``code`` is stable.
    """

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckView:
    """A document on trial: nothing is saved.

    ``remarks`` are the ladder linter's; a ``problem`` among them will refuse signals. ``riskier``
    names the changes by which more can be lost than before. ``entry_usd`` is what one entry would
    spend on the account's own ladder, and ``worst_usd`` what all of them bind at worst; null where
    only the signal can tell.
    """

    valid: bool
    problems: tuple[FieldProblem, ...]
    remarks: tuple[Remark, ...]
    changes: tuple[Change, ...]
    riskier: tuple[str, ...] = ()
    entry_usd: Decimal | None = None
    worst_usd: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ExportView:
    """A settings file. ``shape`` is a checksum of the document's fields, not of its values."""

    format: str
    schema_version: int
    shape: str
    exported_at: datetime
    settings: AccountSettings


@dataclass(frozen=True, slots=True)
class ImportView:
    """What a file would make of the settings, or has made of them when ``saved``.

    ``keys_found`` names where exchange keys stand in the file; they are never part of settings.
    ``receipt`` stands in for a save that is not decided yet.
    """

    source: Literal["own", "foreign"]
    check: CheckView
    keys_found: tuple[str, ...]
    ignored: tuple[str, ...]
    settings: AccountSettings | None
    saved: bool
    receipt: str | None


@dataclass(frozen=True, slots=True)
class TemplateView:
    """A template, what it would change here, and the whole document to save."""

    name: str
    title: str
    explanation: str
    changes: tuple[Change, ...]
    settings: AccountSettings


@dataclass(frozen=True, slots=True)
class GroupChangesView:
    """What the settings in force would change for one open position. Minutes for ``timeframe``."""

    group_id: str
    symbol: str
    timeframe: int
    side: Literal["long", "short"]
    settings_version: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class ApplyView:
    """Open positions that settings version ``settings_version`` would change."""

    settings_version: int
    groups: tuple[GroupChangesView, ...]
