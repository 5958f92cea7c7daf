"""What the owner's plan allows: told by a fact, and told again when it ends."""

from __future__ import annotations

from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.entitlement import Entitlement
from engine.domain.events import LimitsChanged
from engine.domain.notices import NoticeKind, Outcome
from engine.policy.entitlements import limits_told, stage_told


def limits_changed(turn: Turn, fact: LimitsChanged) -> Outcome:
    """The owner's plan allows something else from now on; what is open is managed as before."""
    plan = None
    if fact.limits is not None:
        plan = Entitlement(fact.limits, fact.valid_until, fact.grace_hours)
        plan = replace(plan, stage=plan.stage_at(turn.at))
    known = turn.account.entitlement
    if plan == known:
        return Outcome("done", "unchanged", "The limits of the plan are the same.")
    turn.account = replace(turn.account, entitlement=plan)
    text = limits_told(None) if plan is None else stage_told(plan)
    return _told(turn, text)


def aged(turn: Turn) -> None:
    """Tell when a plan has ended, and when its grace is over."""
    plan = turn.account.entitlement
    if plan is None or plan.stage is plan.stage_at(turn.at):
        return
    plan = replace(plan, stage=plan.stage_at(turn.at))
    turn.account = replace(turn.account, entitlement=plan)
    _told(turn, stage_told(plan))


def _told(turn: Turn, text: str) -> Outcome:
    plan = turn.account.entitlement
    data = {"stage": "" if plan is None else plan.stage.value}
    turn.tell(NoticeKind.LIMITS_CHANGED, text, data=data)
    return Outcome("done", "limits_changed", text, data=data)
