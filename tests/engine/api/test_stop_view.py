"""What a person reads of a stop: the price, how much it protects, and where it waits."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

from engine.api.detail import detail_of
from engine.api.views import StopView
from engine.domain.commands import PlaceOrder
from tests.bot.views import group as a_row
from tests.engine.decide.kit import Desk
from tests.engine.decide.test_stops import RESTS, held, resting_stop


def told(desk: Desk) -> StopView | None:
    return detail_of(a_row(), desk.group, ()).stop


def at(**settings: Any) -> Desk:
    return held(2, stops={"stop_loss_percent": "5", **settings})


def test_a_watched_stop_protects_all_that_is_held_from_here() -> None:
    desk = at(execution="monitor")
    stop = desk.group.stop.price
    assert stop is not None
    assert told(desk) == StopView(stop, desk.group.open_quantity, "engine", D(0))


def test_a_resting_stop_is_on_its_way_until_the_venue_has_it() -> None:
    desk = held(1, stops=RESTS)
    order = resting_stop(desk)
    held_now = desk.group.open_quantity
    assert told(desk) == StopView(order.trigger_price or D(0), held_now, "sending", D(0))
    desk.accept(order)
    assert told(desk) == StopView(order.trigger_price or D(0), held_now, "venue", order.quantity)


def test_a_stop_that_moved_away_from_its_order_is_watched_meanwhile() -> None:
    desk = held(1, stops=RESTS)
    desk.accept(resting_stop(desk))
    second = desk.group.pyramids[0].legs[1].order_id
    desk.fill(next(c for c in desk.commands if isinstance(c, PlaceOrder) and c.id == second))
    stop = told(desk)
    assert stop is not None
    assert (stop.where, stop.resting_quantity) == ("engine", D(0))
    assert stop.quantity == desk.group.open_quantity


def test_without_a_stop_or_a_position_there_is_none() -> None:
    assert told(held(1)) is None
    assert told(held(0, stops=RESTS)) is None
