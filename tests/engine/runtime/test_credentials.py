"""Refused keys are told once for an account, whatever call found out, and wait for new ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.domain.events import CredentialsChanged
from engine.domain.watch import Wants
from engine.runtime.brakes import make_brakes
from engine.runtime.resolver import CERTAIN_AFTER, Resolver
from engine.runtime.watched import watched
from engine.venues.port import CREDENTIAL_CODES, Refused
from foundation import limits
from foundation.errors import Unavailable
from tests.engine.runtime.kit import Bench, order
from tests.support.clock import START

NOTHING = Wants((), None)


@pytest.mark.parametrize("code", sorted(CREDENTIAL_CODES))
async def test_a_refusal_of_the_keys_is_told_once_per_account(code: str) -> None:
    bench = Bench("a", "b")
    brakes = make_brakes(bench.ports)
    venue = watched(bench.ports, brakes).venue("paper")
    bench.venue.place_answer = Refused(code, "The key is not valid.")
    bench.venue.wallet_answer = Unavailable("The key is not valid.", code=code)
    await venue.place("a", order("o"), START)
    with pytest.raises(Unavailable):
        await venue.wallet("a")
    assert await brakes.credentials.turn()
    assert not await brakes.credentials.turn()
    assert list(bench.facts("a").values()) == [CredentialsChanged("The key is not valid.")]
    assert bench.facts("b") == {}
    assert brakes.credentials.blocked == ("a",)


async def test_another_refusal_blocks_nothing() -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    bench.venue.place_answer = Refused("insufficient_funds", "No money.")
    await watched(bench.ports, brakes).venue("paper").place("a", order("o"), START)
    assert not await brakes.credentials.turn()
    assert brakes.credentials.blocked == ()


async def test_it_is_retried_only_after_new_keys() -> None:
    bench = Bench()
    brakes = make_brakes(bench.ports)
    credentials, account = brakes.credentials, bench.store.stored("a")
    credentials.refused("a", "revoked")
    await credentials.turn()
    credentials.changed(replace(account, credentials_failed="revoked"), NOTHING)
    bench.clock.advance(limits.CREDENTIALS_TOLD_S * 100)
    assert credentials.is_blocked("a")
    credentials.changed(replace(account, credentials_failed=None), NOTHING)
    assert not credentials.is_blocked("a")
    credentials.refused("a", "revoked again")
    await credentials.turn()
    assert [fact.failed for fact in bench.facts().values()] == ["revoked", "revoked again"]  # type: ignore[union-attr]  # all are CredentialsChanged


async def test_the_resolver_asks_for_nobody_whose_keys_are_refused() -> None:
    bench = Bench("a", "b")
    brakes = make_brakes(bench.ports)
    bench.plant(("a", order("mine")), ("b", order("other")))
    await bench.store.claim(bench.clock.now(), 10, 10)
    bench.clock.advance((CERTAIN_AFTER + timedelta(seconds=1)).total_seconds())
    brakes.credentials.refused("a", "revoked")
    assert await Resolver(bench.ports, brakes).turn()
    assert bench.venue.calls == [("find", "other")]
