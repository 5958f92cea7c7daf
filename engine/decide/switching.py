"""Switching how an open group takes its profit: what would change, and the change itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from engine.decide.cover import resting_targets
from engine.decide.targets import OF_GROUP, OF_LEGS, Aim, aim_of, retarget
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.events import TargetsCommanded
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.record import record
from engine.domain.words import WATCHED, OrderPurpose, TakeProfitExecution, TakeProfitMode
from foundation.money import money_context, plain

HIGHEST = Decimal(1000)


@record(frozen=True, slots=True)
class TargetLine:
    """One target of a group: the lots it closes, how much, and at which price.

    Without ``leg`` it is a whole entry's, without ``pyramid`` the whole group's; counted from 1.
    """

    pyramid: int | None
    leg: int | None
    quantity: Decimal
    price: Decimal


@record(frozen=True, slots=True)
class TargetsPreview:
    """What a switch would do: targets before and after, and resting orders to be cancelled."""

    before: tuple[TargetLine, ...]
    after: tuple[TargetLine, ...]
    execution: TakeProfitExecution
    cancels: int


def preview(group: Group, wish: TargetsCommanded, tick: Decimal) -> TargetsPreview:
    """What ``switch`` would change, without changing anything."""
    with money_context():
        after = retarget(Aim(tick, 0), _wished(group, wish))
        return TargetsPreview(
            tuple(lines(group)),
            tuple(lines(after)),
            after.rules.tp_execution,
            sum(1 for _ in resting_targets(group)) if after != group else 0,
        )


def lines(group: Group) -> Iterator[TargetLine]:
    """The targets of a group as they stand, legs first."""
    if group.tp_mode in OF_LEGS:
        for pyramid, leg in group.legs:
            if leg.open_quantity > 0 and leg.tp_price is not None:
                place = (pyramid.index + 1, leg.index + 1)
                yield TargetLine(*place, leg.open_quantity, leg.tp_price)
    if group.tp_mode is TakeProfitMode.PYRAMID_AGGREGATE:
        for pyramid in group.pyramids:
            held = sum((leg.open_quantity for leg in pyramid.legs), ZERO)
            if held > 0 and pyramid.tp_price is not None:
                yield TargetLine(pyramid.index + 1, None, held, pyramid.tp_price)
    if group.tp_mode in OF_GROUP and group.tp_price is not None and group.open_quantity > 0:
        yield TargetLine(None, None, group.open_quantity, group.tp_price)


def switch(turn: Turn, fact: TargetsCommanded) -> Outcome:
    """Have an open group take its profit another way from now on."""
    group = turn.account.groups.get(fact.group_id)
    if group is None:
        return Outcome("refused", "not_found", "There is no such open position.")
    if group.status not in WATCHED:
        text = f"{group.symbol} is {group.status}: its targets cannot be switched."
        return Outcome("refused", "not_open", text, group.id)
    percent = fact.tp_aggregate_percent
    if percent is not None and not ZERO < percent <= HIGHEST:
        text = f"tp_aggregate_percent: {plain(percent)} is not between 0 and {plain(HIGHEST)}."
        return Outcome("refused", "bad_percent", text, group.id)
    wished = _wished(group, fact)
    if wished == group:
        return Outcome("done", "unchanged", "It takes its profit like that already.", group.id)
    turn.put(retarget(aim_of(turn, wished), wished))
    text = (
        f"{group.symbol} takes its profit {wished.tp_mode.replace('_', ' ')} now, "
        f"{_MANNERS[wished.rules.tp_execution]}."
    )
    data = {
        "tp_mode": wished.tp_mode.value,
        "tp_execution": wished.rules.tp_execution.value,
        "tp_aggregate_percent": plain(wished.tp_aggregate_percent),
        "by": fact.by,
    }
    turn.tell(NoticeKind.TARGETS_CHANGED, text, group, data=data)
    return Outcome("done", "targets_changed", text, group.id, data)


def watched_instead(turn: Turn, group: Group, what: OrderPurpose, why: str) -> Group:
    """A venue that will not have targets, or the stop, rest: they are watched instead."""
    if what is OrderPurpose.STOP:
        rules, named = replace(group.rules, stop_rests=False), "the stop"
    else:
        rules = replace(group.rules, tp_execution=TakeProfitExecution.MONITOR)
        named = "targets"
    text = f"The venue will not have {named} rest ({why}): watched here and closed at market."
    data = {"tp_execution": rules.tp_execution.value, "by": "engine"}
    turn.tell(NoticeKind.TARGETS_CHANGED, text, group, data=data)
    return replace(group, rules=rules)


_MANNERS = {
    TakeProfitExecution.MONITOR: "closed at market when a target is reached",
    TakeProfitExecution.RESTING: "by limits that rest at the venue",
}


def _wished(group: Group, wish: TargetsCommanded) -> Group:
    rules = group.rules
    if wish.tp_execution is not None and wish.tp_execution is not rules.tp_execution:
        rules = replace(rules, tp_execution=wish.tp_execution)
    percent = wish.tp_aggregate_percent
    return replace(
        group,
        tp_mode=wish.tp_mode or group.tp_mode,
        tp_aggregate_percent=group.tp_aggregate_percent if percent is None else percent,
        rules=rules,
    )
