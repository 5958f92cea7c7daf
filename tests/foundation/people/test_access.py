"""The gate: roles include each other downwards, and others' objects look absent."""

from __future__ import annotations

import pytest

from foundation.errors import Forbidden, NotFound
from foundation.people import Role, User
from foundation.people.access import require_own, require_role
from tests.support.clock import START

_ALLOWED = {
    (Role.OWNER, Role.OWNER), (Role.OWNER, Role.ADMIN), (Role.OWNER, Role.USER),
    (Role.ADMIN, Role.ADMIN), (Role.ADMIN, Role.USER), (Role.USER, Role.USER),
}  # fmt: skip


@pytest.mark.parametrize("has", Role)
@pytest.mark.parametrize("least", Role)
def test_a_role_includes_the_lower_ones(has: Role, least: Role) -> None:
    user = User("u", 1, "x", None, None, has, True, START)
    if (has, least) in _ALLOWED:
        require_role(user, least)
    else:
        with pytest.raises(Forbidden, match=least.value):
            require_role(user, least)


@pytest.mark.parametrize("owner", ["other", None])
def test_anothers_object_and_no_object_look_the_same(owner: str | None) -> None:
    with pytest.raises(NotFound) as refusal:
        require_own("me", owner, "account")
    assert str(refusal.value) == "there is no such account"
    require_own("me", "me", "account")
