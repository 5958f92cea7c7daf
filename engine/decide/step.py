"""``step``: the only entry to the core. One account and one stamped event in, one Step out.

Rules of this file
1. Everything that changes an account passes through here, live, in a backtest or in a simulation;
   the core does not know which of them it plays in.
2. No clock, no randomness, no input or output. Time, prices and rules come with the event.
3. A step never partly happens: it returns new objects, or it raises and nothing has changed.

Theory of operation
    fact  ->  applied to the account        (facts, entries, exits, people: what happened)
          ->  guard                         (what was realised, equity against its peak)
          ->  risk engine                   (a plan carried on, or losers reviewed)
          ->  plan                          (what each touched group still needs; commands)
          ->  closings                      (what ended, and which entries that locks)
          ->  promotion                     (a free slot takes the best ranked waiting signal)
          ->  ranks                         (of who waits on, when that changed or was looked at)
          ->  check                         (our own arithmetic, on what was touched)

Facts are booked as they come, in any order. Commands are never decided by a fact directly: a fact
changes what a group is, and the plan commands the difference between that and the orders at work.
A crash, a lost order or a late fill therefore needs no case of its own.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.decide import entitling, facts, guard, leaving, people, postings, risk, waiting
from engine.decide.applying import apply
from engine.decide.check import check
from engine.decide.crossings import crossed
from engine.decide.entries import enter
from engine.decide.exits import exit_signal, reduce_signal
from engine.decide.plan import plan
from engine.decide.queueing import keep_ranks
from engine.decide.reconciling import reconciled
from engine.decide.retrying import retry
from engine.decide.switching import switch
from engine.decide.time import time_passed
from engine.decide.turn import Turn
from engine.decide.waiting import promote
from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.commands import Command
from engine.domain.notices import ENTRY_CODE, ENTRY_TEXT, Notice, NoticeKind, Outcome
from engine.domain.words import Intent
from foundation.money import money_context


class Step(NamedTuple):
    """What an event led to.

    ``account`` is the very object that came in when time passed and nothing was due; such a
    step takes no seq and is not written. ``outcome`` answers whoever sent the fact.
    """

    account: Account
    commands: tuple[Command, ...]
    notices: tuple[Notice, ...]
    outcome: Outcome


def step(account: Account, event: ev.Event) -> Step:
    """Decide one event.

    Raises:
        AssertionError, IllegalTransition: our own arithmetic is wrong; the caller sets the fact
            aside and halts this account only.
    """
    assert account.last_at is None or event.at >= account.last_at, "time runs forward"
    with money_context():
        turn = Turn(account, event)
        before = turn.account
        outcome = _decide(turn, event.fact)
        guard.watch(turn, before, event.fact)
        risk.review(turn, event.fact)
        plan(turn)
        guard.closings(turn, before)
        if promote(turn):
            plan(turn)
        keep_ranks(turn, account)
        risk.timers(turn, event.fact)
        check(before, turn)
        if isinstance(event.fact, ev.Due) and turn.account is account:
            return Step(account, (), (), outcome)
        after = replace(turn.account, seq=turn.seq, last_at=event.at)
        return Step(after, tuple(turn.commands), tuple(turn.notices), outcome)


def _decide(turn: Turn, fact: ev.Fact) -> Outcome:
    if isinstance(fact, ev.VenueFact):
        return _told_by_venue(turn, fact)
    if isinstance(fact, ev.PersonFact):
        return _told_by_person(turn, fact)
    match fact:
        case ev.SignalReceived():
            return _signal(turn, fact)
        case ev.PriceCrossed():
            return crossed(turn, fact)
        case ev.Due():
            return time_passed(turn)
        case ev.EngineStopping():
            return leaving.stopping(turn, fact)
        case ev.Halted():
            return people.halted(turn, fact)


def _told_by_venue(turn: Turn, fact: ev.VenueFact) -> Outcome:
    match fact:
        case ev.OrderAccepted():
            return facts.accepted(turn, fact)
        case ev.OrderRefused():
            return facts.refused(turn, fact)
        case ev.OrderLost():
            return facts.lost(turn, fact)
        case ev.OrderUnclear():
            return facts.unclear(turn, fact)
        case ev.OrderFilled():
            return facts.filled(turn, fact)
        case ev.OrderCancelled():
            return facts.cancelled(turn, fact)
        case ev.FeeConverted():
            return postings.fee_converted(turn, fact)
        case ev.FundingPaid():
            return postings.funding_paid(turn, fact)
        case ev.CredentialsChanged():
            return guard.credentials(turn, fact)
        case ev.Reconciled():
            return reconciled(turn, fact)


def _told_by_person(turn: Turn, fact: ev.PersonFact) -> Outcome:
    match fact:
        case ev.SettingsChanged():
            return people.settings(turn, fact)
        case ev.StateCommanded():
            return people.state(turn, fact)
        case ev.InstallationCommanded():
            return people.installation(turn, fact)
        case ev.LimitsChanged():
            return entitling.limits_changed(turn, fact)
        case ev.CloseCommanded():
            return people.close(turn, fact)
        case ev.RetryCommanded():
            return retry(turn, fact)
        case ev.CloseAllCommanded():
            return people.close_all(turn, fact)
        case ev.QueueCommanded():
            return waiting.commanded(turn, fact)
        case ev.RiskCommanded():
            return risk.commanded(turn, fact)
        case ev.TargetsCommanded():
            return switch(turn, fact)
        case ev.SettingsApplied():
            return apply(turn, fact)


def _approved_alone(turn: Turn, fact: ev.SignalReceived) -> None:
    """An offer that the account's policy took: nobody decided it, so it is told as it comes in."""
    if fact.approved_by != "policy" or fact.offer_id is None:
        return
    signal = fact.signal
    data = {
        "offer_id": fact.offer_id,
        "status": "approved",
        "by": "policy",
        "channel": "policy",
        "side": signal.side.value,
        "timeframe": str(signal.timeframe),
    }
    text = "The offer was approved by the account's own policy."
    turn.tell(NoticeKind.OFFER_DECIDED, text, symbol=signal.symbol, data=data)


def _signal(turn: Turn, fact: ev.SignalReceived) -> Outcome:
    signal = fact.signal
    _approved_alone(turn, fact)
    data = {"intent": signal.intent.value, "side": signal.side.value, "signal_id": signal.id}
    text = f"{signal.intent.capitalize()} {signal.side} {signal.symbol} from {signal.source}."
    turn.tell(NoticeKind.SIGNAL_RECEIVED, text, symbol=signal.symbol, data=data)
    match signal.intent:
        case Intent.ENTER:
            return enter(turn, signal, fact.size_factor)
        case Intent.EXIT:
            return exit_signal(turn, signal, signal.side)
        case Intent.REDUCE:
            return reduce_signal(turn, signal)
        case Intent.REVERSE:
            left = exit_signal(turn, signal, signal.side.opposite)
            return _both(left, enter(turn, signal, fact.size_factor))


def _both(left: Outcome, entered: Outcome) -> Outcome:
    """The outcome of a reverse: that of its entry, and of its exit where that alone acts."""
    acts = left.status == "done" and left.code != "nothing_to_close"
    if entered.status != "refused" or not acts:
        return entered
    text = f"{left.text} Entry: {entered.text}"
    refused = {ENTRY_CODE: entered.code, ENTRY_TEXT: entered.text}
    return Outcome("done", left.code, text, left.object_id, {**entered.data, **refused})
