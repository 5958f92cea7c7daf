"""Exits and reduces: from a signal, a person or a target; the first trigger wins."""

from __future__ import annotations

from decimal import Decimal

from engine.decide.cover import spoken_for
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.group import Group
from engine.domain.instrument import Instrument
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.signal import Signal
from engine.domain.words import ExitReason, GroupStatus, Side, TradingState, moved_group
from engine.policy.pool import find_group
from engine.policy.states import halted
from foundation.money import floor_to_step, plain

ONE = Decimal(1)
SENTENCES = {
    ExitReason.TARGET: "The target was reached: closing the position.",
    ExitReason.EXIT_SIGNAL: "The strategy says exit: closing the position.",
    ExitReason.MANUAL: "Closed by hand: closing the position.",
    ExitReason.EMERGENCY: "Emergency close: closing the position.",
    ExitReason.STOP: "The stop was reached: closing the position.",
    ExitReason.TIME: "Its time is over: closing the position.",
    ExitReason.RISK_OFFSET: "Closed with the profit of others: closing the position.",
    ExitReason.GUARD: "The drawdown guard closes the position.",
    ExitReason.EXTERNAL: "None of its orders works any more: closing the position.",
}


def begin_exit(turn: Turn, group: Group, reason: ExitReason) -> None:
    """Turn a group towards flat; ``plan`` cancels, closes and settles it.

    The first trigger wins; a later one only has it tried again at once, and told anew.
    """
    if group.status in (GroupStatus.CLOSING, GroupStatus.CLOSED):
        turn.put(replace(group, exit_retry_at=None, exit_attempts=0))
        return
    if group.status in (GroupStatus.WAITING, GroupStatus.FAILED):
        status = moved_group(group.status, GroupStatus.CLOSED)
        turn.put(replace(group, status=status, exit_reason=reason, closed_at=turn.at))
        text = "Closed before anything was ordered."
        turn.tell(NoticeKind.GROUP_CLOSED, text, group, data={"exit_reason": reason.value})
        return
    turn.put(
        replace(
            group,
            status=moved_group(group.status, GroupStatus.CLOSING),
            exit_reason=reason,
            reduce_quantity=Decimal(0),
            # a refusal of something smaller never makes an exit wait
            exit_retry_at=None,
            exit_attempts=0,
        )
    )
    turn.tell(NoticeKind.EXIT_STARTED, SENTENCES[reason], group, data={"reason": reason.value})


def exit_signal(turn: Turn, signal: Signal, side: Side) -> Outcome:
    """Close the group of this identity and forget a waiting signal of it."""
    dropped = drop_queued(turn, signal, side)
    group = find_group(turn.account, signal, side)
    if group is None:
        if dropped:
            text = f"Removed the waiting {signal.symbol} signal."
            return Outcome("done", "dequeued", text, dropped)
        text = f"Nothing to close: no {side} position on {signal.symbol} {signal.timeframe}m."
        return Outcome("done", "nothing_to_close", text)
    if turn.account.trading is TradingState.HALTED:
        stays = _halted(turn, group)
        if not dropped:
            return stays
        text = f"Removed the waiting {signal.symbol} signal. {stays.text}"
        return Outcome("done", "dequeued", text, dropped)
    begin_exit(turn, group, ExitReason.EXIT_SIGNAL)
    if group.status is GroupStatus.CLOSING:
        return Outcome("done", "already_closing", "It is already closing.", group.id)
    return Outcome("done", "closing", SENTENCES[ExitReason.EXIT_SIGNAL], group.id)


def drop_queued(turn: Turn, signal: Signal, side: Side) -> str | None:
    """Remove the waiting signal of this identity; returns its id if there was one."""
    for waiting in turn.account.queue:
        other = waiting.signal
        if (other.symbol, other.timeframe, other.side) == (signal.symbol, signal.timeframe, side):
            remove_queued(turn, waiting.id, "cancelled", "An exit signal came for it.")
            return waiting.id
    return None


def remove_queued(turn: Turn, signal_id: str, status: str, why: str) -> None:
    """Take a signal out of the queue and say why."""
    symbol = next(q.signal.symbol for q in turn.account.queue if q.id == signal_id)
    queue = tuple(q for q in turn.account.queue if q.id != signal_id)
    turn.account = replace(turn.account, queue=queue)
    data = {"signal_id": signal_id, "status": status}
    turn.tell(NoticeKind.DEQUEUED, why, symbol=symbol, data=data)


def reduce_signal(turn: Turn, signal: Signal) -> Outcome:
    """Close the signal's fraction of the group pro rata; legs and slot stay."""
    group = find_group(turn.account, signal, signal.side)
    if group is None or group.open_quantity <= 0:
        text = f"Nothing to reduce: no {signal.side} position on {signal.symbol}."
        return Outcome("done", "nothing_to_close", text)
    if turn.account.trading is TradingState.HALTED:
        return _halted(turn, group)
    return reduce(turn, group, signal.reduce_fraction or ONE, ExitReason.EXIT_SIGNAL)


def _halted(turn: Turn, group: Group) -> Outcome:
    code, text = halted(turn.account, f"only a person can close {group.symbol} now.")
    return Outcome("refused", code, text, group.id)


def reduce(turn: Turn, group: Group, fraction: Decimal, reason: ExitReason) -> Outcome:
    """Close ``fraction`` of what is held and not being closed already; 1 closes the group."""
    if group.status is GroupStatus.CLOSING:
        begin_exit(turn, group, reason)
        return Outcome("done", "already_closing", "It is already closing.", group.id)
    if fraction >= ONE or group.status in (GroupStatus.WAITING, GroupStatus.FAILED):
        begin_exit(turn, group, reason)
        return Outcome("done", "closing", SENTENCES[reason], group.id)
    instrument = turn.instrument(group.symbol)
    if instrument is None:
        text = f"The rules of {group.symbol} are not known right now; try again."
        return Outcome("refused", "no_instrument", text, group.id)
    held = max(group.open_quantity - spoken_for(group), Decimal(0))
    quantity = floor_to_step(held * fraction, instrument.step)
    short = _too_little(turn, group, quantity, instrument)
    if short:
        text = f"{plain(fraction * 100)} % of {plain(held)} {instrument.base} is {short[1]}"
        return Outcome("refused", short[0], text, group.id)
    if held > quantity and _too_little(turn, group, held - quantity, instrument):
        # the rest could never be sold: a reduce that leaves only dust leaves nothing
        begin_exit(turn, group, reason)
        return Outcome("done", "closing", SENTENCES[reason], group.id)
    turn.put(replace(group, reduce_quantity=group.reduce_quantity + quantity, reduce_reason=reason))
    text = f"Closing {plain(quantity)} {instrument.base}, {plain(fraction * 100)} % of it."
    turn.tell(NoticeKind.REDUCED, text, group, data={"quantity": plain(quantity)})
    return Outcome("done", "reducing", text, group.id)


def _too_little(
    turn: Turn, group: Group, quantity: Decimal, instrument: Instrument
) -> tuple[str, str] | None:
    """Why no order could close this quantity: a code and the end of a sentence."""
    if quantity <= 0 or quantity < instrument.min_quantity:
        least = plain(max(instrument.min_quantity, instrument.step))
        return "under_min_quantity", f"under the minimum of {least}; close more or all of it."
    price = turn.price(group.symbol) or group.average_entry
    if price is not None and quantity * price < instrument.min_notional:
        least = plain(instrument.min_notional)
        text = f"worth less than the minimum of {least} USD; close more or all of it."
        return "under_min_notional", text
    return None
