"""Trading state for the installation (spec engine §7), set by owner or admins."""

from __future__ import annotations

import pytest

from engine.api.installation import Installation
from engine.domain.words import TradingState
from engine.store import load
from engine.store.replay import replay
from foundation.errors import ContractBroken, InvalidInput
from tests.engine.api.conftest import House


def window(house: House) -> Installation:
    return Installation(house.database, house.clock, house.bus)


async def heard(house: House, account_id: str) -> TradingState:
    return (await house.store.load(account_id)).account.installation


async def test_every_account_hears_it_as_a_fact_of_its_own(house: House) -> None:
    other = await house.accounts.ensure_paper(house.other)
    house.run_worker()
    done = await window(house).set_state(house.me, "halted")
    assert (done.state, done.accounts, done.waiting) == ("halted", 2, 0)
    for account_id in (house.account.id, other.id):
        assert await heard(house, account_id) is TradingState.HALTED
        assert (await replay(house.database, account_id)).trouble == ""
    assert (await house.accounts.get(house.me, house.account.id)).installation_state == "halted"


async def test_it_is_persisted_and_survives_a_restart(house: House) -> None:
    await window(house).set_state(house.me, "paused")
    await house.decide()
    assert (await window(house).get()).state == "paused"
    assert await heard(house, house.account.id) is TradingState.PAUSED
    [told] = await house.events.since(house.me, house.account.id, 0)
    assert (told.kind, told.data["scope"]) == ("engine_state", "installation")


async def test_accounts_opened_afterwards_inherit_it(house: House) -> None:
    await window(house).set_state(house.me, "paused")
    later = await house.accounts.ensure_paper(house.other)
    assert await heard(house, later.id) is TradingState.PAUSED
    assert (await replay(house.database, later.id)).trouble == ""
    refused = await house.signal("s1", later.id)
    assert refused.decided[0].outcome.code == "installation_paused"


async def test_accounts_that_have_not_heard_yet_are_counted(house: House) -> None:
    house.clock.advance(1)
    done = await window(house).set_state(house.me, "halted")
    assert done.waiting == 1
    await house.decide()
    assert (await window(house).get()).waiting == 0


async def test_it_is_audited_and_the_same_again_is_not(house: House) -> None:
    for _ in range(2):
        await window(house).set_state(None, "paused")
    rows = await house.database.pool.fetch(
        "select actor_id, before, after from audit_log where action = 'installation.state'"
    )
    [row] = rows
    assert row["actor_id"] is None
    assert "paused" in row["after"]
    accounts = await load.accounts(house.database)
    facts = await house.database.pool.fetchval(
        "select count(*) from inbox where kind = 'installation_commanded'"
    )
    assert facts == len(accounts)


async def test_without_its_line_in_the_audit_log_nothing_is_changed(house: House) -> None:
    shut = "alter table audit_log add constraint shut check (false) not valid"
    await house.database.pool.execute(shut)
    with pytest.raises(ContractBroken):
        await window(house).set_state(house.me, "halted")
    assert (await window(house).get()).state == "running"
    assert (await house.store.depths()).inbox_waiting == 0


async def test_an_unknown_state_is_refused(house: House) -> None:
    with pytest.raises(InvalidInput, match="no trading state"):
        await window(house).set_state(house.me, "asleep")
