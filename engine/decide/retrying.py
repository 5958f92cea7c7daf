"""A person has a position that failed tried again: a slot, and its ladder as it was drawn."""

from __future__ import annotations

from engine.decide.drawing import leg_of, redraw, settled_rules
from engine.decide.entries import ladder_data
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.events import RetryCommanded
from engine.domain.group import Group, Pyramid
from engine.domain.instrument import Instrument
from engine.domain.leg import Leg
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.rules import GroupRules
from engine.domain.signal import Signal
from engine.domain.words import (
    GroupStatus,
    Intent,
    OrderStatus,
    PyramidStatus,
    moved_group,
    moved_pyramid,
)
from engine.policy.gate import denied
from engine.policy.grid import LadderRefused
from engine.policy.pool import admit, over_capital


def retry(turn: Turn, fact: RetryCommanded) -> Outcome:
    """Order a failed position's ladder again, if an entry may act now and a slot is free."""
    group = turn.account.groups.get(fact.group_id)
    if group is None:
        return Outcome("refused", "not_found", "There is no such open position.")
    barred = _barred(turn, group)
    if barred is not None:
        return barred
    instrument = turn.instrument(group.symbol)
    if instrument is None:
        text = f"The rules of {group.symbol} are not known right now; try again."
        return Outcome("refused", "no_instrument", text, group.id)
    pyramids = _drawn_again(turn, group, instrument)
    if isinstance(pyramids, LadderRefused):
        return Outcome("refused", pyramids.code, pyramids.text, group.id)
    again = replace(
        group,
        status=moved_group(group.status, GroupStatus.LIVE),
        pyramids=pyramids,
        rules=_rules(turn, group),
        no_more_entries=False,
        exit_retry_at=None,
        exit_attempts=0,
    )
    turn.put(again)
    text = f"Retried by hand: the ladder of {group.symbol} is ordered again."
    data = {**ladder_data(again, pyramids[0]), "by": fact.by, "retried": "yes"}
    turn.tell(NoticeKind.GROUP_OPENED, text, again, data=data)
    return Outcome("done", "retried", text, group.id)


def _barred(turn: Turn, group: Group) -> Outcome | None:
    """Why it may not be tried again now: what it is, the gate, or the pool."""
    if group.status is not GroupStatus.FAILED:
        text = f"{group.symbol} is {group.status}: only a position that failed can be retried."
        return Outcome("refused", "not_failed", text, group.id)
    if group.filled_quantity > 0:
        text = f"{group.symbol} has traded after all and was closed again; close it here too."
        return Outcome("refused", "has_traded", text, group.id)
    signal = _as_signal(group)
    first = group.pyramids[0]
    denial = denied(turn.account, signal, turn.market, turn.at, first.size_factor)
    if denial is not None:
        return Outcome("refused", denial.code, denial.text, group.id, denial.data)
    place = admit(turn.account, signal)
    if place.place != "slot":
        text = f"{group.symbol} cannot be retried now. {place.text}"
        return Outcome("refused", place.code, text, group.id)
    return None


def _as_signal(group: Group) -> Signal:
    """The entry that opened it, as far as the group remembers."""
    first = group.pyramids[0]
    return Signal(
        id=first.signal_id,
        source=group.source,
        producer="",
        received_at=group.created_at,
        signal_time=group.created_at,
        symbol=group.symbol,
        raw_symbol=group.symbol,
        timeframe=group.timeframe,
        side=group.side,
        intent=Intent.ENTER,
        entry_price=first.entry_price,
    )


def _drawn_again(
    turn: Turn, group: Group, instrument: Instrument
) -> tuple[Pyramid, ...] | LadderRefused:
    """Its entries with legs to be ordered; one that failed before it had legs gets them now."""
    first = group.pyramids[0]
    if not first.legs:
        legs = redraw(turn.account, group, instrument)
        if isinstance(legs, LadderRefused):
            return legs
        return (replace(first, entry_at=turn.at, legs=tuple(leg_of(plan) for plan in legs)),)
    over = over_capital(turn.account, [leg for _, leg in group.legs])
    if over:
        return LadderRefused("over_capital", over)
    return tuple(
        replace(
            pyramid,
            status=moved_pyramid(pyramid.status, PyramidStatus.PENDING),
            entry_at=turn.at,
            legs=tuple(_unordered(leg) for leg in pyramid.legs),
        )
        for pyramid in group.pyramids
    )


def _unordered(leg: Leg) -> Leg:
    return replace(
        leg,
        status=OrderStatus.PENDING,
        order_id=None,
        retry_at=None,
        submitted_at=None,
        cancelled_at=None,
    )


def _rules(turn: Turn, group: Group) -> GroupRules:
    """Its rules; a time limit counts from now, for nothing was held before."""
    rules = group.rules
    if rules.closes_at is not None:
        rules = replace(rules, closes_at=rules.closes_at + (turn.at - group.created_at))
    return settled_rules(rules)
