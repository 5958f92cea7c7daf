"""Long random stories of the core, written turn by turn: what loads is what was decided."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engine.decide.step import Step
from engine.domain.account import Account
from engine.domain.events import Event, Fact, SettingsChanged, StateCommanded
from engine.domain.notices import Outcome
from engine.domain.settings import AccountSettings
from engine.domain.words import TakeProfitMode, TradingState
from engine.store.digest import digest
from engine.store.port import AccountCommit, Decided
from tests.engine.decide.kit import Desk
from tests.engine.decide.test_properties import CAPITAL, heal, play
from tests.engine.store.kit import START, Behind, approved, work


class Scribe(Desk):
    """A desk that keeps every step, and now and then does what stories forget."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.steps: list[tuple[Account, Event, Step]] = []

    def give(self, fact: Fact) -> Outcome:
        before = self.account
        outcome = super().give(fact)
        if self.account is not before:
            self.steps.append((before, self.journal[-1], self.last))
        return outcome


def interlude(desk: Scribe) -> None:
    """Halt, new settings, an hour passes, and it goes on."""
    desk.give(StateCommanded(TradingState.HALTED, "user"))
    desk.wait(3700)
    wider = AccountSettings(total_capital_usd=CAPITAL, max_open_groups=4, queue_limit=3)
    desk.give(SettingsChanged(2, wider))
    desk.give(StateCommanded(TradingState.RUNNING, "user"))
    desk.enter(price=None, timeframe=240)


def forgets(step: Step, before: Account) -> bool:
    return any(group_id not in step.account.groups for group_id in before.groups)


@pytest.mark.parametrize(
    ("seed", "mode"), [(n, mode) for n, mode in enumerate(list(TakeProfitMode) * 2)]
)
async def test_whatever_happens_loads_as_it_was_decided(
    behind: Behind, seed: int, mode: TakeProfitMode
) -> None:
    desk, venue = play(seed, mode, Scribe)
    assert isinstance(desk, Scribe)
    interlude(desk)
    heal(desk, venue)
    dice = random.Random(seed)
    account = await behind.open(total_capital_usd=CAPITAL, max_open_groups=3, tp_mode=mode)
    chain = (await behind.store.load("acc")).digest
    steps = list(desk.steps)
    assert len(steps) > 60
    while steps:
        # a group's last change is written before the group is let go
        turn = [steps.pop(0)]
        while steps and len(turn) < dice.randint(1, 4) and not forgets(steps[0][2], steps[0][0]):
            turn.append(steps.pop(0))
        decided = []
        for before, event, made in turn:
            chain = digest(chain, event, before, made.account, made.commands)
            seq = made.account.seq
            decided.append(
                Decided(seq, event, None, made.outcome, made.commands, made.notices, chain)
            )
        commit = AccountCommit(account, turn[-1][2].account, tuple(decided), None)
        assert await behind.store.commit([commit], turn[-1][1].at) == {"acc"}
        account = commit.after
        loaded = await behind.store.load("acc")
        assert loaded.account == account
        assert list(loaded.account.groups) == list(account.groups), "memory keeps its order"
        assert loaded.digest == chain


async def test_many_accounts_load_at_once_as_each_loads_alone(behind: Behind) -> None:
    for name in ("a", "b", "c"):
        await behind.open(name, max_open_groups=1)
    facts = [approved("a", "s1"), approved("a", "s2", symbol="ETH/USDT"), approved("b", "s3")]
    for fact in facts:
        await work(behind.store, fact.account_id, START, fact)
    found = await behind.store.load_many(["c", "a", "unknown", "b"])
    assert found.keys() == {"a", "b", "c"}
    for name, loaded in found.items():
        assert loaded == await behind.store.load(name)
    assert [queued.id for queued in found["a"].account.queue] == ["s2"]
    assert await behind.store.load_many([]) == {}
