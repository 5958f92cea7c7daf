"""A user and their role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person may do: owner > admin > user."""

    OWNER = "owner"
    ADMIN = "admin"
    USER = "user"

    def includes(self, other: Role) -> bool:
        """Whether this role may do all that `other` may."""
        return _RANK[self] >= _RANK[other]


_RANK = {Role.USER: 0, Role.ADMIN: 1, Role.OWNER: 2}


@dataclass(frozen=True, slots=True)
class User:
    """One person; `language` is None until known, `reachable` false after they blocked the bot."""

    id: str
    telegram_id: int
    first_name: str
    username: str | None
    language: str | None
    role: Role
    reachable: bool
    created_at: datetime
