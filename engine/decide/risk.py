"""The risk engine in time: timers, reviews, what a person orders of it, and why a loser waits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.decide import offsets
from engine.decide.turn import Turn
from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.group import Group
from engine.domain.notices import AGAIN, NoticeKind, Outcome
from engine.domain.rules import RiskMarks
from engine.domain.words import GroupStatus, TradingState
from engine.policy.risk import (
    OPEN,
    Review,
    may_lose_at,
    projection,
    started,
    timed,
)
from engine.policy.states import halted
from foundation import limits
from foundation.money import plain, usd

_MANUAL = {"block": "manual_block", "unblock": "manual_unblock", "skip_once": "manual_skip"}
"""What a person ordered, as it stands among the actions."""
_TIMED = frozenset({GroupStatus.LIVE, *OPEN})
"""A timer may start when everything is ordered, before anything is filled."""


def review(turn: Turn, fact: ev.Fact) -> None:
    """Carry a running plan on; else review the losers when that is due."""
    if offsets.runs(turn.account):
        offsets.advance(turn)
    elif _is_due(turn, fact):
        _evaluate(turn)


def timers(turn: Turn, fact: ev.Fact) -> None:
    """Start or take back the timers of what the step touched; of all when settings changed."""
    risk = turn.account.settings.risk
    everywhere = isinstance(fact, ev.SettingsChanged)
    for group_id in list(turn.account.groups if everywhere else turn.touched):
        group = turn.account.groups.get(group_id)
        if group is None or group.status not in _TIMED:
            continue
        marks = timed(group, risk, turn.at)
        if marks is not group.risk:
            turn.put(replace(group, risk=marks))


def due_at(account: Account) -> datetime | None:
    """When the risk engine must look next; None while nothing could come of it."""
    if offsets.runs(account) and account.last_at is not None:
        return account.last_at + timedelta(seconds=limits.RISK_PLAN_LOOK_S)
    risk = account.settings.risk
    moment = min(_candidates(account), default=None)
    if moment is None or account.reviewed_at is None:
        return moment
    pace = timedelta(seconds=risk.evaluate_interval_seconds)
    return max(moment, account.reviewed_at + pace)


def commanded(turn: Turn, fact: ev.RiskCommanded) -> Outcome:
    """A person runs a review now, or marks a group for the reviews to come."""
    if fact.action == "run_now":
        return _run_now(turn)
    group = turn.account.groups.get(fact.group_id or "")
    if group is None or not group.holds_slot:
        return Outcome("refused", "not_found", "There is no such open position.")
    marks, text = _marked(group, fact)
    turn.put(replace(group, risk=marks))
    data = {"action": _MANUAL[fact.action], "loser": group.id, "by": fact.by}
    turn.tell(NoticeKind.RISK_ACTION, text, turn.group(group.id), data=data)
    return Outcome("done", f"risk_{fact.action}", text, group.id)


def beyond_last(turn: Turn, group: Group) -> None:
    """An entry came for a group that has them all; it may start the group's timer again."""
    risk = turn.account.settings.risk
    if not risk.reset_timer_on_replacement or group.risk.timer_started_at is None:
        return
    marks = started(group.risk, risk, turn.at)
    count = group.replacement_count + 1
    turn.put(replace(group, risk=marks, replacement_count=count))


def _marked(group: Group, fact: ev.RiskCommanded) -> tuple[RiskMarks, str]:
    match fact.action:
        case "block":
            text = f"The risk engine leaves {group.symbol} alone until it is unblocked."
            return replace(group.risk, blocked=True), text
        case "unblock":
            text = f"The risk engine may close {group.symbol} again."
            return replace(group.risk, blocked=False), text
        case _:
            text = f"The next review that would close {group.symbol} skips it."
            return replace(group.risk, skip_once=True), text


def _run_now(turn: Turn) -> Outcome:
    if turn.account.trading is TradingState.HALTED:
        return Outcome("refused", *halted(turn.account, "positions can only be closed by hand."))
    if not turn.account.settings.risk.enabled:
        return Outcome("refused", "risk_off", "The risk engine is switched off in the settings.")
    if offsets.runs(turn.account):
        return Outcome("refused", "plan_runs", "A plan is running already; see how it ends.")
    found = _evaluate(turn)
    code = "risk_started" if found.ready else f"risk_{found.code}"
    loser = found.loser.group.id if found.loser else None
    return Outcome("done", code, found.text, loser, data=figures(found))


def _candidates(account: Account) -> Iterator[datetime]:
    """From when on the price alone decides, for every group for which that is so."""
    risk = account.settings.risk
    if not risk.enabled or account.trading is TradingState.HALTED:
        return
    for group in account.groups.values():
        moment = may_lose_at(group, risk)
        if moment is not None:
            yield moment


def _is_due(turn: Turn, fact: ev.Fact) -> bool:
    account = turn.account
    moment = min(_candidates(account), default=None)
    if moment is None or moment > turn.at:
        return False
    if account.reviewed_at is None or isinstance(fact, ev.OrderFilled):
        return account.reviewed_at != turn.at
    pace = timedelta(seconds=account.settings.risk.evaluate_interval_seconds)
    return account.reviewed_at + pace <= turn.at


def _evaluate(turn: Turn) -> Review:
    """One review: consume what a person had skipped, start the plan or tell why it waits."""
    found = projection(turn.account, turn.market, turn.at)
    turn.account = replace(turn.account, reviewed_at=turn.at)
    for group_id in found.skipped:
        group = turn.group(group_id)
        turn.put(replace(group, risk=replace(group.risk, skip_once=False)))
        text = f"Skipped {group.symbol} once, as ordered."
        data = {"action": "skipped", "loser": group.id}
        turn.tell(NoticeKind.RISK_REVIEWED, text, turn.group(group_id), data=data)
    waits_for = "" if found.loser is None or found.ready else _why(found)
    _remember(turn, found, waits_for)
    if found.ready:
        offsets.start(turn, found)
    return found


def _why(found: Review) -> str:
    """What must change before a waiting loser is told of again."""
    winners = ",".join(part.group_id for part in found.winners)
    return f"{found.code}:{winners}:{','.join(found.left_out)}"


def _remember(turn: Turn, found: Review, waits_for: str) -> None:
    """Tell of a loser that waits, and forget it of those that do not.

    Every review leaves its row; one that found nothing new says so and is told to nobody.
    """
    loser_id = found.loser.group.id if found.loser else None
    for group in list(turn.account.groups.values()):
        new = waits_for if group.id == loser_id else ""
        known = group.risk.waits_for == new
        if not known:
            turn.put(replace(group, risk=replace(group.risk, waits_for=new)))
        if new:
            data = {"action": "waits", "code": found.code, **figures(found)}
            if known:
                data[AGAIN] = "yes"
            turn.tell(NoticeKind.RISK_REVIEWED, found.text, turn.group(group.id), data=data)


def figures(found: Review) -> dict[str, str]:
    """The numbers of a review as plain strings; empty when it found no loser."""
    loser = found.loser
    if loser is None:
        return {}
    return {
        "loser": loser.group.id,
        "loser_symbol": loser.group.symbol,
        "loser_price": plain(loser.price),
        "loser_quantity": plain(found.loser_quantity or loser.closable),
        "loss_usd": plain(usd(-loser.pnl_usd)),
        "loss_percent": plain(usd(-loser.pnl_percent)),
        "required_usd": plain(usd(found.required_usd)),
        "expected_usd": plain(usd(found.available_usd)),
        "shortfall_usd": plain(usd(found.shortfall_usd)),
        "winners": offsets.winners_json(found.winners),
        "left_out": ",".join(found.left_out),
    }
