"""The guard of an account: realised results, drawdown, locks, keys, and the venue's own word.

``watch`` runs after every fact and ``closings`` after the plan; both only compare the account as
it came with what the fact made of it, so no fact needs to know that it is guarded.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.decide.exits import begin_exit
from engine.decide.turn import Turn
from engine.domain import events as ev
from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.instrument import Market
from engine.domain.leg import ZERO
from engine.domain.notices import SCOPE, NoticeKind, Outcome
from engine.domain.protection import Guard, GuardStage, Result
from engine.domain.words import ExitReason, GroupStatus, TradingState
from engine.policy import drawdown, protections
from foundation.money import money_context

_HALTED = TradingState.HALTED
MOVING = (ev.OrderFilled, ev.Due, ev.PriceCrossed, ev.Reconciled, ev.FundingPaid, ev.FeeConverted)
"""Facts that come when equity may have moved."""


def watch(turn: Turn, before: Account, fact: ev.Fact) -> None:
    """Keep what was realised, and look at equity when it may have moved."""
    _realised(turn, before)
    account = turn.account
    if not isinstance(fact, MOVING) or not _on(account):
        return
    if account.guard is not before.guard or drawdown.exposed(account):
        _judge(turn, timed=isinstance(fact, ev.Due))


def quiet(account: Account, market: Market, at: datetime) -> bool:
    """Whether a review at this moment would find nothing to write."""
    with money_context():
        return _found(account, market, at, timed=True) is None


def guarded(account: Account) -> bool:
    """Whether equity may move into the guard's reach without any fact telling of it."""
    return _on(account) and drawdown.exposed(account)


def _on(account: Account) -> bool:
    """A halted account is looked at by a person; the guard has nothing to add."""
    return account.settings.protection.drawdown.enabled and account.trading is not _HALTED


def _realised(turn: Turn, before: Account) -> None:
    gain = ZERO
    for group_id in turn.touched:
        group, old = turn.account.groups.get(group_id), before.groups.get(group_id)
        if group is not None and group is not old:
            gain += group.realized_pnl_usd - (old.realized_pnl_usd if old else ZERO)
    if gain != 0:
        book(turn, gain)


def book(turn: Turn, gain: Decimal) -> None:
    """Count what was realised: by the groups, or by the account where no group bears it."""
    guard, day = turn.account.guard, turn.at.date()
    today = guard.realized_today_usd if guard.day == day else ZERO
    guard = replace(
        guard,
        realized_usd=guard.realized_usd + gain,
        day=day,
        realized_today_usd=today + gain,
    )
    turn.account = replace(turn.account, guard=guard)


def _judge(turn: Turn, *, timed: bool) -> None:
    """Look at equity and act on the stages it has reached."""
    account, settings = turn.account, turn.account.settings.protection.drawdown
    found = _found(account, turn.market, turn.at, timed=timed)
    if found is None:
        return
    guard, reached = found
    turn.account = replace(account, guard=guard)
    for stage in reached:
        text = drawdown.sentence(guard, stage, settings)
        data = drawdown.numbers(guard, stage, settings)
        turn.tell(NoticeKind.GUARD_TRIGGERED, text, data=data)
        if stage is GuardStage.SOFT and account.state is TradingState.RUNNING:
            turn.account = replace(turn.account, state=TradingState.PAUSED)
            _state_told(turn, "Paused by the drawdown guard.")
        if stage is GuardStage.HARD:
            _close_all(turn, text)


def _found(
    account: Account, market: Market, at: datetime, *, timed: bool
) -> tuple[Guard, tuple[GuardStage, ...]] | None:
    """The guard after a look at equity; time alone writes only what is worth keeping."""
    equity = drawdown.equity_usd(account, market, at)
    if equity is None:
        return None
    known = account.guard
    if known.peak_usd is None:
        known = replace(known, peak_usd=drawdown.first_peak_usd(account, equity))
    guard, reached = drawdown.judged(known, equity, account.settings.protection.drawdown)
    if guard == account.guard or (timed and not drawdown.worth_keeping(account.guard, guard)):
        return None
    return guard, reached


def _close_all(turn: Turn, text: str) -> None:
    for group in list(turn.account.groups.values()):
        if group.holds_slot:
            begin_exit(turn, group, ExitReason.GUARD)
    turn.account = replace(turn.account, state=TradingState.HALTED, halt_reason=text)
    _state_told(turn, "Halted by the drawdown guard; only a person resumes.")


def _state_told(turn: Turn, text: str) -> None:
    data = {"state": turn.account.state.value, "by": "guard", SCOPE: "account"}
    turn.tell(NoticeKind.ENGINE_STATE, text, data=data)


def resumed(turn: Turn) -> None:
    """A person resumes: a guard that has stopped the account begins anew from equity as it is."""
    account, guard = turn.account, turn.account.guard
    if guard.stage not in (GuardStage.SOFT, GuardStage.HARD):
        return
    equity = drawdown.equity_usd(account, turn.market, turn.at)
    if equity is None:
        equity = drawdown.settled_usd(account)
    calm = replace(guard, stage=GuardStage.CALM, warned=False, peak_usd=equity, equity_usd=equity)
    turn.account = replace(account, guard=calm)


def capital_changed(turn: Turn, by_usd: Decimal) -> None:
    """Another total capital is no gain and no loss: on spot the peak moves with it."""
    guard = turn.account.guard
    if by_usd == 0 or not drawdown.capital_counts(turn.account):
        return
    peak = None if guard.peak_usd is None else guard.peak_usd + by_usd
    equity = None if guard.equity_usd is None else guard.equity_usd + by_usd
    turn.account = replace(turn.account, guard=replace(guard, peak_usd=peak, equity_usd=equity))


def closings(turn: Turn, before: Account) -> None:
    """Remember what groups that closed just now ended with, and lock what that locks."""
    settings = turn.account.settings.protection.locks
    if not settings:
        return
    for group_id in list(turn.touched):
        group, old = turn.account.groups.get(group_id), before.groups.get(group_id)
        if group is None or group.status is not GroupStatus.CLOSED or group.filled_quantity == 0:
            continue
        if old is not None and old.status is GroupStatus.CLOSED:
            continue
        closed = Result(
            group_id=group.id,
            symbol=group.symbol,
            side=group.side,
            closed_at=turn.at,
            pnl_usd=group.realized_pnl_usd,
            reason=group.exit_reason or ExitReason.TARGET,
        )
        _lock(turn, closed)


def _lock(turn: Turn, closed: Result) -> None:
    account, rules = turn.account, turn.account.settings.protection.locks
    results = protections.remembered(account, [closed], turn.at)
    locks = account.locks
    for lock in protections.locks_after(rules, results, closed):
        after = protections.with_lock(locks, lock)
        if after is not locks:
            data = {"lock": lock.kind, "until": lock.until.isoformat()}
            turn.tell(NoticeKind.ENTRIES_LOCKED, lock.text, symbol=lock.symbol, data=data)
        locks = after
    turn.account = replace(account, results=results, locks=locks)


def credentials(turn: Turn, fact: ev.CredentialsChanged) -> Outcome:
    """The venue refuses the keys: pause at once. New keys: what waited goes on."""
    account = turn.account
    if fact.failed == account.credentials_failed:
        return Outcome("done", "unchanged", "Nothing new about the keys.")
    turn.account = replace(account, credentials_failed=fact.failed)
    for group in account.groups.values():
        turn.touch(group.id)
        if fact.failed is None and group.exit_retry_at is not None:
            turn.put(replace(group, exit_retry_at=None))
    if fact.failed is None:
        text = f"{account.venue} takes the keys again: closings go on; resume to take entries."
        turn.tell(NoticeKind.CREDENTIALS, text, data={"failed": ""})
        return Outcome("done", "credentials_renewed", text)
    text = f"{account.venue} refuses the keys ({fact.failed}): nothing is sent before new keys."
    turn.tell(NoticeKind.CREDENTIALS, text, data={"failed": fact.failed})
    if account.state is TradingState.RUNNING:
        turn.account = replace(turn.account, state=TradingState.PAUSED)
        _state_told(turn, "Paused: the venue refuses the keys.")
    return Outcome("done", "credentials_failed", text)
