"""Ranking of the waiting queue: a pure function of queue, prices and the rules of the settings.

The rules are lexicographic: the first that tells two signals apart decides, and the signal id
ends every tie. Values are worked out rule by rule and only among those still tied, so finding who
is first costs little in a long queue.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from engine.domain.account import Account, Queued
from engine.domain.choices.queue import RankRule
from engine.domain.instrument import Market
from engine.domain.leg import ZERO, LegPlan
from engine.domain.settings import AccountSettings
from engine.domain.signal import Signal
from engine.domain.words import GroupStatus, OrderType, Side, TakeProfitMode
from engine.policy.grid import LadderRefused, ladder
from engine.policy.rules import instrument_for, wishes_of
from engine.policy.sizing import Entry, capital_usd, shape_of
from foundation.money import plain, usd

HUNDRED = Decimal(100)
_TENTH: Final = Decimal("0.1")
_HOUR, _DAY = 60, 1440
_by_id = attrgetter("signal.id")
_arrival = attrgetter("queued_at")

Identity = tuple[str, int, Side]
"""(symbol, timeframe, side): what makes two entries one position."""
Value = Callable[[Queued], Any]


def identity(signal: Signal) -> Identity:
    """What makes this signal a continuation of a group, or of a waiting signal."""
    return (signal.symbol, signal.timeframe, signal.side)


def active_identities(account: Account) -> frozenset[Identity]:
    """Positions that another entry would continue."""
    return frozenset(
        (group.symbol, group.timeframe, group.side)
        for group in account.groups.values()
        if group.holds_slot and group.status is not GroupStatus.CLOSING
    )


def loss_percent(signal: Signal, price: Decimal | None) -> Decimal | None:
    """How far the market has gone against the entry, in %; a gain is not a loss but 0."""
    entry = signal.entry_price
    if price is None or entry is None or entry <= 0:
        return None
    if price == entry:
        return ZERO
    moved = (entry - price) if signal.side is Side.LONG else (price - entry)
    return usd(moved * HUNDRED / entry) if moved > 0 else ZERO


def expected_profit_usd(account: Account, queued: Queued, market: Market) -> Decimal:
    """Sum of quantity * (target - price) if every leg of its ladder fills; 0 when unknown."""
    signal, settings = queued.signal, account.settings
    price = market.price(signal.symbol) if signal.entry_price is None else signal.entry_price
    instrument = instrument_for(account, market.instruments, signal.symbol)
    if price is None or price <= 0 or instrument is None:
        return ZERO
    shape = shape_of(settings, signal.symbol, signal.timeframe)
    wishes = wishes_of(settings, signal, shape)
    factor = queued.size_factor
    place = (signal.symbol, signal.timeframe, signal.side, 0)
    entry = Entry(*place, price, factor, wishes.stop, signal.size_hint)
    capital = capital_usd(account, entry, shape)
    if isinstance(capital, LadderRefused):
        return ZERO
    first = OrderType(settings.orders.first_leg)
    legs = ladder(shape, signal.side, price, capital, instrument, first)
    if isinstance(legs, LadderRefused):
        return ZERO
    return _earned(legs, signal.side, settings, wishes.target)


def _earned(
    legs: tuple[LegPlan, ...], side: Side, settings: AccountSettings, target: Decimal | None
) -> Decimal:
    """What the ladder earns at its targets: at the signal's own, on the average, or by leg."""
    quantity = sum((leg.quantity for leg in legs), ZERO)
    cost = sum((leg.quantity * leg.price for leg in legs), ZERO)
    if target is not None:
        return side.sign * (target * quantity - cost)
    if settings.tp_mode in (TakeProfitMode.AGGREGATE, TakeProfitMode.PYRAMID_AGGREGATE):
        return cost * settings.tp_aggregate_percent / HUNDRED
    return sum((leg.quantity * leg.price * leg.tp_percent / HUNDRED for leg in legs), ZERO)


def ranked(account: Account, market: Market, waiting: Iterable[Queued]) -> Iterator[Queued]:
    """The waiting signals, the one to be served first first; worked out as far as asked."""
    return _ordered(list(waiting), _values(account, market))


def _values(account: Account, market: Market) -> tuple[Value, ...]:
    """One function per rule that is on and can tell signals apart; smaller comes first."""
    active = active_identities(account)
    prices = {symbol: quote.price for symbol, quote in market.quotes.items()}
    known: Mapping[RankRule, Value | None] = {
        RankRule.CONTINUATION: partial(_continuation, active) if active else None,
        RankRule.DEEPEST_LOSS: partial(_gain, prices),
        RankRule.REPLACEMENTS: _replacements,
        RankRule.EXPECTED_PROFIT: lambda queued: -expected_profit_usd(account, queued, market),
        RankRule.OLDEST: _arrival,
    }
    values = (known[rule] for rule in account.settings.queue.rules)
    return tuple(value for value in values if value is not None)


def _continuation(active: frozenset[Identity], queued: Queued) -> int:
    return 0 if identity(queued.signal) in active else 1


def _gain(prices: Mapping[str, Decimal], queued: Queued) -> Decimal:
    """The loss of the entry as a negative share of it."""
    entry, price = queued.signal.entry_price, prices.get(queued.signal.symbol)
    if entry is None or price is None or entry == price or entry <= 0:
        return ZERO
    if (price < entry) is not (queued.signal.side is Side.LONG):
        return ZERO
    return -abs(price - entry) / entry


def _replacements(queued: Queued) -> int:
    return -queued.replacement_count


def _ordered(waiting: Sequence[Queued], values: tuple[Value, ...]) -> Iterator[Queued]:
    """Sorted by the first rule; each run of equals by the rest, when it is reached.

    Indices are sorted instead of pairs: thousands of small objects would wake the collector.
    """
    if len(waiting) < 2:
        yield from waiting
        return
    if not values:
        yield from sorted(waiting, key=_by_id)
        return
    found = [values[0](queued) for queued in waiting]
    order = sorted(range(len(found)), key=found.__getitem__)
    if found[order[0]] == found[order[-1]]:
        yield from _ordered(waiting, values[1:])
        return
    if len(set(found)) == len(found):
        yield from [waiting[index] for index in order]
        return
    for _, tied in groupby(order, key=found.__getitem__):
        yield from _ordered([waiting[index] for index in tied], values[1:])


def explain(
    queued: Queued, place: tuple[int, int], loss: Decimal | None, at: datetime, *, continues: bool
) -> str:
    """One sentence: "2nd of 5: 3.1 % below its entry, replaced twice, waiting 14 min"."""
    parts = ["continues an open position"] if continues else []
    if loss:
        where = "below" if queued.signal.side is Side.LONG else "above"
        parts.append(f"{plain(loss.quantize(_TENTH))} % {where} its entry")
    if queued.replacement_count:
        parts.append(f"replaced {_times(queued.replacement_count)}")
    parts.append(f"waiting {_duration(at - queued.queued_at)}")
    return f"{_ordinal(place[0])} of {place[1]}: {', '.join(parts)}."


def _ordinal(number: int) -> str:
    teens = 10 < number % 100 < 20
    ending = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _duration(waited: timedelta) -> str:
    minutes = max(int(waited.total_seconds() // 60), 0)
    if minutes < 1:
        return "less than a minute"
    if minutes < _HOUR:
        return f"{minutes} min"
    if minutes < _DAY:
        return f"{minutes // _HOUR} h {minutes % _HOUR} min"
    return f"{minutes // _DAY} d {minutes % _DAY // _HOUR} h"
