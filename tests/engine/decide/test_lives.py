"""Life cycles as they are lived (spec engine §1): pyramids, and what failed waits for a person."""

from __future__ import annotations

from typing import Any

import pytest

from engine.domain.events import CloseCommanded, OrderLost, RetryCommanded, StateCommanded
from engine.domain.notices import Outcome
from engine.domain.words import ExitReason, GroupStatus, PyramidStatus, Side, TradingState
from tests.engine.decide.kit import D, Desk


def failed(**settings: Any) -> Desk:
    """A group none of whose orders was taken."""
    desk = Desk(**settings)
    desk.enter()
    for order in desk.new_orders():
        desk.refuse(order, "insufficient_funds", "no money")
    assert desk.group.status is GroupStatus.FAILED
    return desk


def again(desk: Desk) -> Outcome:
    return desk.give(RetryCommanded(desk.group.id, "user"))


def test_a_pyramid_is_pending_then_submitted_then_filled() -> None:
    desk = Desk()
    desk.enter()
    assert desk.group.pyramids[0].status is PyramidStatus.SUBMITTED
    for order in desk.new_orders():
        desk.fill(order)
    assert desk.group.pyramids[0].status is PyramidStatus.FILLED


def test_a_pyramid_none_of_whose_legs_works_any_more_is_cancelled() -> None:
    desk = Desk()
    desk.enter()
    orders = desk.new_orders()
    desk.fill(orders[0])
    desk.enter()
    for order in desk.new_orders():
        desk.refuse(order)
    assert desk.group.pyramids[1].status is PyramidStatus.CANCELLED


def test_what_failed_holds_no_slot_and_stays_known_until_a_person_decides() -> None:
    desk = failed()
    desk.wait(100_000)
    assert desk.account.slots_taken == 0
    assert desk.group.status is GroupStatus.FAILED


def test_a_person_retries_what_failed_with_its_ladder_as_it_was() -> None:
    desk = failed()
    before = [(leg.price, leg.quantity) for _, leg in desk.group.legs]
    desk.wait(3_600)
    assert again(desk).code == "retried"
    assert desk.group.status is GroupStatus.LIVE
    assert [(o.price, o.quantity) for o in desk.new_orders()] == before
    assert desk.account.slots_taken == 1
    assert desk.told[-6] == "group_opened"
    for order in desk.new_orders():
        desk.fill(order)
    assert desk.group.status is GroupStatus.ACTIVE


def test_a_retry_that_fails_again_may_be_retried_again() -> None:
    desk = failed()
    again(desk)
    for order in desk.new_orders():
        desk.refuse(order)
    assert desk.group.status is GroupStatus.FAILED
    assert again(desk).code == "retried"


def test_a_person_closes_what_failed() -> None:
    desk = failed()
    assert desk.give(CloseCommanded(desk.group.id, D(1), "user")).code == "closing"
    assert desk.group.status is GroupStatus.CLOSED
    assert desk.group.exit_reason is ExitReason.MANUAL
    assert again(desk).code == "not_failed"


def test_a_ladder_that_could_not_be_drawn_is_drawn_by_a_retry() -> None:
    desk = Desk(stops={"time_limit_minutes": 60})
    rules = desk.instruments.pop("BTC/USDT")
    desk.enter()
    small = D(1_000_000)
    desk.instruments["BTC/USDT"] = type(rules)(**{**_fields(rules), "min_notional": small})
    desk.wait(60)
    assert desk.group.status is GroupStatus.FAILED
    assert again(desk).code == "under_min_notional"
    desk.instruments["BTC/USDT"] = rules
    assert again(desk).code == "retried"
    assert len(desk.new_orders()) == 5
    assert desk.group.rules.capital_usd is None
    assert desk.group.rules.closes_at is not None
    assert (desk.group.rules.closes_at - desk.now).total_seconds() == 3600


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_a_retry_takes_a_slot_only_when_one_is_free() -> None:
    desk = failed(max_open_groups=1)
    failed_id = desk.group.id
    desk.prices["ETH/USDT"] = D(60000)
    desk.instruments["ETH/USDT"] = desk.instruments["BTC/USDT"]
    desk.enter(symbol="ETH/USDT")
    refused = desk.give(RetryCommanded(failed_id, "user"))
    assert (refused.status, refused.code) == ("refused", "pool_full")
    assert desk.account.slots_taken == 1


@pytest.mark.parametrize(
    ("side", "code"), [(Side.LONG, "continuation"), (Side.SHORT, "opposite_side")]
)
def test_a_retry_never_stands_beside_its_own_identity_or_its_opposite(
    side: Side, code: str
) -> None:
    desk = failed()
    failed_id = desk.group.id
    desk.enter(side=side)
    assert desk.give(RetryCommanded(failed_id, "user")).code == code


def test_a_retry_passes_the_gate_like_an_entry() -> None:
    desk = failed()
    desk.give(StateCommanded(TradingState.PAUSED, "user"))
    assert again(desk).code == "account_paused"


def test_what_traded_after_all_is_not_retried() -> None:
    desk = Desk()
    desk.enter()
    first, *rest = desk.new_orders()
    desk.give(OrderLost(first.id))
    lost_again = desk.new_orders()
    for order in (*rest, *lost_again):
        desk.refuse(order)
    assert desk.group.status is GroupStatus.FAILED
    desk.fill(first)
    assert again(desk).code == "has_traded"
    desk.fill(desk.reducers()[-1], "60000")
    assert desk.close().code == "closing"
    assert desk.group.status is GroupStatus.CLOSED
