"""A person has the settings in force hold for groups that are open already."""

from __future__ import annotations

from engine.decide.targets import aim_of, retarget
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.choices.changes import sentence
from engine.domain.events import SettingsApplied
from engine.domain.group import Group
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.words import WATCHED, GroupStatus
from engine.policy.applying import changes, with_settings

OPEN = WATCHED | {GroupStatus.WAITING}
"""Groups settings can still reach; one that closes goes on as it began."""


def apply(turn: Turn, fact: SettingsApplied) -> Outcome:
    """Give the named groups today's settings; one that is not open is passed over."""
    changed = 0
    for group_id in fact.group_ids:
        group = turn.account.groups.get(group_id)
        if group is not None and group.status in OPEN:
            changed += _apply(turn, group, fact.by)
    version = turn.account.settings_version
    named = "1 open position" if changed == 1 else f"{changed} open positions"
    text = f"Settings version {version} holds for {named} now."
    data = {"version": str(version), "groups": str(changed)}
    return Outcome("done", "settings_applied", text, data=data)


def _apply(turn: Turn, group: Group, by: str) -> bool:
    account = turn.account
    wished = with_settings(group, account.settings, account.settings_version)
    found = changes(group, wished)
    if not found:
        if wished != group:
            turn.put(wished)
        return False
    if _aims_elsewhere(group, wished):
        wished = retarget(aim_of(turn, wished), wished)
    if wished.rules != group.rules:
        bare = replace(wished.stop, price=None, even=False, armed_seq=turn.seq)
        wished = replace(wished, stop=bare)
    turn.put(wished)
    data = {"version": str(account.settings_version), "by": by}
    data |= {change.path: change.after or "" for change in found}
    text = f"Settings version {account.settings_version} holds for it now: {sentence(found)}."
    turn.tell(NoticeKind.SETTINGS_CHANGED, text, wished, data=data)
    return True


def _aims_elsewhere(group: Group, wished: Group) -> bool:
    aims = [
        (one.tp_mode, one.tp_aggregate_percent, one.rules.tp_execution) for one in (group, wished)
    ]
    return aims[0] != aims[1]
