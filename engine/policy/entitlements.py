"""Limits of the plan: what an entry may not do because of what its owner has bought.

They only ever keep entries from acting: what is open is managed, and exits run.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.entitlement import Entitlement, PlanLimits, PlanStage
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus
from engine.policy.denial import Denial
from engine.policy.pool import committed_usd, find_group
from foundation.money import plain, usd

DAY = "%Y-%m-%d %H:%M UTC"


def entitled(account: Account, signal: Signal, at: datetime) -> Denial | None:
    """The first reason why the plan does not allow this entry, whatever its size."""
    plan = account.entitlement
    if plan is None:
        return None
    return _over(plan, at) or _venue(account, plan.limits) or _counted(account, signal, plan.limits)


def plan_exposure(account: Account, planned: Decimal) -> Denial | None:
    """Why the plan does not allow binding ``planned`` USD more."""
    most = None if account.entitlement is None else account.entitlement.limits.max_exposure_usd
    if most is None:
        return None
    bound = committed_usd(account)
    if bound + planned <= most:
        return None
    text = (
        f"{planned:.2f} USD more would bind {bound + planned:.2f} USD; your plan allows "
        f"{most:.2f} USD."
    )
    data = {"bound_usd": plain(usd(bound)), "limit_usd": plain(usd(most))}
    return Denial("plan_exposure", text, data, frees=True)


def stage_told(plan: Entitlement) -> str:
    """The sentence for the stage a plan is in."""
    ended, ends = plan.valid_until, plan.grace_until
    if ended is None or ends is None or plan.stage is PlanStage.VALID:
        return limits_told(plan.limits)
    if plan.stage is PlanStage.GRACE:
        return f"Your plan ended on {ended:{DAY}}; entries go on until {ends:{DAY}}."
    return _ended(ended)


def limits_told(limits: PlanLimits | None) -> str:
    """The sentence that says what a plan allows."""
    if limits is None:
        return "No plan limits this account."
    parts = [
        f"{value} {name}"
        for value, name in (
            (limits.max_open_groups, "open positions"),
            (limits.max_pyramids, "entries a position"),
            (limits.max_symbols, "symbols"),
        )
        if value is not None
    ]
    if limits.max_exposure_usd is not None:
        parts.append(f"{limits.max_exposure_usd:.2f} USD bound")
    if limits.venues is not None:
        parts.append(f"venues {', '.join(limits.venues) or 'none'}")
    return f"Your plan allows at most: {'; '.join(parts)}." if parts else "Your plan has no limits."


def _over(plan: Entitlement, at: datetime) -> Denial | None:
    if plan.valid_until is None or plan.stage_at(at) is not PlanStage.OVER:
        return None
    ended = plan.valid_until
    return Denial("plan_over", _ended(ended), {"ended": ended.isoformat()})


def _ended(ended: datetime) -> str:
    return (
        f"Your plan ended on {ended:{DAY}}: no new entries. Open positions are managed and "
        "exits run."
    )


def _venue(account: Account, limits: PlanLimits) -> Denial | None:
    if limits.venues is None or account.venue in limits.venues:
        return None
    allowed = ", ".join(limits.venues) or "none"
    text = f"Your plan does not include trading at {account.venue} (included: {allowed})."
    return Denial("plan_venue", text, {"venue": account.venue, "allowed": ",".join(limits.venues)})


def _counted(account: Account, signal: Signal, limits: PlanLimits) -> Denial | None:
    group = find_group(account, signal, signal.side)
    if group is not None and group.status is GroupStatus.CLOSING:
        return None  # it has to wait anyway, and takes the place of what closes
    if group is not None:
        count, most = len(group.pyramids), limits.max_pyramids
        if most is None or count < most:
            return None
        text = f"{signal.symbol} has {count} of {most} entries that your plan allows."
        return Denial("plan_pyramids", text, _numbers(count, most))
    count, most = account.groups_open, limits.max_open_groups
    if most is not None and count >= most:
        text = f"{count} of {most} positions that your plan allows are open."
        return Denial("plan_groups", text, _numbers(count, most), frees=True)
    symbols = {one.symbol for one in account.groups.values() if one.holds_slot}
    most = limits.max_symbols
    if most is None or signal.symbol in symbols or len(symbols) < most:
        return None
    text = f"{len(symbols)} of {most} symbols that your plan allows have open positions."
    return Denial("plan_symbols", text, _numbers(len(symbols), most), frees=True)


def _numbers(count: int, most: int) -> dict[str, str]:
    return {"count": str(count), "limit": str(most)}
