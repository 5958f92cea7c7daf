"""The quick `replace` does what the one of `dataclasses` does."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.events import Halted
from tests.engine.store import worlds


@given(worlds.accounts("acc"))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=40)
def test_a_changed_copy_is_what_dataclasses_would_make(account: Account) -> None:
    assert replace(account) == account
    changed = replace(account, seq=7, halt_reason="x", queue=())
    assert changed == dataclasses.replace(account, seq=7, halt_reason="x", queue=())
    for group in account.groups.values():
        copy = replace(group, tp_price=Decimal(2), pyramids=())
        assert copy == dataclasses.replace(group, tp_price=Decimal(2), pyramids=())
        assert copy.orders is group.orders


def test_one_field_is_enough_and_an_unknown_one_is_an_error() -> None:
    assert replace(Halted("a"), reason="b") == Halted("b")
    with pytest.raises(TypeError, match="has no field 'mystery'"):
        replace(Halted("a"), mystery=1)  # type: ignore[call-arg]  # on purpose
