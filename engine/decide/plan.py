"""The plan: what each touched group still needs ordered, cancelled or settled.

Declarative on purpose. Facts and people change what a group *is*; the plan compares that with
the orders at work and commands the difference. So a lost order, a refused exit, a late fill or a
crash need no case of their own: the difference is still there and is commanded again.
"""

from __future__ import annotations

from engine.decide.cancelling import called_off, cancel_entries, cancel_surplus
from engine.decide.closing import close_hit, close_reduced, close_rest
from engine.decide.ordering import order_leg
from engine.decide.resting import clear_targets, place_targets
from engine.decide.settle import settle
from engine.decide.stops import move_stop
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.group import Group, Pyramid
from engine.domain.orders import Order
from engine.domain.words import GroupStatus, OrderStatus, TakeProfitMode, TradingState
from engine.policy.retry import entry_fresh

#: Whatever such a group still comes to hold is closed. A failed one holds no slot, so a fill that
#: was still on its way must not make a position of it.
FLATTENING = (GroupStatus.CLOSING, GroupStatus.CLOSED, GroupStatus.FAILED)


def plan(turn: Turn) -> None:
    """Plan every group the fact touched; planning may touch no further group."""
    for group_id in list(turn.touched):
        if group_id in turn.booked:
            continue
        _retry_over(turn, turn.group(group_id))
        group = turn.group(group_id)
        if group.status in FLATTENING:
            _flatten(turn, group)
        else:
            cancel_surplus(turn, group)
            _order_ladder(turn, turn.group(group_id))
            for keep in (move_stop, clear_targets, close_hit, close_reduced, place_targets):
                keep(turn, turn.group(group_id))
        settle(turn, turn.group(group_id))
        if turn.group(group_id).status in FLATTENING and group.status not in FLATTENING:
            _flatten(turn, turn.group(group_id))
            settle(turn, turn.group(group_id))


def _retry_over(turn: Turn, group: Group) -> None:
    """A wait that is over is forgotten, whether or not there is still something to close."""
    if group.exit_retry_at is not None and group.exit_retry_at <= turn.at:
        turn.put(replace(group, exit_retry_at=None))


def _flatten(turn: Turn, group: Group) -> None:
    cancel_entries(turn, group)
    clear_targets(turn, turn.group(group.id))
    if group.tp_mode is TakeProfitMode.HYBRID:
        close_hit(turn, turn.group(group.id))
    close_rest(turn, turn.group(group.id))


def _order_ladder(turn: Turn, group: Group) -> None:
    """Place every leg that has no order and need not wait; what is stale is not ordered."""
    if group.status is GroupStatus.WAITING or turn.account.trading is not TradingState.RUNNING:
        return
    for pyramid in group.pyramids:
        if pyramid.tp_hit:
            cancel_entries(turn, group, pyramid.index)
            group = turn.group(group.id)
    orders: dict[str, Order] = {}
    pyramids = tuple([_ordered(turn, group, pyramid, orders) for pyramid in group.pyramids])
    if any(new is not old for new, old in zip(pyramids, group.pyramids, strict=True)):
        group = replace(group, pyramids=pyramids, orders={**group.orders, **orders})
    turn.put(group)


def _ordered(turn: Turn, group: Group, pyramid: Pyramid, orders: dict[str, Order]) -> Pyramid:
    """The pyramid with its waiting legs ordered or called off; new orders go into ``orders``."""
    legs = list(pyramid.legs)
    for place, leg in enumerate(legs):
        if leg.order_id is not None or leg.status is not OrderStatus.PENDING:
            continue
        if group.no_more_entries or not entry_fresh(turn.at, pyramid.entry_at):
            legs[place] = called_off(turn, leg)
        elif leg.retry_at is None or leg.retry_at <= turn.at:
            legs[place], order = order_leg(turn, group, pyramid.index, leg)
            orders[order.id] = order
    changed = any(new is not old for new, old in zip(legs, pyramid.legs, strict=True))
    return replace(pyramid, legs=tuple(legs)) if changed else pyramid
