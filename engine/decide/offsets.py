"""A risk plan being carried out: winners close, their fills are confirmed, then the loser closes.

The plan is part of the account and is carried on by every step, so a crash loses nothing. What a
person, a stop or the guard closes meanwhile is taken as it is: the loser never closes with more
than what was really realised covers, and a plan that cannot go on stays visible with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from engine.decide.exits import begin_exit
from engine.decide.settle import flat
from engine.decide.turn import Turn
from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.group import Group
from engine.domain.ids import derived_id
from engine.domain.leg import ZERO
from engine.domain.notices import NoticeKind
from engine.domain.offset import OffsetPlan, PlanStatus, WinnerPart
from engine.domain.words import ExitReason, GroupStatus, TradingState
from engine.policy.risk import OPEN, Position, Review, closes_now, position, share_of_loser
from foundation import limits
from foundation.money import plain, usd

HUNDRED = Decimal(100)
ONE = Decimal(1)
RUNNING = (PlanStatus.WINNERS, PlanStatus.LOSER)


def runs(account: Account) -> bool:
    """Whether a plan is under way; there is one at a time."""
    return account.offset is not None and account.offset.status in RUNNING


def start(turn: Turn, found: Review) -> None:
    """Persist the plan of a review that is ready and close its winners' parts."""
    loser = found.loser
    assert loser is not None, "a plan has a loser"
    plan = OffsetPlan(
        id=derived_id("offset", turn.account.id, turn.seq),
        loser_id=loser.group.id,
        loser_symbol=loser.group.symbol,
        loser_price=loser.price,
        loser_quantity=found.loser_quantity,
        required_usd=found.required_usd,
        loser_fraction=found.fraction,
        winners=found.winners,
        status=PlanStatus.WINNERS,
        started_at=turn.at,
        realized_before_usd=loser.group.realized_pnl_usd,
    )
    turn.account = replace(turn.account, offset=plan)
    _tell(turn, plan, "started", found.text)
    for part in plan.winners:
        _close(turn, turn.group(part.group_id), part.quantity, whole=part.whole)


def advance(turn: Turn) -> None:
    """Carry the plan on as far as facts allow."""
    plan = turn.account.offset
    assert plan is not None, "only a plan can go on"
    if plan.status is PlanStatus.WINNERS:
        _winners(turn, plan)
    else:
        _loser(turn, plan)


def _winners(turn: Turn, plan: OffsetPlan) -> None:
    plan = replace(plan, winners=tuple(_looked_at(turn, part) for part in plan.winners))
    if plan != turn.account.offset:
        turn.account = replace(turn.account, offset=plan)
    loser = turn.account.groups.get(plan.loser_id)
    if loser is None or loser.status not in OPEN:
        _fail(turn, plan, f"{plan.loser_symbol} was closed by something else meanwhile")
        return
    open_parts = [part.symbol for part in plan.winners if not part.done]
    halted = turn.account.trading is TradingState.HALTED
    at_market = position(turn.account, loser, turn.market, turn.at)
    if not open_parts and not halted and at_market is not None:
        _pay(turn, plan, at_market)
    elif turn.at >= plan.started_at + timedelta(seconds=limits.RISK_PLAN_S):
        why = f"{', '.join(open_parts)} did not close in time"
        if not open_parts:
            why = "the account is halted" if halted else f"{plan.loser_symbol} has no fresh price"
        _fail(turn, plan, why)


def _looked_at(turn: Turn, part: WinnerPart) -> WinnerPart:
    """The part with what its group has realised, done once its fills are confirmed."""
    group = turn.account.groups.get(part.group_id)
    if part.done or group is None:
        return replace(part, done=True)
    realized = group.realized_pnl_usd - part.realized_before_usd
    return replace(part, realized_usd=realized, done=_is_done(turn, group, whole=part.whole))


def _is_done(turn: Turn, group: Group, *, whole: bool) -> bool:
    """Whether nothing more comes of the closing that was ordered."""
    if group.status in (GroupStatus.CLOSED, GroupStatus.FAILED):
        return True
    if whole or group.status is GroupStatus.CLOSING:
        return flat(turn, group) and all(order.settled for order in group.orders.values())
    working = any(closes_now(order.order_type) and not order.settled for order in group.reducers)
    return group.reduce_quantity <= 0 and not working


def _pay(turn: Turn, plan: OffsetPlan, loser: Position) -> None:
    """Close of the loser what was really realised pays for; whole within the tolerance."""
    realized = realized_usd(plan)
    lost = -loser.gain_usd(loser.closable)
    tolerance = turn.account.settings.risk.cover_tolerance_percent
    whole = realized >= lost * (ONE - tolerance / HUNDRED)
    if plan.loser_fraction < ONE:
        whole = realized >= lost
    quantity = loser.closable if whole else share_of_loser(loser, realized)
    if not whole and loser.too_small(quantity, ZERO):
        _fail(turn, plan, f"{usd(realized):.2f} USD realised cover no part of {plan.loser_symbol}")
        return
    turn.account = replace(
        turn.account,
        offset=replace(
            plan,
            status=PlanStatus.LOSER,
            loser_quantity=quantity,
            loser_fraction=ONE if whole else quantity / loser.closable,
        ),
    )
    _close(turn, loser.group, quantity, whole=whole)


def _loser(turn: Turn, plan: OffsetPlan) -> None:
    loser = turn.account.groups.get(plan.loser_id)
    if loser is None or _is_done(turn, loser, whole=plan.loser_fraction >= ONE):
        done = replace(plan, status=PlanStatus.DONE)
        turn.account = replace(turn.account, offset=done)
        share = plain((plan.loser_fraction * HUNDRED).quantize(ONE))
        net = usd(realized_usd(plan) + _lost_usd(turn, plan))
        text = f"Closed {share} % of {plan.loser_symbol} with the profit of others: {net:.2f} USD."
        _tell(turn, done, "offset_loss", text)
    elif turn.at >= plan.started_at + 2 * timedelta(seconds=limits.RISK_PLAN_S):
        _fail(turn, plan, f"{plan.loser_symbol} is still closing; that goes on")


def realized_usd(plan: OffsetPlan) -> Decimal:
    """What the winners have realised since the plan began."""
    return sum((part.realized_usd for part in plan.winners), ZERO)


def _lost_usd(turn: Turn, plan: OffsetPlan) -> Decimal:
    """What the loser has realised since the plan began, a loss being negative."""
    loser = turn.account.groups.get(plan.loser_id)
    return loser.realized_pnl_usd - plan.realized_before_usd if loser else ZERO


def _close(turn: Turn, group: Group, quantity: Decimal, *, whole: bool) -> None:
    """Close the group, or a part of it pro rata; then pyramids, legs and slot stay."""
    if whole:
        begin_exit(turn, group, ExitReason.RISK_OFFSET)
        return
    wanted = group.reduce_quantity + quantity
    turn.put(replace(group, reduce_quantity=wanted, reduce_reason=ExitReason.RISK_OFFSET))
    text = f"Closing {plain(quantity)} of {group.symbol} for a risk plan."
    turn.tell(NoticeKind.REDUCED, text, group, data={"quantity": plain(quantity)})


def _fail(turn: Turn, plan: OffsetPlan, why: str) -> None:
    """End a plan part-way: what no order was sent for is not closed; the rest is told."""
    for part in plan.winners:
        group = turn.account.groups.get(part.group_id)
        if group is None or part.done or group.reduce_reason is not ExitReason.RISK_OFFSET:
            continue
        if group.status in OPEN and group.reduce_quantity > 0:
            turn.put(replace(group, reduce_quantity=ZERO))
    failed = replace(plan, status=PlanStatus.FAILED, note=why)
    turn.account = replace(turn.account, offset=failed)
    text = f"The risk plan for {plan.loser_symbol} ended part-way: {why}."
    _tell(turn, failed, "offset_failed", text)


def _tell(turn: Turn, plan: OffsetPlan, action: str, text: str) -> None:
    loser = turn.account.groups.get(plan.loser_id)
    data = {
        "action": action,
        "plan": plan.id,
        "loser": plan.loser_id,
        "loser_symbol": plan.loser_symbol,
        "loser_price": plain(plan.loser_price),
        "loser_quantity": plain(plan.loser_quantity),
        "fraction": plain(usd(plan.loser_fraction)),
        "required_usd": plain(usd(plan.required_usd)),
        "expected_usd": plain(usd(sum((p.expected_usd for p in plan.winners), ZERO))),
        "realized_usd": plain(usd(realized_usd(plan))),
        "loser_realized_usd": plain(usd(_lost_usd(turn, plan))),
        "winners": winners_json(plan.winners),
        "note": plan.note,
    }
    turn.tell(NoticeKind.RISK_ACTION, text, loser, plan.loser_symbol, data)


def winners_json(winners: Sequence[WinnerPart]) -> str:
    """The winners as a JSON list of objects of strings."""
    rows = [
        {
            "group": part.group_id,
            "symbol": part.symbol,
            "quantity": plain(part.quantity),
            "price": plain(part.price),
            "whole": "yes" if part.whole else "no",
            "expected_usd": plain(usd(part.expected_usd)),
            "realized_usd": plain(usd(part.realized_usd)),
        }
        for part in winners
    ]
    return json.dumps(rows, separators=(",", ":"))
