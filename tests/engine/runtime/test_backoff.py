"""Retries of calls that change nothing: 1 s … 32 s, with jitter, a policy per service."""

from __future__ import annotations

import pytest

from engine.runtime import backoff
from engine.runtime.backoff import Backoff
from foundation import limits

POLICIES = [backoff.orders(), backoff.comparisons()]


@pytest.mark.parametrize("policy", POLICIES)
def test_pauses_double_from_one_second_to_thirty_two(policy: Backoff) -> None:
    for tries in range(1, 40):
        most = min(2.0 ** (tries - 1), 32.0)
        assert most * (1 - limits.BACKOFF_JITTER) <= policy.pause(tries, "a") <= most


def test_jitter_keeps_those_apart_who_failed_together_and_is_no_chance() -> None:
    policy = Backoff(1, 32)
    pauses = [policy.pause(6, f"account {n}") for n in range(200)]
    assert pauses == [policy.pause(6, f"account {n}") for n in range(200)]
    assert len(set(pauses)) == 200
    assert max(pauses) - min(pauses) > 32 * limits.BACKOFF_JITTER * 0.9
