"""Limits of the plan reach the accounts of a person as events (spec billing, engine §7)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from engine.api.entitlements import Entitlements, NewLimits
from engine.store.replay import replay
from foundation.errors import ContractBroken, InvalidInput, NotFound
from tests.engine.api.conftest import House

D = Decimal


def window(house: House) -> Entitlements:
    return Entitlements(house.database, house.clock, house.bus)


async def test_without_a_plan_a_person_is_not_limited(house: House) -> None:
    found = await window(house).get(house.me)
    assert (found.stage, found.text) == ("none", "No plan limits this account.")
    assert (await house.store.load(house.account.id)).account.entitlement is None


async def test_limits_reach_the_account_as_an_event_and_the_engine_says_why(house: House) -> None:
    await window(house).save(house.me, NewLimits(venues=("binance",)), house.other)
    await house.decide()
    refused = (await house.signal("s1")).decided[0].outcome
    assert refused.code == "plan_venue"
    assert refused.text.startswith("Your plan does not include trading at paper")
    assert (await replay(house.database, house.account.id)).trouble == ""


async def test_limits_of_one_person_are_nobody_elses(house: House) -> None:
    other = await house.accounts.ensure_paper(house.other)
    await window(house).save(house.me, NewLimits(max_open_groups=1), None)
    await house.decide()
    assert (await house.store.load(other.id)).account.entitlement is None
    assert (await window(house).get(house.other)).stage == "none"


async def test_accounts_opened_afterwards_have_them_and_hear_of_the_end(house: House) -> None:
    ends = house.clock.now() + timedelta(days=1)
    await window(house).save(house.other, NewLimits(valid_until=ends), None)
    later = await house.accounts.ensure_paper(house.other)
    stored = await house.store.load(later.id)
    assert stored.account.entitlement is not None
    assert await house.store.ready(house.clock.now(), 10) == []
    assert await house.store.ready(ends, 10) == [later.id]


async def test_expiry_and_grace_are_shown(house: House) -> None:
    ends = house.clock.now() + timedelta(hours=1)
    new = NewLimits(max_exposure_usd=D(500), valid_until=ends, grace_hours=2)
    saved = await window(house).save(house.me, new, None)
    assert (saved.stage, saved.grace_until) == ("valid", ends + timedelta(hours=2))
    assert saved.text == "Your plan allows at most: 500.00 USD bound."
    house.clock.advance(3600)
    assert (await window(house).get(house.me)).stage == "grace"
    house.clock.advance(7200)
    over = await window(house).get(house.me)
    assert over.stage == "over"
    assert "no new entries" in over.text


async def test_limits_can_be_taken_away_again(house: House) -> None:
    await window(house).save(house.me, NewLimits(max_open_groups=0), None)
    await house.decide()
    assert (await house.signal("s1")).decided[0].outcome.code == "queued"
    await window(house).save(house.me, None, None)
    decided = (await house.decide()).after
    assert decided.entitlement is None
    assert [group.symbol for group in decided.groups.values()] == ["BTC/USDT"]


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewLimits(max_open_groups=-1), "max_open_groups"),
        (NewLimits(max_exposure_usd=D(-1)), "max_exposure_usd"),
        (NewLimits(venues=("moon",)), "venues"),
        (NewLimits(grace_hours=-1), "grace_hours"),
    ],
)
async def test_limits_that_make_no_sense_are_refused(
    house: House, new: NewLimits, field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await window(house).save(house.me, new, None)
    assert caught.value.field == field


async def test_a_change_is_audited_with_what_was_before(house: House) -> None:
    await window(house).save(house.me, NewLimits(max_open_groups=3), house.other)
    house.clock.advance(1)
    await window(house).save(house.me, NewLimits(max_open_groups=1), None)
    rows = await house.database.pool.fetch(
        "select actor_id, object_id, before->>'limits' as before, after->>'limits' as after "
        "from audit_log where action = 'user.limits' order by at, id"
    )
    assert [tuple(row) for row in rows] == [
        (house.other, house.me, "No plan limits this account.",
         "Your plan allows at most: 3 open positions."),
        (None, house.me, "Your plan allows at most: 3 open positions.",
         "Your plan allows at most: 1 open positions."),
    ]  # fmt: skip


async def test_without_its_line_in_the_audit_log_no_limit_is_changed(house: House) -> None:
    shut = "alter table audit_log add constraint shut check (false) not valid"
    await house.database.pool.execute(shut)
    with pytest.raises(ContractBroken):
        await window(house).save(house.me, NewLimits(max_open_groups=3), house.other)
    assert (await window(house).get(house.me)).stage == "none"
    assert (await house.store.depths()).inbox_waiting == 0


async def test_an_unknown_person_has_none(house: House) -> None:
    with pytest.raises(NotFound):
        await window(house).save("nobody", NewLimits(), None)
