"""Entry signals: into a slot, onto a group as a pyramid, into the queue, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.decide.drawing import Drawn, draw, entry_of, leg_of, redraw, settled_rules
from engine.decide.queueing import FIRST_PRICE, queue_full, wait
from engine.decide.risk import beyond_last
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.group import Group, Pyramid
from engine.domain.instrument import Instrument
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, moved_group
from engine.policy.gate import NO_PRICE, denied
from engine.policy.grid import LadderRefused
from engine.policy.pool import Admission, admit
from foundation.money import plain


def enter(turn: Turn, signal: Signal, size_factor: Decimal) -> Outcome:
    """Decide an entry signal that may act.

    One on a symbol without any price waits a little: asking for a price is what brings it.
    """
    denial = denied(turn.account, signal, turn.market, turn.at, size_factor)
    place = admit(turn.account, signal)
    if place.code == "pyramid_limit" and place.group:
        beyond_last(turn, place.group)
    unpriced = denial is not None and denial.code == NO_PRICE
    waits = unpriced or (denial is not None and denial.frees and place.place == "queue")
    if denial is not None and not waits:
        return refuse(turn, signal, denial.code, denial.text, denial.data)
    if place.place == "refused":
        return refuse(turn, signal, place.code, place.text)
    if place.place == "queue":
        queued = wait(turn, signal, size_factor, place)
        return queued or refuse(turn, signal, "queue_full", queue_full(turn))
    if denial is not None:
        first = Admission("queue", denial.code, denial.text)
        queued = wait(turn, signal, size_factor, first, FIRST_PRICE)
        return queued or refuse(turn, signal, denial.code, denial.text)
    return open_or_add(turn, signal, size_factor, place)


def open_or_add(turn: Turn, signal: Signal, size_factor: Decimal, place: Admission) -> Outcome:
    """Open a group in a free slot, or add a pyramid to the group that ``place`` found."""
    entry = turn.price(signal.symbol) if signal.entry_price is None else signal.entry_price
    if entry is None:
        text = f"The signal has no entry price and {signal.symbol} has no market price."
        return refuse(turn, signal, "no_price", text)
    if entry <= 0:
        text = f"The entry price {plain(entry)} is not above zero."
        return refuse(turn, signal, "bad_price", text)
    wish = entry_of(turn.account, signal, entry, place.group, size_factor)
    instrument = turn.instrument(signal.symbol)
    drawn = draw(turn.account, signal, wish, instrument, turn.at)
    if isinstance(drawn, LadderRefused):
        return refuse(turn, signal, drawn.code, drawn.text)
    _assumed(turn, signal, instrument)
    turn.over_limit += place.over
    if place.group:
        return _add(turn, place.group, drawn.pyramid)
    return _open(turn, signal, drawn, waiting=instrument is None)


def refuse(
    turn: Turn, signal: Signal, code: str, text: str, numbers: Mapping[str, str] | None = None
) -> Outcome:
    """Tell that a signal was refused, with its reason and the numbers behind it."""
    data = {"code": code, "side": signal.side.value, "timeframe": str(signal.timeframe)}
    data.update(numbers or {})
    turn.tell(NoticeKind.SIGNAL_REFUSED, text, symbol=signal.symbol, data=data)
    return Outcome("refused", code, text, data=data)


def draw_waiting(turn: Turn, group: Group) -> None:
    """Give a waiting group its ladder now that the rules of its instrument may be there."""
    instrument = turn.instrument(group.symbol)
    if instrument is None:
        return
    legs = redraw(turn.account, group, instrument)
    if isinstance(legs, LadderRefused):
        turn.put(replace(group, status=moved_group(group.status, GroupStatus.FAILED)))
        turn.tell(NoticeKind.GROUP_FAILED, legs.text, group, data={"code": legs.code})
        return
    # its freshness counts from here: it was the rules that were late, not the signal
    first = group.pyramids[0]
    ready = replace(first, entry_at=turn.at, legs=tuple(leg_of(plan) for plan in legs))
    rules = settled_rules(group.rules)
    status = moved_group(group.status, GroupStatus.LIVE)
    turn.put(replace(group, status=status, pyramids=(ready,), rules=rules))
    text = f"The rules of {group.symbol} are known now; its ladder is ordered."
    turn.tell(NoticeKind.GROUP_OPENED, text, group, data=ladder_data(group, ready))


def _assumed(turn: Turn, signal: Signal, instrument: Instrument | None) -> None:
    if instrument is None or signal.symbol in turn.market.instruments:
        return
    text = (
        f"The rules of {signal.symbol} are not known; ordered by the fallback rules: price step "
        f"{plain(instrument.tick)}, quantity step {plain(instrument.step)}."
    )
    turn.tell(NoticeKind.FALLBACK_RULES, text, symbol=signal.symbol)


def _add(turn: Turn, group: Group, pyramid: Pyramid) -> Outcome:
    grown = replace(group, pyramids=(*group.pyramids, pyramid))
    turn.put(grown)
    text = f"Entry {len(grown.pyramids)} of {grown.max_pyramids} at {plain(pyramid.entry_price)}."
    turn.tell(NoticeKind.PYRAMID_ADDED, text, grown, data=ladder_data(grown, pyramid))
    return Outcome("done", "pyramid_added", text, group.id)


def _open(turn: Turn, signal: Signal, drawn: Drawn, *, waiting: bool) -> Outcome:
    settings, pyramid = turn.account.settings, drawn.pyramid
    group = Group(
        id=turn.next_group_id(),
        symbol=signal.symbol,
        timeframe=signal.timeframe,
        side=signal.side,
        status=GroupStatus.WAITING if waiting else GroupStatus.LIVE,
        tp_mode=settings.tp_mode,
        tp_aggregate_percent=settings.tp_aggregate_percent,
        max_pyramids=settings.max_pyramids,
        settings_version=turn.account.settings_version,
        source=signal.source,
        created_at=turn.at,
        updated_at=turn.at,
        pyramids=(pyramid,),
        strategy=signal.strategy,
        strategy_version=signal.strategy_version,
        rules=drawn.rules,
    )
    turn.put(group)
    if waiting:
        text = f"{signal.symbol} holds its slot and waits for the rules of its instrument."
        turn.tell(NoticeKind.GROUP_WAITING, text, group)
        return Outcome("done", "waiting", text, group.id)
    text = (
        f"Opened {signal.side} {signal.symbol} at {plain(pyramid.entry_price)} "
        f"with {len(pyramid.legs)} legs."
    )
    turn.tell(NoticeKind.GROUP_OPENED, text, group, data=ladder_data(group, pyramid))
    return Outcome("done", "opened", text, group.id)


def ladder_data(group: Group, pyramid: Pyramid) -> dict[str, str]:
    """What is told of a ladder that was drawn."""
    capital = sum((leg.capital_usd for leg in pyramid.legs), Decimal(0))
    return {
        "side": group.side.value,
        "timeframe": str(group.timeframe),
        "entry_price": plain(pyramid.entry_price),
        "pyramid": str(pyramid.index + 1),
        "legs": str(len(pyramid.legs)),
        "capital_usd": plain(capital),
    }
