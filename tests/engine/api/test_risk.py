"""The risk window (spec engine §6): the plan before it runs, why each stands so, and history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from engine.api.protection import lock_views
from engine.domain.events import RiskCommanded
from engine.domain.protection import EntryLock
from engine.domain.settings import AccountSettings
from engine.store import load
from engine.store.port import AccountCommit, InboxEntry
from foundation.errors import Conflict, InvalidInput, NotFound
from tests.engine.api.conftest import House
from tests.engine.store.kit import PRICES, work

D = Decimal
MOVED = {**PRICES, "ETH/USDT": D(2700), "SOL/USDT": D(300)}


async def two_positions(house: House) -> None:
    """A loser of 100 USD on ETH and a winner of 1,000 USD on SOL, at the prices in the table."""
    house.run_worker()
    settings = AccountSettings.model_validate(
        {
            "ladder": [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "900"}],
            "max_pyramids": 1,
            "risk": {"post_full_wait_minutes": 0, "closing_fee_percent": "0"},
        }
    )
    await house.accounts.save_settings(house.me, house.account.id, settings, 1, "settings")
    await house.stop_worker()
    for name, symbol in (("a", "ETH/USDT"), ("b", "SOL/USDT")):
        await house.fill(await house.signal(name, symbol=symbol))
    for symbol, price in MOVED.items():
        await house.price(symbol, str(price))


async def run_now(house: House) -> AccountCommit:
    """A review at the moved prices."""
    house.clock.advance(1)
    entry = InboxEntry(house.account.id, "cmd:run", RiskCommanded("run_now", None, house.me))
    now = house.clock.now()
    return await work(house.store, house.account.id, now, entry, prices=MOVED)


async def test_the_projection_shows_the_plan_before_it_runs(house: House) -> None:
    await two_positions(house)
    shown = await house.risk.show(house.me, house.account.id)
    assert (shown.code, shown.loser_symbol) == ("ready", "ETH/USDT")
    assert shown.required_usd == shown.loss_usd
    assert shown.loss_percent == 10
    [winner] = shown.winners
    assert (winner.symbol, winner.price, winner.whole) == ("SOL/USDT", D(300), False)
    assert winner.expected_usd >= shown.required_usd
    codes = {row.symbol: row.code for row in shown.positions}
    assert codes == {"ETH/USDT": "loser", "SOL/USDT": "winner"}
    assert shown.plan is None


async def test_each_position_says_how_far_it_is(house: House) -> None:
    await two_positions(house)
    shown = await house.risk.show(house.me, house.account.id)
    eth = next(row for row in shown.positions if row.symbol == "ETH/USDT")
    assert (eth.pyramid_count, eth.max_pyramids, eth.aged_at) == (1, 1, None)
    assert (round(eth.invested_usd), round(eth.pnl_usd or D(0))) == (1000, -100)
    assert eth.timer_expires_at is not None
    assert (shown.threshold_percent, shown.interval_seconds) == (-5, 60)


async def test_the_guard_and_locks_in_force_are_shown(house: House) -> None:
    await two_positions(house)
    guard = (await house.risk.show(house.me, house.account.id)).guard
    assert (guard.stage, guard.soft_percent, guard.max_percent) == ("calm", 10, 20)
    assert round(guard.equity_usd or D(0)) == 10_900
    assert guard.warn_percent == 15
    await house.price("SOL/USDT", "75")
    fallen = (await house.risk.show(house.me, house.account.id)).guard
    assert round(fallen.drawdown_percent or D(0), 2) == 6
    house.clock.advance(60)
    unknown = (await house.risk.show(house.me, house.account.id)).guard
    assert (unknown.equity_usd, unknown.drawdown_percent) == (None, None)
    account = (await load.load(house.database, house.account.id)).account
    at = house.clock.now()
    locks = (
        EntryLock("cooldown", "ETH/USDT", at + timedelta(minutes=5), "cooldown"),
        EntryLock("stop_loss_guard", None, at + timedelta(minutes=9), "losses"),
        EntryLock("cooldown", "SOL/USDT", at, "over"),
    )
    held = lock_views(replace(account, locks=locks), at)
    assert [(one.kind, one.symbol) for one in held] == [
        ("stop_loss_guard", None),
        ("cooldown", "ETH/USDT"),
    ]


async def test_a_symbol_without_a_fresh_price_is_named(house: House) -> None:
    await two_positions(house)
    house.clock.advance(60)
    shown = await house.risk.show(house.me, house.account.id)
    assert shown.left_out == ("ETH/USDT", "SOL/USDT")
    assert {row.code for row in shown.positions} == {"no_fresh_price"}


async def test_every_action_is_a_row_with_its_figures(house: House) -> None:
    await two_positions(house)
    shown_before = await house.risk.show(house.me, house.account.id)
    commit = await run_now(house)
    assert commit.after.offset is not None
    page = await house.risk.history(house.me, house.account.id)
    [row] = page.items
    assert (row.kind, row.action, row.symbol) == ("risk_action", "started", "ETH/USDT")
    assert row.loser == shown_before.loser_id
    assert {"symbol": "SOL/USDT", "price": "300"}.items() <= row.winners[0].items()
    assert D(row.winners[0]["quantity"]) == shown_before.winners[0].quantity
    assert D(row.figures["loser_price"]) == 2700
    assert D(row.figures["loser_quantity"]) == shown_before.loser_quantity
    assert D(row.figures["required_usd"]) == shown_before.required_usd
    assert D(row.figures["expected_usd"]) == shown_before.available_usd
    assert row.figures["realized_usd"] == "0"
    assert row.notes == shown_before.text
    shown = await house.risk.show(house.me, house.account.id)
    assert shown.plan is not None
    assert (shown.plan.status, shown.plan.loser_symbol) == ("winners", "ETH/USDT")
    with pytest.raises(InvalidInput):
        await house.risk.history(house.me, house.account.id, cursor="x")


async def test_a_person_blocks_skips_and_runs_it(house: House) -> None:
    await two_positions(house)
    house.run_worker()
    loser = (await house.risk.show(house.me, house.account.id)).loser_id
    assert loser is not None
    blocked = await house.risk.mark(house.me, loser, "block", "k1")
    assert getattr(blocked, "code", None) == "no_loser"
    await house.risk.mark(house.me, loser, "unblock", "k2")
    skipped = await house.risk.mark(house.me, loser, "skip_once", "k3")
    assert [row.skip_once for row in skipped.positions] == [True, False]  # type: ignore[union-attr]  # decided in time
    await house.risk.run_now(house.me, house.account.id, "k4")
    actions = [row.action for row in (await house.risk.history(house.me, house.account.id)).items]
    assert actions == ["manual_skip", "manual_unblock", "manual_block"]


async def test_a_halted_account_runs_no_review(house: House) -> None:
    await two_positions(house)
    house.run_worker()
    await house.accounts.set_state(house.me, house.account.id, "halted", "k")
    with pytest.raises(Conflict) as caught:
        await house.risk.run_now(house.me, house.account.id, "k2")
    assert caught.value.code == "account_halted"


async def test_somebody_elses_risk_is_not_found(house: House) -> None:
    await two_positions(house)
    for call in (
        house.risk.show(house.other, house.account.id),
        house.risk.history(house.other, house.account.id),
        house.risk.run_now(house.other, house.account.id, "k"),
        house.risk.mark(house.other, "group", "block", "k"),
    ):
        with pytest.raises(NotFound):
            await call
