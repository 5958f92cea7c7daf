"""The digest: the same story gives the same chain, and everything in a decision counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import BaseModel

from engine.domain.account import Account
from engine.domain.commands import CancelOrder, PlaceOrder
from engine.domain.events import Due, Event
from engine.domain.settings import AccountSettings
from engine.store.codec import encode_event
from engine.store.digest import GENESIS, digest, seal, text
from engine.store.memory import MemoryStore
from engine.store.port import AccountCommit
from foundation.errors import ContractBroken
from foundation.money import plain
from tests.engine.store import worlds
from tests.engine.store.kit import START, after, approved, market, work

BEFORE = Account("acc", "paper", AccountSettings())


async def story() -> AccountCommit:
    store = MemoryStore()
    store.open_account(BEFORE)
    return await work(store, "acc", START, approved("acc", "s1"))


async def test_the_same_decision_has_the_same_digest() -> None:
    one, two = await story(), await story()
    assert one.decided[0].digest == two.decided[0].digest
    assert len(one.decided[0].digest) == len(GENESIS)


async def test_everything_in_a_decision_counts() -> None:
    commit = await story()
    made, account = commit.decided[0], commit.after
    given = (GENESIS, made.event, BEFORE, account, made.commands)
    [group] = account.groups.values()
    other_group = replace(account, groups={group.id: replace(group, armed_seq=99)})
    first, *rest = made.commands
    different = [
        (b"x" * 16, *given[1:]),
        (GENESIS, replace(made.event, at=after(1)), BEFORE, account, made.commands),
        (GENESIS, made.event, BEFORE, other_group, made.commands),
        (GENESIS, made.event, BEFORE, replace(account, halt_reason="x"), made.commands),
        (GENESIS, made.event, account, account, made.commands),
        (GENESIS, made.event, BEFORE, account, rest),
        (GENESIS, made.event, BEFORE, account, [replace(first, id="other"), *rest]),
        (
            GENESIS,
            made.event,
            BEFORE,
            replace(account, settings_version=2, settings=AccountSettings(max_open_groups=2)),
            made.commands,
        ),
    ]
    digests = {digest(*one) for one in [given, *different]}
    assert len(digests) == 1 + len(different)


async def test_the_spelling_of_a_number_does_not_count() -> None:
    commit = await story()
    [group] = commit.after.groups.values()
    event = Event("k", START, market({}, START), Due())

    def with_percent(text: str) -> Account:
        changed = replace(group, tp_aggregate_percent=Decimal(text))
        return replace(commit.after, groups={group.id: changed})

    spelled = {digest(GENESIS, event, BEFORE, with_percent(t), ()) for t in ("10", "10.00", "1E+1")}
    assert len(spelled) == 1
    assert digest(GENESIS, event, BEFORE, with_percent("11"), ()) not in spelled


def test_what_has_no_spelling_is_refused() -> None:
    event = Event("k", START, market({}, START), Due())
    odd = replace(BEFORE, groups={"g": object()})  # type: ignore[dict-item]  # on purpose
    with pytest.raises((ContractBroken, AttributeError)):
        digest(GENESIS, event, BEFORE, odd, ())


def spelled_out(value: object) -> str:
    """The spelling told in the plainest way there is."""
    if value is None:
        return "~"
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return f"\x02{chr(0x1F).join(spelled_out(part) for part in parts(value))}\x03"


def parts(value: object) -> list[object]:
    if isinstance(value, tuple | list):
        return list(value)
    if isinstance(value, Mapping):
        return [part for pair in sorted(value.items()) for part in pair]
    if isinstance(value, BaseModel):
        return [getattr(value, name) for name in type(value).model_fields]
    named = [getattr(value, field.name) for field in fields(value)]  # type: ignore[arg-type]  # a dataclass
    return [*named, type(value).__name__]


@given(worlds.accounts("acc"))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
def test_every_part_of_an_account_is_spelled_in_one_way(account: Account) -> None:
    assert text(account) == spelled_out(account)


@given(worlds.commands())
def test_every_command_is_spelled_in_one_way(command: PlaceOrder | CancelOrder) -> None:
    assert text(command) == spelled_out(command)


async def test_an_event_that_is_encoded_already_gives_the_same_digest() -> None:
    commit = await story()
    made = commit.decided[0]
    encoded = encode_event(made.event)
    assert seal(GENESIS, encoded, BEFORE, commit.after, made.commands) == made.digest
