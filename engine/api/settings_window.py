"""Window and mailbox of settings: trials, versions, files, templates, and open positions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.api import settings_files
from engine.api.accounts import Accounts
from engine.api.commands import Mailbox
from engine.api.paging import page_size
from engine.api.settings_views import (
    ApplyView,
    CheckView,
    ExportView,
    GroupChangesView,
    ImportView,
    SavedView,
    TemplateView,
    VersionView,
)
from engine.api.views import Accepted, AccountView, Page
from engine.decide.applying import OPEN
from engine.domain.account import Account
from engine.domain.choices.changes import differences, sentence
from engine.domain.choices.templates import TEMPLATES, with_template
from engine.domain.events import SettingsApplied
from engine.domain.settings import AccountSettings
from engine.market import quotes
from engine.offers.market import MarketView
from engine.policy.applying import changes, with_settings
from engine.policy.caution import riskier
from engine.policy.linter import Remark, lint, needed_at_worst_usd
from engine.store import load, registry, settings_log
from engine.store.registry import AccountHeader
from engine.store.settings_log import Saved
from foundation import limits
from foundation.bus import Bus
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import InvalidInput, NotFound, Unavailable
from foundation.money import usd


@dataclass(frozen=True, slots=True)
class ImportWish:
    """A file, and whether it is to be saved as the version after ``version`` or only tried."""

    document: Mapping[str, Any]
    version: int
    save: bool = False


class SettingsWindow:
    """Settings of people's accounts; somebody else's account is not found."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, market: MarketView) -> None:
        self._database = database
        self._clock = clock
        self._market = market
        self._accounts = Accounts(database, clock, bus)
        self._mailbox = Mailbox(database, clock, bus)

    async def versions(
        self, user_id: str, account_id: str, below: int | None = None, limit: int | None = None
    ) -> Page[VersionView]:
        """Saved versions, newest first, each with what it changed. Raises NotFound."""
        header = await self._owned(user_id, account_id)
        size = page_size(limit)
        found = await settings_log.versions(self._database, account_id, below, size + 1)
        views = []
        for n, one in enumerate(found[:size]):
            older = found[n + 1].settings if n + 1 < len(found) else None
            changed = differences(older, one.settings) if older is not None else ()
            views.append(
                VersionView(
                    version=one.version,
                    author=one.author,
                    by_you=one.author == user_id,
                    created_at=one.created_at,
                    in_force=one.version == header.settings_version,
                    summary=sentence(changed) if older is not None else "first version",
                    changes=changed,
                )
            )
        last = str(found[size - 1].version) if len(found) > size else None
        return Page(tuple(views), last)

    async def saved(self, user_id: str, account_id: str, wanted: int) -> SavedView:
        """One saved version as a whole. Raises NotFound (account or version)."""
        await self._owned(user_id, account_id)
        old = await self._version(account_id, wanted)
        mine = old.author == user_id
        return SavedView(old.version, old.author, mine, old.created_at, old.settings)

    async def restore(
        self, user_id: str, account_id: str, wanted: int, seen: int, key: str
    ) -> AccountView | Accepted:
        """Save version ``wanted`` again, as the one after ``seen``.

        Raises NotFound (account or version), Forbidden (read-only), Conflict (a later version).
        """
        header = await self._owned(user_id, account_id)
        old = await self._version(account_id, wanted)
        settings = old.settings.model_copy(update={"read_only": header.settings.read_only})
        return await self._accounts.save_settings(user_id, account_id, settings, seen, key)

    async def check(self, user_id: str, account_id: str, document: Mapping[str, Any]) -> CheckView:
        """Try a document without saving it. Raises NotFound."""
        header = await self._owned(user_id, account_id)
        return await self._check(header, settings_files.parsed(document))

    async def export(self, user_id: str, account_id: str) -> ExportView:
        """The settings in force as a file. Raises NotFound."""
        header = await self._owned(user_id, account_id)
        return settings_files.export(header.settings, self._clock.now())

    async def import_file(
        self, user_id: str, account_id: str, wish: ImportWish, key: str
    ) -> ImportView:
        """What a file would make of the settings; saved when that is wished and it is valid.

        Raises NotFound, InvalidInput (no settings file, or not valid and to be saved), Forbidden
        (read-only), Conflict (a later version).
        """
        header = await self._owned(user_id, account_id)
        read = settings_files.read(wish.document, header.settings)
        settings = settings_files.parsed(read.document)
        if isinstance(settings, AccountSettings):
            kept = {"read_only": header.settings.read_only}
            settings = settings.model_copy(update=kept)
        check = await self._check(header, settings, other_shape=read.shape_differs)
        saved: AccountView | Accepted | None = None
        if wish.save:
            if not isinstance(settings, AccountSettings):
                first = check.problems[0]
                raise InvalidInput(f"{first.field}: {first.message}", field=first.field)
            saved = await self._accounts.save_settings(
                user_id, account_id, settings, wish.version, key
            )
        return ImportView(
            source=read.source,
            check=check,
            keys_found=read.keys_found,
            ignored=read.ignored,
            settings=settings if isinstance(settings, AccountSettings) else None,
            saved=isinstance(saved, AccountView),
            receipt=saved.receipt if isinstance(saved, Accepted) else None,
        )

    async def templates(self, user_id: str, account_id: str) -> tuple[TemplateView, ...]:
        """Every template as it would be here. Raises NotFound."""
        header = await self._owned(user_id, account_id)
        return tuple(
            TemplateView(
                name=one.name,
                title=one.title,
                explanation=one.explanation,
                changes=differences(header.settings, made),
                settings=made,
            )
            for one in TEMPLATES.values()
            for made in (with_template(header.settings, one),)
        )

    async def applying(self, user_id: str, account_id: str) -> ApplyView:
        """The open positions the settings in force would change, and how. Raises NotFound."""
        await self._owned(user_id, account_id)
        return _applying((await load.load(self._database, account_id)).account)

    async def apply(
        self, user_id: str, account_id: str, group_ids: tuple[str, ...], key: str
    ) -> ApplyView | Accepted:
        """Have the settings in force hold for these open positions; answers what is left.

        Raises NotFound, Conflict.
        """
        await self._owned(user_id, account_id)
        fact = SettingsApplied(tuple(sorted(set(group_ids))), user_id)
        if await self._mailbox.send(account_id, key, fact) is None:
            return Accepted(key)
        return await self.applying(user_id, account_id)

    async def _version(self, account_id: str, wanted: int) -> Saved:
        old = await settings_log.version(self._database, account_id, wanted)
        if old is None:
            raise NotFound(f"These settings have no version {wanted}.", code="version_not_found")
        return old

    async def _owned(self, user_id: str, account_id: str) -> AccountHeader:
        return await registry.owned(self._database, user_id, account_id)

    async def _check(
        self,
        header: AccountHeader,
        settings: AccountSettings | tuple[Any, ...],
        *,
        other_shape: bool = False,
    ) -> CheckView:
        if not isinstance(settings, AccountSettings):
            return CheckView(False, settings, (), ())
        remarks = await self._remarks(header, settings)
        if other_shape:
            text = "The file was written by another version of the program; look it through."
            remarks = (Remark("other_shape", "warning", text, "schema_version"), *remarks)
        return _tried(header.settings, settings, remarks)

    async def _remarks(
        self, header: AccountHeader, settings: AccountSettings
    ) -> tuple[Remark, ...]:
        """The linter's word, on the symbols whose prices are known right now."""
        served = await quotes.served(self._database, header.board, header.market)
        symbols = sorted({*served, *(one.symbol for one in settings.market_ladders)})
        try:
            market = await self._market.market(header, symbols[: limits.SETTINGS_LINT_SYMBOLS_MAX])
        except (Unavailable, NotFound):
            return lint(settings, {}, {})
        prices = {name: quote.price for name, quote in market.quotes.items()}
        return lint(settings, market.instruments, prices)


def _tried(
    current: AccountSettings, wanted: AccountSettings, remarks: tuple[Remark, ...]
) -> CheckView:
    found, worst = differences(current, wanted), needed_at_worst_usd(wanted)
    one = None if worst is None else worst / wanted.max_pyramids / wanted.max_open_groups
    return CheckView(
        valid=True,
        problems=(),
        remarks=remarks,
        changes=found,
        riskier=riskier(current, wanted, found),
        entry_usd=None if one is None else usd(one),
        worst_usd=None if worst is None else usd(worst),
    )


def _applying(account: Account) -> ApplyView:
    rows = []
    for group in account.groups.values():
        if group.status not in OPEN:
            continue
        found = changes(group, with_settings(group, account.settings, account.settings_version))
        if found:
            rows.append(
                GroupChangesView(
                    group_id=group.id,
                    symbol=group.symbol,
                    timeframe=group.timeframe,
                    side=group.side.value,
                    settings_version=group.settings_version,
                    changes=found,
                )
            )
    return ApplyView(account.settings_version, tuple(rows))
