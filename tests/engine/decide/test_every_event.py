"""Events for every state change (spec engine §10): what an account goes through tells each name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

import pytest

from engine.domain.events import RiskCommanded, SignalReceived, StateCommanded
from engine.domain.words import TradingState
from engine.store.closed import trade_row
from tests.engine.decide.kit import Desk, instrument
from tests.support.events import EVENTS

D = Decimal
ONE_LEG = [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "1"}]
ETH = "ETH/USDT"


def desk() -> Desk:
    """One slot of 10,000 USD, two markets."""
    made = Desk("100", ladder=ONE_LEG, max_open_groups=1, total_capital_usd="10000")
    made.instruments = {name: instrument(name, step=D("0.001")) for name in ("BTC/USDT", ETH)}
    made.prices[ETH] = D(100)
    return made


def opened() -> Desk:
    made = desk()
    signal = made.signal(entry_price=D(100))
    made.give(SignalReceived(signal, "policy", "offer-1"))
    return made


def filled() -> Desk:
    made = opened()
    made.fill(made.placed())
    return made


def waiting() -> Desk:
    made = filled()
    made.enter("100", symbol=ETH, raw_symbol="ETHUSDT")
    return made


def closed() -> Desk:
    made = waiting()
    made.cross("101")
    made.fill(made.reducers()[-1], "101")
    return made


def refused() -> Desk:
    made = opened()
    made.refuse(made.placed())
    return made


def blocked() -> Desk:
    made = filled()
    made.give(RiskCommanded("block", made.group.id, "user"))
    return made


def fallen() -> Desk:
    made = filled()
    made.prices["BTC/USDT"] = D(75)
    made.wait(120)
    return made


def paused() -> Desk:
    made = desk()
    made.give(StateCommanded(TradingState.PAUSED, "user"))
    return made


STORIES: Final[tuple[tuple[Callable[[], Desk], set[str]], ...]] = (
    (opened, {"signal_received", "offer_decided", "group_opened", "order_submitted"}),
    (filled, {"leg_filled"}),
    (waiting, {"queued"}),
    (closed, {"tp_hit", "group_closed", "trade_closed", "promoted"}),
    (refused, {"order_failed"}),
    (blocked, {"risk_action"}),
    (fallen, {"guard_triggered", "engine_state"}),
    (paused, {"engine_state"}),
)


@pytest.mark.parametrize(("story", "told"), STORIES)
def test_events_for_every_state_change(story: Callable[[], Desk], told: set[str]) -> None:
    made = story()
    assert told <= set(made.told), made.told


def test_every_name_of_the_list_has_its_story() -> None:
    assert set().union(*(told for _, told in STORIES)) == EVENTS.keys()


def test_a_trade_that_closed_is_told_with_what_its_row_says() -> None:
    made = filled()
    group_id = made.group.id
    made.close()
    made.wait(600)
    made.fill(made.reducers()[-1], "102", fee="0.5")
    [notice] = [one for one in made.last.notices if one.kind == "trade_closed"]
    row = trade_row("acc", made.group)
    assert row is not None
    assert (notice.group_id, notice.data["trade_id"]) == (group_id, group_id)
    assert notice.data["exit_reason"] == "manual"
    assert D(notice.data["realized_pnl_usd"]) == made.group.realized_pnl_usd
    took = made.group.closed_at - made.group.created_at  # type: ignore[operator]  # it is closed
    assert notice.data["duration_seconds"] == str(int(took.total_seconds()))
    assert made.told.count("group_closed") == made.told.count("trade_closed") == 1


def test_what_closed_before_anything_was_filled_was_no_trade() -> None:
    made = opened()
    made.close()
    made.cancelled(made.placed().id, "0")
    assert "group_closed" in made.told
    assert "trade_closed" not in made.told
    assert trade_row("acc", made.group) is None


def test_an_approval_by_a_person_is_told_where_it_is_decided_and_not_again() -> None:
    made = desk()
    signal = made.signal(entry_price=D(100))
    made.give(SignalReceived(signal, "person", "offer-1"))
    assert "offer_decided" not in made.told
