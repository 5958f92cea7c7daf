"""What a person orders: pause, resume, close, promote, remove; and settings that changed."""

from __future__ import annotations

from dataclasses import replace

from engine.decide.crossings import rearmed
from engine.decide.exits import begin_exit, reduce, remove_queued
from engine.decide.guard import capital_changed, resumed
from engine.decide.turn import Turn
from engine.domain.events import (
    CloseAllCommanded,
    CloseCommanded,
    Halted,
    InstallationCommanded,
    SettingsChanged,
    StateCommanded,
)
from engine.domain.group import Group
from engine.domain.notices import SCOPE, NoticeKind, Outcome
from engine.domain.words import WATCHED, ExitReason, GroupStatus, TradingState


def state(turn: Turn, fact: StateCommanded) -> Outcome:
    """Pause, resume or halt; watches that slept through a halt are armed anew.

    What could not be ordered meanwhile is planned again, if it is still fresh.
    """
    before, failed = turn.account.state, turn.account.credentials_failed
    if before is fact.state:
        return Outcome("done", "unchanged", f"The account is already {fact.state}.")
    if fact.state is TradingState.RUNNING and failed is not None:
        text = f"{turn.account.venue} refuses the keys ({failed}); save new keys first."
        return Outcome("refused", "credentials_failed", text)
    held = turn.account.trading
    turn.account = replace(turn.account, state=fact.state, halt_reason=None)
    _looked_over(turn, held)
    if fact.state is TradingState.RUNNING:
        resumed(turn)
    text = f"The account is {fact.state} now."
    if turn.account.installation is not TradingState.RUNNING:
        text += f" Trading is {turn.account.installation} for the whole installation, though."
    return _state_told(turn, text, fact.by)


def installation(turn: Turn, fact: InstallationCommanded) -> Outcome:
    """An admin pauses, resumes or halts all accounts; the account's own state stays what it is."""
    account = turn.account
    if account.installation is fact.state:
        text = f"Trading is {fact.state} for the whole installation already."
        return Outcome("done", "unchanged", text)
    turn.account = replace(account, installation=fact.state)
    _looked_over(turn, account.trading)
    text = f"Trading is {fact.state} for the whole installation now."
    if fact.state is TradingState.RUNNING and account.state is not TradingState.RUNNING:
        text += f" This account is {account.state} by itself."
    data = {"state": fact.state.value, "by": fact.by, SCOPE: "installation"}
    turn.tell(NoticeKind.ENGINE_STATE, text, data=data)
    return Outcome("done", "state_changed", text, data=data)


def _looked_over(turn: Turn, held: TradingState) -> None:
    """After another state held: plan every group anew; watches slept only through a halt."""
    woken = held is TradingState.HALTED and turn.account.trading is not TradingState.HALTED
    for group in turn.account.groups.values():
        turn.touch(group.id)
        if woken and group.status in WATCHED:
            turn.put(rearmed(turn, group))


def halted(turn: Turn, fact: Halted) -> Outcome:
    turn.account = replace(turn.account, state=TradingState.HALTED, halt_reason=fact.reason)
    return _state_told(turn, f"Halted to protect the account: {fact.reason}", "engine")


def settings(turn: Turn, fact: SettingsChanged) -> Outcome:
    """New settings hold for new decisions; open groups keep what they opened with."""
    before = turn.account.settings.total_capital_usd
    turn.account = replace(turn.account, settings=fact.settings, settings_version=fact.version)
    capital_changed(turn, fact.settings.total_capital_usd - before)
    text = f"Settings version {fact.version} holds from now on."
    turn.tell(NoticeKind.SETTINGS_CHANGED, text, data={"version": str(fact.version)})
    return Outcome("done", "settings_changed", text)


def close(turn: Turn, fact: CloseCommanded) -> Outcome:
    group = turn.account.groups.get(fact.group_id)
    if group is None:
        return Outcome("refused", "not_found", "There is no such open position.")
    if group.status is GroupStatus.CLOSED:
        return Outcome("refused", "already_closed", "It is already closed.", group.id)
    return reduce(turn, group, fact.fraction, ExitReason.MANUAL)


def close_all(turn: Turn, fact: CloseAllCommanded) -> Outcome:
    """Emergency: stop entries, forget the queue, close every group."""
    closing = [g for g in turn.account.groups.values() if g.holds_slot]
    for waiting in turn.account.queue:
        remove_queued(turn, waiting.id, "cancelled", "Emergency close.")
    for group in closing:
        begin_exit(turn, group, ExitReason.EMERGENCY)
    if turn.account.state is TradingState.RUNNING:
        turn.account = replace(turn.account, state=TradingState.PAUSED)
        _state_told(turn, "Paused by the emergency close.", fact.by)
    text = f"Closing {len(closing)} positions; the account stays {turn.account.state}."
    data = {"groups": str(len(closing))}
    if stuck := _stuck(turn, closing):
        names = ", ".join(stuck)
        text += f" {names} cannot be closed right now and is tried again."
        data["stuck"] = names
    return Outcome("done", "closing_all", text, data=data)


def _stuck(turn: Turn, groups: list[Group]) -> list[str]:
    """The symbols whose positions no order can close at this moment."""
    keys = turn.account.credentials_failed is not None
    held = [group for group in groups if group.open_quantity > 0]
    return sorted({g.symbol for g in held if keys or turn.instrument(g.symbol) is None})


def _state_told(turn: Turn, text: str, by: str) -> Outcome:
    data = {"state": turn.account.state.value, "by": by, SCOPE: "account"}
    turn.tell(NoticeKind.ENGINE_STATE, text, data=data)
    return Outcome("done", "state_changed", text, data=data)
