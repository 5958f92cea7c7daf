"""The gate: who may touch what. Somebody else's object does not exist; a missing role is told."""

from __future__ import annotations

from foundation.errors import Forbidden, NotFound
from foundation.people.user import Role, User


def require_role(user: User, least: Role) -> None:
    """Raise Forbidden unless the user's role includes `least`."""
    if not user.role.includes(least):
        raise Forbidden(
            f"This needs the role {least.value}; yours is {user.role.value}.",
            code="role_needed",
            needed=least.value,
        )


def require_own(user_id: str, owner_id: str | None, what: str) -> None:
    """Raise NotFound unless the object is the user's own.

    `owner_id` is None when there is no such object: both look the same from outside, so that
    nobody learns which ids exist. `what` names the object for the text, e.g. "account".
    """
    if owner_id is None or owner_id != user_id:
        raise NotFound(f"there is no such {what}", code=f"{what}_not_found")
