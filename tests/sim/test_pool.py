"""Worlds with a ranked queue, a busy risk engine and people who force signals in."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import permutations
from typing import Literal

import pytest

from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.choices.queue import RankRule
from engine.domain.choices.risk import TimerStart
from engine.domain.notices import NoticeKind
from engine.domain.settings import AccountSettings
from tests.sim import script
from tests.sim.quiet import quiet
from tests.sim.world import World

SEEDS = range(30)
MARKS: tuple[Literal["block", "unblock", "skip_once"], ...] = ("block", "unblock", "skip_once")
ORDERS = list(permutations(RankRule))


def eager(plain: Account, seed: int) -> Account:
    """The account with few slots, any order of the queue, and losers that are offset at once."""
    dice = random.Random(f"{seed} {plain.id}")
    settings = plain.settings.model_dump() | {
        "total_capital_usd": Decimal(4000),
        "max_open_groups": dice.choice([2, 2, 3]),
        "sizing": {"method": "fixed_usd", "fixed_usd": "400"},
        "queue_limit": dice.choice([1, 3, 5]),
        "max_drift_percent": dice.choice(["0.3", "1", "50"]),
        "queue": {
            "rules": list(dice.choice(ORDERS))[: dice.randint(0, 5)],
            "same_pair_timeframe": dice.random() < 0.7,
            "continuation_bypasses": dice.random() < 0.3,
        },
        "orders": {"opposite_side": dice.choice(["queue", "refuse"])},
        "risk": {
            "evaluate_interval_seconds": 5,
            "loss_threshold_percent": "-0.05",
            "require_full_pyramids": dice.random() < 0.2,
            "timer_start_condition": dice.choice(list(TimerStart)),
            "post_full_wait_minutes": 0,
            "min_close_notional_usd": "0",
            "closing_fee_percent": "0.1",
            "partial_close_enabled": dice.random() < 0.7,
            "on_insufficient_profit": dice.choice(["partial", "partial", "wait"]),
        },
        "protection": {"drawdown": {"enabled": False}},
    }
    return replace(plain, settings=AccountSettings.model_validate(settings))


def person(rng: random.Random, now: Account, at: datetime) -> ev.Fact:
    """Somebody who uses the risk engine and the queue, when not doing what people do."""
    groups = [group for group in now.groups.values() if group.holds_slot]
    roll = rng.random()
    if roll < 0.5 and now.queue:
        waiting = rng.choice(now.queue)
        return ev.QueueCommanded(waiting.id, "force_add", "person")
    if roll < 0.65:
        return ev.RiskCommanded("run_now", None, "person")
    if roll < 0.75 and groups:
        return ev.RiskCommanded(rng.choice(MARKS), rng.choice(groups).id, "person")
    return PLAIN_PERSON(rng, now, at)


PLAIN_ACCOUNT, PLAIN_PERSON = script.account, script.person


def test_no_world_with_a_risk_engine_and_a_ranked_queue_violates_an_invariant(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(script, "person", person)
    bad, seen = {}, Counter[str]()
    with quiet():
        for seed in SEEDS:
            monkeypatch.setattr(
                script,
                "account",
                lambda rng, name, of=seed: eager(PLAIN_ACCOUNT(rng, name), of),
            )
            world = World(seed)
            world.run()
            if world.check.violations:
                bad[seed] = world.check.violations
            seen += told(world)
    assert bad == {}
    for what in ("started", "offset_loss", "forced", "promoted", "replaced", "drifted"):
        assert seen[what] >= 2, f"{what} hardly ever happened: {seen}"


def told(world: World) -> Counter[str]:
    """How often what the test is about has happened."""
    seen = Counter[str]()
    for account in world.accounts:
        for one in world.store.journal[account.id]:
            fact = one.event.fact
            if isinstance(fact, ev.QueueCommanded) and fact.action == "force_add":
                seen["forced"] += one.outcome.status == "done"
            for notice in one.notices:
                if notice.kind is NoticeKind.RISK_ACTION:
                    seen[notice.data["action"]] += 1
                elif notice.kind in (
                    NoticeKind.PROMOTED, NoticeKind.REPLACED, NoticeKind.DRIFTED
                ):  # fmt: skip
                    seen[notice.kind.value] += 1
    return seen
