"""The books compared: what we wanted, what the paper venue did, and what we believe we hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.support.house import House
from tests.support.until import until

ZERO = Decimal(0)

_SETTLED = """
select not exists (select 1 from inbox where handled_at is null)
  and not exists (select 1 from outbox where status in ('new', 'claimed', 'sent'))
  and not exists (select 1 from offers where status = 'approved' and taken_at is null)
"""
#: Orders at the venue that no stored command ever asked for.
_UNASKED = """
select count(*) from paper_orders p
where not exists (select 1 from outbox o
                  where o.id = p.client_id and o.account_id = p.account_id
                    and o.kind = 'place_order' and o.status = 'done')
"""
#: Commands we hold for accepted whose order the venue does not have.
_MISSING = """
select count(*) from outbox o
where o.kind = 'place_order' and o.outcome = 'order_accepted'
  and not exists (select 1 from paper_orders p where p.client_id = o.id)
"""
_ENTRIES = """
select g.account_id, g.id as group_id, d.pyramid, d.index, d.price, d.quantity,
  count(p.id) as venue_orders, max(p.price) as venue_price, max(p.quantity) as venue_quantity
from position_groups g
join dca_orders d on d.group_id = g.id
left join orders mine on mine.group_id = g.id and mine.pyramid = d.pyramid
  and mine.leg = d.index and mine.purpose = 'entry'
left join paper_orders p on p.client_id = mine.id and p.account_id = g.account_id
group by 1, 2, 3, 4, 5, 6
"""
_CASH = """
select p.account_id, p.side, f.quantity, f.price, f.fee_usd
from paper_fills f join paper_orders p on p.id = f.order_id
order by f.id
"""


async def settled(house: House, within: float = 40) -> None:
    """Until nothing is under way: every fact decided, every command's fate known."""
    await until(lambda: house.value(_SETTLED), within=within, every=0.05)


async def assert_books_agree(house: House) -> None:
    """One venue order per leg and command, none unasked for, none missing."""
    assert await house.value(_UNASKED) == 0
    assert await house.value(_MISSING) == 0
    for row in await house.sql(_ENTRIES):
        assert row["venue_orders"] == 1, dict(row)
        assert row["venue_price"] == row["price"], dict(row)
        assert row["venue_quantity"] == row["quantity"], dict(row)


async def money_of_fills(house: House) -> dict[str, tuple[Decimal, Decimal]]:
    """By account, from the venue's executions alone: money gained, base asset still held."""
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for fill in await house.sql(_CASH):
        sign = 1 if fill["side"] == "buy" else -1
        cash, held = found.get(fill["account_id"], (ZERO, ZERO))
        cash -= sign * fill["quantity"] * fill["price"] + fill["fee_usd"]
        found[fill["account_id"]] = (cash, held + sign * fill["quantity"])
    return found


async def realized(house: House, token: str) -> dict[str, Decimal]:
    """By account, what the API says its closed positions have brought."""
    totals: dict[str, Decimal] = {}
    cursor = ""
    while True:
        path = f"/api/v1/groups?status=closed&limit=200{cursor}"
        status, page = await house.get(path, token)
        assert status == 200, page
        for group in page["items"]:
            _add(totals, group)
        if page["next_cursor"] is None:
            return totals
        cursor = f"&cursor={page['next_cursor']}"


def _add(totals: dict[str, Decimal], group: dict[str, Any]) -> None:
    account = group["account_id"]
    totals[account] = totals.get(account, ZERO) + Decimal(group["realized_pnl_usd"])
