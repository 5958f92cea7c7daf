"""The engine is being stopped: entries are called off where the account's settings want that.

Legs called off stay cancelled: a ladder is not drawn a second time after the restart. What is held
keeps its targets; a position that never had a fill closes.
"""

from __future__ import annotations

from engine.decide.cancelling import cancel_entries, waits_for_entry
from engine.decide.turn import Turn
from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.events import EngineStopping
from engine.domain.group import Group
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.words import WATCHED, WORKING


def entries_to_call_off(account: Account) -> bool:
    """Whether the settings want entries cancelled at a stop and some are at work."""
    if not account.settings.orders.cancel_entries_on_stop:
        return False
    return any(_at_work(group) for group in account.groups.values())


def stopping(turn: Turn, fact: EngineStopping) -> Outcome:
    """Call entries off, or say at last which could not be; a word that comes late means nothing."""
    account = turn.account
    if not account.settings.orders.cancel_entries_on_stop:
        return Outcome("done", "unchanged", "Orders stay as they are when the engine stops.")
    if turn.at > fact.until:
        return Outcome("done", "too_late", "The engine has stopped and runs again.")
    turn.account = replace(account, leaving_until=fact.until)
    groups = [group for group in account.groups.values() if _at_work(group)]
    tell = _left if fact.last else _called_off
    for group in groups:
        tell(turn, group)
    text = f"The engine stops; the entries of {len(groups)} positions are called off."
    return Outcome("done", "stopping", text)


def _called_off(turn: Turn, group: Group) -> None:
    if not any(waits_for_entry(group, leg) for _, leg in group.legs):
        return
    cancel_entries(turn, group)
    text = "The engine stops: its open legs are cancelled, as the settings want."
    turn.tell(NoticeKind.ENTRIES_CANCELLED, text, group)


def _left(turn: Turn, group: Group) -> None:
    count = _at_work(group)
    what = "1 open leg" if count == 1 else f"{count} open legs"
    text = f"The engine stopped before {what} could be cancelled; the venue may still fill them."
    turn.tell(NoticeKind.ENTRIES_LEFT, text, group, data={"legs": str(count)})


def _at_work(group: Group) -> int:
    """How many legs may still fill."""
    if group.status not in WATCHED:
        return 0
    return sum(1 for _, leg in group.legs if leg.status in WORKING)
