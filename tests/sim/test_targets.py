"""Worlds whose targets rest at the venue and whose positions are stopped, without a violation."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from engine.decide.cover import is_resting
from engine.domain.account import Account
from engine.domain.notices import NoticeKind
from engine.domain.settings import AccountSettings
from engine.domain.words import TakeProfitExecution, TakeProfitMode
from tests.sim import script
from tests.sim.quiet import quiet
from tests.sim.world import World

SEEDS = range(40)
STOPS = {
    "stop_loss_percent": "1",
    "trailing_stop_percent": "0.8",
    "break_even_at_percent": "0.3",
    "trailing_take_profit_percent": "0.3",
    "time_limit_minutes": 1,
}


def careful(plain: Account, seed: int) -> Account:
    """The account with any way to enter, to take profit and to be stopped."""
    dice = random.Random(f"{seed} {plain.id}")
    settings = plain.settings.model_dump() | {
        "tp_mode": dice.choice(list(TakeProfitMode)),
        "tp_execution": dice.choice(list(TakeProfitExecution)),
        "stops": {name: dice.choice([None, None, value]) for name, value in STOPS.items()}
        | {"execution": "resting"},
        "orders": {
            "first_leg": dice.choice(["limit", "market"]),
            "slippage_action": dice.choice(["warn", "reject"]),
            "cancel_dca_beyond_percent": dice.choice([None, "0.6"]),
        },
    }
    return replace(plain, settings=AccountSettings.model_validate(settings))


def test_no_world_with_resting_targets_and_stops_violates_an_invariant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bad, rested, stopped, plain = {}, 0, 0, script.account
    with quiet():
        for seed in SEEDS:
            monkeypatch.setattr(
                script, "account", lambda rng, name, of=seed: careful(plain(rng, name), of)
            )
            world = World(seed)
            world.run()
            if world.check.violations:
                bad[seed] = world.check.violations
            for one in world.accounts:
                for decided in world.store.journal[one.id]:
                    kinds = [notice.kind for notice in decided.notices]
                    stopped += kinds.count(NoticeKind.STOP_MOVED)
                for group in world.account(one.id).groups.values():
                    rested += sum(is_resting(order) for order in group.reducers)
    assert bad == {}
    assert rested > 20, "nothing rested, so nothing was proven"
    assert stopped > 20, "no stop moved, so nothing was proven"
