"""Accounts: one paper account each, commands through the inbox, nobody else's business."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from engine.api.views import Accepted, AccountView
from engine.domain.events import CredentialsChanged, StateCommanded
from engine.domain.settings import AccountSettings
from engine.domain.words import TradingState
from engine.store import outcomes
from engine.store.port import InboxEntry
from foundation import limits
from foundation.errors import Conflict, ContractBroken, InvalidInput, NotFound
from tests.engine.api.conftest import House


async def test_everybody_gets_one_paper_account(house: House) -> None:
    both = await asyncio.gather(*(house.accounts.ensure_paper(house.other) for _ in range(5)))
    assert len({view.id for view in both}) == 1
    view = both[0]
    assert (view.venue, view.label, view.state) == ("paper", "Paper", "running")
    assert (view.quote_currency, view.settings_version) == ("USDT", 1)
    assert view.total_capital_usd == AccountSettings().total_capital_usd
    assert view.id != house.account.id
    assert await house.accounts.list(house.other) == (view,)
    assert await house.accounts.get(house.me, house.account.id) == house.account
    assert await house.accounts.owner(view.id) == house.other


async def test_a_stranger_gets_no_account(house: House) -> None:
    with pytest.raises(NotFound):
        await house.accounts.ensure_paper("nobody")
    with pytest.raises(NotFound):
        await house.accounts.owner("nothing")
    assert await house.accounts.list("nobody") == ()


async def test_refused_keys_stand_beside_the_state_until_there_are_new_ones(house: House) -> None:
    def keys(failed: str | None) -> InboxEntry:
        return InboxEntry(house.account.id, f"keys:{failed}", CredentialsChanged(failed))

    await house.decide(keys("invalid api key"))
    seen = await house.accounts.get(house.me, house.account.id)
    assert (seen.state, seen.halt_reason) == (
        "paused", "paper refuses the keys (invalid api key): enter new ones."
    )  # fmt: skip
    await house.decide(keys(None))
    renewed = await house.accounts.get(house.me, house.account.id)
    assert (renewed.state, renewed.halt_reason) == ("paused", None)


async def test_a_state_is_persisted_and_survives_a_restart(house: House) -> None:
    for state in (TradingState.PAUSED, TradingState.HALTED, TradingState.RUNNING):
        fact = StateCommanded(state, house.me)
        await house.decide(InboxEntry(house.account.id, f"cmd:{state}", fact))
        assert (await house.store.load(house.account.id)).account.state is state
        assert (await house.accounts.get(house.me, house.account.id)).state == state.value


async def test_somebody_elses_account_is_not_found(house: House) -> None:
    accounts, account_id = house.accounts, house.account.id
    for call in (
        accounts.get(house.other, account_id),
        accounts.settings(house.other, account_id),
        accounts.set_state(house.other, account_id, "paused", "k"),
        accounts.close_all(house.other, account_id, "k"),
        accounts.save_settings(house.other, account_id, AccountSettings(), 1, "k"),
    ):
        with pytest.raises(NotFound):
            await call
    assert (await house.store.depths()).inbox_waiting == 0


async def test_a_command_is_answered_with_the_account_as_it_is_then(house: House) -> None:
    house.run_worker()
    paused = await house.accounts.set_state(house.me, house.account.id, "paused", "k1")
    assert isinstance(paused, AccountView)
    assert paused.state == "paused"
    again = await house.accounts.set_state(house.me, house.account.id, "paused", "k1")
    assert again == paused
    running = await house.accounts.set_state(house.me, house.account.id, "running", "k2")
    assert isinstance(running, AccountView)
    assert running.state == "running"
    closed = await house.accounts.close_all(house.me, house.account.id, "k3")
    assert isinstance(closed, AccountView)
    assert closed.state == "paused"


async def test_without_an_engine_a_command_is_accepted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "COMMAND_WAIT_S", 0.05)
    answer = await house.accounts.set_state(house.me, house.account.id, "paused", "k1")
    assert answer == Accepted("k1")
    rows = (await house.store.pending([house.account.id], 10))[house.account.id]
    assert [row.entry.key for row in rows] == ["cmd:k1"]
    await house.decide()
    later = await house.accounts.set_state(house.me, house.account.id, "paused", "k1")
    assert isinstance(later, AccountView)
    assert later.state == "paused"


async def test_ten_taps_with_one_key_are_one_command(house: House) -> None:
    house.run_worker()
    taps = (house.accounts.set_state(house.me, house.account.id, "paused", "k") for _ in range(10))
    answers = await asyncio.gather(*taps)
    assert {answer.state for answer in answers if isinstance(answer, AccountView)} == {"paused"}
    assert (await house.store.load(house.account.id)).account.seq == 1


async def test_a_key_belongs_to_one_command(house: House) -> None:
    house.run_worker()
    await house.accounts.set_state(house.me, house.account.id, "paused", "k")
    with pytest.raises(Conflict) as caught:
        await house.accounts.set_state(house.me, house.account.id, "running", "k")
    assert caught.value.code == "key_reused"


@pytest.mark.parametrize("key", ["", "x" * 129, "line\nbreak", "nul\x00"])
async def test_a_key_must_be_readable(house: House, key: str) -> None:
    with pytest.raises(InvalidInput):
        await house.accounts.set_state(house.me, house.account.id, "paused", key)


async def test_an_unknown_state_is_refused_with_the_known_ones(house: House) -> None:
    with pytest.raises(InvalidInput) as caught:
        await house.accounts.set_state(house.me, house.account.id, "asleep", "k")
    assert caught.value.field == "state"
    assert "paused" in caught.value.text


async def test_what_the_engine_could_not_decide_is_our_bug(house: House) -> None:
    account_id = house.account.id
    fact = StateCommanded(TradingState.PAUSED, house.me)
    await house.store.put([InboxEntry(account_id, "cmd:k", fact)], house.clock.now())
    [row] = (await house.store.pending([account_id], 10))[account_id]
    await house.store.set_aside(row.id, account_id, "boom", house.clock.now())
    with pytest.raises(ContractBroken) as caught:
        await house.accounts.set_state(house.me, account_id, "paused", "k")
    assert "boom" not in caught.value.text


async def test_settings_are_saved_as_the_next_version(house: House) -> None:
    house.run_worker()
    account_id = house.account.id
    wanted = AccountSettings(total_capital_usd=Decimal(5000), max_open_groups=3)
    saved = await house.accounts.save_settings(house.me, account_id, wanted, 1, "k1")
    assert isinstance(saved, AccountView)
    assert (saved.settings_version, saved.max_open_groups) == (2, 3)
    assert await house.accounts.settings(house.me, account_id) == wanted
    again = await house.accounts.save_settings(house.me, account_id, wanted, 1, "k1")
    assert again == saved
    with pytest.raises(Conflict):
        await house.accounts.save_settings(house.me, account_id, AccountSettings(), 1, "k2")
    assert await outcomes.look(house.database, account_id, "cmd:k2") is None
    rows = await house.database.pool.fetch(
        "select version, author from account_settings_versions where account_id = $1", account_id
    )
    assert [(row["version"], row["author"]) for row in rows] == [(1, house.me), (2, house.me)]


async def test_settings_that_cheat_are_refused(house: House) -> None:
    bad = AccountSettings().model_copy(update={"max_open_groups": 0})
    with pytest.raises(InvalidInput) as caught:
        await house.accounts.save_settings(house.me, house.account.id, bad, 1, "k")
    assert caught.value.field == "max_open_groups"
