"""Groups an account has let go, taken back in for money that comes late: the fact is theirs.

The event brings them, so a replay needs nothing else. Time lets them go again at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.events import Fact, FeeConverted, FundingPaid
from engine.domain.group import Group
from foundation import limits

_KEPT: Final = timedelta(seconds=limits.CLOSED_GROUP_KEPT_S)
FUNDING_SLACK: Final = timedelta(seconds=limits.FUNDING_SLACK_S)
"""The venue's clock is not ours: so much before and after belongs to a group as well."""

LateMoney = FeeConverted | FundingPaid


def late_money(account: Account, fact: Fact, now: datetime) -> LateMoney | None:
    """The fact, if it may be about a group that the account has let go."""
    match fact:
        case FeeConverted():
            known = any(fact.order_id in group.orders for group in account.groups.values())
            return None if known else fact
        case FundingPaid(paid_at=datetime() as paid_at):
            return fact if paid_at - FUNDING_SLACK <= now - _KEPT else None
        case _:
            return None


def there(group: Group, at: datetime) -> bool:
    """Whether funding that was paid at that moment may be the group's."""
    closed = group.closed_at
    return group.created_at - FUNDING_SLACK <= at and (
        closed is None or at <= closed + FUNDING_SLACK
    )


def with_recalled(account: Account, recalled: Sequence[Group]) -> Account:
    """The account with these groups in their places, in the order groups were opened."""
    missing = [group for group in recalled if group.id not in account.groups]
    if not missing:
        return account
    groups = sorted([*missing, *account.groups.values()], key=lambda group: group.created_at)
    return replace(account, groups={group.id: group for group in groups})
