"""Users and their consents: found, admitted, kept up to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from foundation import limits
from foundation.clock import Clock
from foundation.db import Database
from foundation.errors import Forbidden, NotFound
from foundation.ids import new_id
from foundation.people import audit
from foundation.people.audit import Entry, Origin
from foundation.people.tables import consents, users
from foundation.people.text import clean
from foundation.people.user import Role, User
from foundation.settings import Settings

_ADMISSION_TURN = 0x61646D6974  # advisory lock, so that two first users cannot both be "first"


@dataclass(frozen=True, slots=True)
class Admission:
    """Who becomes an owner, and who may join at all."""

    owner_ids: frozenset[int] = frozenset()
    first_is_owner: bool = False
    registration: str = "open"

    @classmethod
    def of(cls, settings: Settings) -> Admission:
        """OWNER_TELEGRAM_IDS own; without them the sandbox's first user does."""
        ids = frozenset(settings.owner_telegram_ids)
        return cls(ids, not ids and settings.sandbox, settings.registration)


class People:
    """Every user of the installation; `admission` says who may join and as what."""

    def __init__(
        self, database: Database, clock: Clock, admission: Admission | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._admission = admission or Admission()

    async def ensure(
        self, telegram_id: int, first_name: str, username: str | None, language: str | None
    ) -> User:
        """The user with this Telegram id, made if new; name and user name follow Telegram.

        `language` counts for a new user only; later it is theirs to set. A listed owner becomes
        owner also when they were here before. Raises Forbidden when registration is not open.
        """
        name = clean(first_name, limits.PERSON_NAME_MAX) or ""
        handle = clean(username, limits.PERSON_NAME_MAX)
        known = await self.by_telegram(telegram_id)
        if known is not None and not self._outdated(known, name, handle):
            return known
        async with self._database.begin() as connection:
            if known is None:
                known = await self._admit(connection, telegram_id, name, language)
            role = Role.OWNER if telegram_id in self._admission.owner_ids else known.role
            row = await connection.execute(
                update(users)
                .where(users.c.id == known.id)
                .values(first_name=name, username=handle, role=role.value)
                .returning(users)
            )
            if role is not known.role:
                await self._audit_role(connection, known, role)
            return _user(row.one())

    async def get(self, user_id: str) -> User:
        """The user; raises NotFound."""
        async with self._database.connect() as connection:
            found = await connection.execute(select(users).where(users.c.id == user_id))
            row = found.one_or_none()
        if row is None:
            raise NotFound("there is no such user", code="user_not_found")
        return _user(row)

    async def by_telegram(self, telegram_id: int) -> User | None:
        """The user with this Telegram id, if they were ever here."""
        async with self._database.connect() as connection:
            found = await connection.execute(
                select(users).where(users.c.telegram_id == telegram_id)
            )
            row = found.one_or_none()
        return None if row is None else _user(row)

    async def owners(self) -> tuple[User, ...]:
        """All owners, the first one first."""
        async with self._database.connect() as connection:
            found = await connection.execute(
                select(users).where(users.c.role == Role.OWNER.value).order_by(users.c.id)
            )
            return tuple(_user(row) for row in found)

    async def set_language(self, user_id: str, language: str) -> User:
        """Remember the language the user chose; raises NotFound."""
        return await self._set(user_id, language=clean(language, limits.LANGUAGE_TAG_MAX))

    async def set_reachable(self, user_id: str, reachable: bool) -> User:
        """Remember whether the user's chat takes our messages; raises NotFound."""
        return await self._set(user_id, reachable=reachable)

    async def record_consent(self, user_id: str, document: str, version: str, channel: str) -> None:
        """The user agreed to this version of a document; saying it twice changes nothing."""
        at = self._clock.now()
        values = {"user_id": user_id, "document": document, "version": version}
        async with self._database.begin() as connection:
            new = await connection.execute(
                upsert(consents)
                .values(**values, channel=channel, at=at)
                .on_conflict_do_nothing()
                .returning(consents.c.version)
            )
            if new.one_or_none() is not None:
                after = {"document": document, "version": version, "channel": channel}
                entry = Entry(user_id, "consent.given", "user", user_id, after=after)
                await audit.write(connection, at, entry)

    async def consent(self, user_id: str, document: str) -> str | None:
        """The version of the document the user agreed to last."""
        async with self._database.connect() as connection:
            version: str | None = await connection.scalar(
                select(consents.c.version)
                .where(consents.c.user_id == user_id, consents.c.document == document)
                .order_by(consents.c.at.desc(), consents.c.version.desc())
                .limit(1)
            )
        return version

    async def audit(  # noqa: PLR0913 - an audit row has this many facts
        self,
        actor_id: str | None,
        action: str,
        object_type: str,
        object_id: str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        origin: Origin | None = None,
    ) -> str:
        """Log what was done, in a transaction of its own; returns the entry's id."""
        entry = Entry(actor_id, action, object_type, object_id, before, after, origin)
        async with self._database.begin() as connection:
            return await audit.write(connection, self._clock.now(), entry)

    # --- inside -------------------------------------------------------------------------------

    def _outdated(self, known: User, name: str, handle: str | None) -> bool:
        to_promote = known.telegram_id in self._admission.owner_ids and known.role is not Role.OWNER
        return to_promote or known.first_name != name or known.username != handle

    async def _admit(
        self, connection: AsyncConnection, telegram_id: int, name: str, language: str | None
    ) -> User:
        await connection.execute(text("select pg_advisory_xact_lock(:t)"), {"t": _ADMISSION_TURN})
        found = await connection.execute(select(users).where(users.c.telegram_id == telegram_id))
        if (row := found.one_or_none()) is not None:
            return _user(row)  # somebody was faster
        ownerless = await has_no_owner(connection)
        role = Role.OWNER if ownerless and self._admission.first_is_owner else Role.USER
        invited = ownerless or telegram_id in self._admission.owner_ids
        if self._admission.registration != "open" and not invited:
            raise Forbidden(
                "this installation takes no new users; ask its owner", code="registration_closed"
            )
        at = self._clock.now()
        made = await connection.execute(
            insert(users)
            .values(
                id=new_id(at),
                telegram_id=telegram_id,
                first_name=name,
                language=clean(language, limits.LANGUAGE_TAG_MAX),
                role=role.value,
                created_at=at,
            )
            .returning(users)
        )
        user = _user(made.one())
        entry = Entry(user.id, "user.joined", "user", user.id, after={"role": role.value})
        await audit.write(connection, at, entry)
        return user

    async def _audit_role(self, connection: AsyncConnection, user: User, role: Role) -> None:
        before, after = {"role": user.role.value}, {"role": role.value}
        entry = Entry(None, "user.role", "user", user.id, before, after)
        await audit.write(connection, self._clock.now(), entry)

    async def _set(self, user_id: str, **values: Any) -> User:
        async with self._database.begin() as connection:
            found = await connection.execute(
                update(users).where(users.c.id == user_id).values(**values).returning(users)
            )
            row = found.one_or_none()
        if row is None:
            raise NotFound("there is no such user", code="user_not_found")
        return _user(row)


async def has_no_owner(connection: AsyncConnection) -> bool:
    """Whether nobody owns the installation yet."""
    found = await connection.scalar(
        select(users.c.id).where(users.c.role == Role.OWNER.value).limit(1)
    )
    return found is None


def _user(row: Row[Any]) -> User:
    facts = row._asdict()
    facts["role"] = Role(facts["role"])
    return User(**facts)
