"""Settings of an account: the document, trials, versions, files, templates, open positions."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from engine.api.settings import AccountSettings, Form, Generated, form, generate
from engine.api.settings_files import keys_in
from engine.api.settings_views import (
    ApplyView,
    CheckView,
    ExportView,
    FormView,
    ImportView,
    SavedView,
    TemplateView,
    VersionView,
)
from engine.api.settings_window import ImportWish
from engine.api.views import Accepted, AccountView, Page
from foundation import limits
from miniapp.server.deps import front, user_id
from miniapp.server.features.common import Id, IdPath, acting_key
from miniapp.server.openapi.layer import Api

api = Api("settings")
NOT_FOUND = {404: "No such account"}
SAVING = NOT_FOUND | {403: "The settings are read-only", 409: "A later version"}
VERSION_MAX = 2_000_000_000


class SettingsBody(BaseModel):
    """A whole settings document, and the version it was made from."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=VERSION_MAX, strict=True)
    settings: AccountSettings


class ValidateBody(BaseModel):
    """A settings document on trial; it need not be valid."""

    model_config = ConfigDict(extra="forbid")

    settings: dict[str, Any]


class RestoreBody(BaseModel):
    """Which version is wanted back, and the version the person has seen."""

    model_config = ConfigDict(extra="forbid")

    restore: int = Field(ge=1, le=VERSION_MAX, strict=True)
    version: int = Field(ge=1, le=VERSION_MAX, strict=True)


class ImportBody(BaseModel):
    """A settings file. Without ``save`` it is only tried.

    With ``keep_keys`` the exchange keys in it are tried and kept like any others when it is saved.
    """

    model_config = ConfigDict(extra="forbid")

    document: dict[str, Any]
    version: int = Field(ge=1, le=VERSION_MAX, strict=True)
    save: bool = False
    keep_keys: bool = False


_Number = Annotated[Decimal, Field(gt=0, le=1_000_000, max_digits=14, decimal_places=6)]


class LadderBody(BaseModel):
    """A ladder by step, scale of the steps and scale of the sizes; sizes in USD."""

    model_config = ConfigDict(extra="forbid")

    step_percent: _Number
    step_scale: _Number = Decimal(1)
    volume_scale: _Number = Decimal(1)
    base_usd: _Number
    safety_usd: _Number
    orders: int = Field(ge=0, le=6, strict=True)
    tp_percent: _Number = Decimal(1)


class ApplyBody(BaseModel):
    """The open positions that shall take over the settings in force."""

    model_config = ConfigDict(extra="forbid")

    groups: tuple[Id, ...] = Field(min_length=1, max_length=limits.PAGE_MAX)


class VersionPath(IdPath):
    """One version of an account's settings."""

    version: int = Field(ge=1, le=VERSION_MAX)


class VersionQuery(BaseModel):
    """Which page of versions; ``cursor`` is the version it stands below."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(limits.PAGE_DEFAULT, ge=1, le=limits.PAGE_MAX)
    cursor: int | None = Field(None, ge=1, le=VERSION_MAX)


@api.route("GET", "/api/v1/accounts/{id}/settings", errors=NOT_FOUND)
async def get_settings(request: web.Request, path: IdPath) -> AccountSettings:
    """The account's settings document."""
    return await front(request).accounts.settings(user_id(request), path.id)


@api.route("PUT", "/api/v1/accounts/{id}/settings", errors=SAVING)
async def put_settings(
    request: web.Request, path: IdPath, body: SettingsBody
) -> AccountView | Accepted:
    """Save the settings as a new version; open positions keep what they opened with."""
    return await front(request).accounts.save_settings(
        user_id(request), path.id, body.settings, body.version, acting_key(request)
    )


@api.route("GET", "/api/v1/accounts/{id}/settings/versions", errors=NOT_FOUND)
async def settings_versions(
    request: web.Request, path: IdPath, query: VersionQuery
) -> Page[VersionView]:
    """Every save, newest first: who, when, and what it changed."""
    return await front(request).settings.versions(
        user_id(request), path.id, query.cursor, query.limit
    )


@api.route("GET", "/api/v1/accounts/{id}/settings/versions/{version}", errors=NOT_FOUND)
async def settings_version(request: web.Request, path: VersionPath) -> SavedView:
    """One saved version as a whole, to look at before it is restored."""
    return await front(request).settings.saved(user_id(request), path.id, path.version)


@api.route("POST", "/api/v1/accounts/{id}/settings/restore", errors=SAVING)
async def restore_settings(
    request: web.Request, path: IdPath, body: RestoreBody
) -> AccountView | Accepted:
    """Save an older version again as a new one."""
    return await front(request).settings.restore(
        user_id(request), path.id, body.restore, body.version, acting_key(request)
    )


@api.trial("/api/v1/accounts/{id}/settings/validate", errors=NOT_FOUND)
async def validate_settings(request: web.Request, path: IdPath, body: ValidateBody) -> CheckView:
    """Try a document: wrong fields, the ladder linter's remarks, and what would change."""
    return await front(request).settings.check(user_id(request), path.id, body.settings)


@api.route("GET", "/api/v1/accounts/{id}/settings/export", errors=NOT_FOUND)
async def export_settings(request: web.Request, path: IdPath) -> ExportView:
    """The settings in force as a file."""
    return await front(request).settings.export(user_id(request), path.id)


@api.route("POST", "/api/v1/accounts/{id}/settings/import", errors=SAVING)
async def import_settings(request: web.Request, path: IdPath, body: ImportBody) -> ImportView:
    """Try a settings file, ours or another bot's, or save it. Keys never become settings."""
    person, settings = user_id(request), front(request).settings
    wish = ImportWish(body.document, body.version, body.save)
    keys = keys_in(body.document) if body.keep_keys and body.save else None
    if keys is not None:
        # a file that cannot be saved leaves no keys behind
        tried = replace(wish, save=False)
        found = await settings.import_file(person, path.id, tried, acting_key(request))
        if found.settings is not None:
            await front(request).keys.save(person, path.id, keys)
    return await settings.import_file(person, path.id, wish, acting_key(request))


@api.route("GET", "/api/v1/accounts/{id}/settings/templates", errors=NOT_FOUND)
async def settings_templates(request: web.Request, path: IdPath) -> Page[TemplateView]:
    """Templates, and what each would change here; save one like any settings."""
    return Page(await front(request).settings.templates(user_id(request), path.id))


@api.route("GET", "/api/v1/accounts/{id}/settings/apply", errors=NOT_FOUND)
async def preview_settings(request: web.Request, path: IdPath) -> ApplyView:
    """The open positions that the settings in force would change, and how."""
    return await front(request).settings.applying(user_id(request), path.id)


@api.route(
    "POST", "/api/v1/accounts/{id}/settings/apply", errors=NOT_FOUND | {409: "Not possible now"}
)
async def apply_settings(
    request: web.Request, path: IdPath, body: ApplyBody
) -> ApplyView | Accepted:
    """Have the settings in force hold for these open positions; answers what is left to apply."""
    return await front(request).settings.apply(
        user_id(request), path.id, body.groups, acting_key(request)
    )


@api.route("GET", "/api/v1/settings/form")
async def settings_form(_request: web.Request) -> FormView:
    """Every setting with its label, unit, bounds, default and explanation, as a form needs it."""
    return form()


@api.trial("/api/v1/settings/ladder")
async def make_ladder(_request: web.Request, body: LadderBody) -> Generated:
    """The legs such a form gives, with their distances, sizes and funds; nothing is saved."""
    return generate(Form(**body.model_dump()))
