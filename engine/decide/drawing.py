"""Drawing: from an entry signal to the legs of a pyramid and the rules its group keeps."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from engine.domain.account import Account
from engine.domain.changed import replace
from engine.domain.group import Group, Pyramid
from engine.domain.instrument import Instrument
from engine.domain.leg import Leg, LegPlan
from engine.domain.record import record
from engine.domain.rules import NO_RULES, GroupRules
from engine.domain.signal import Signal
from engine.domain.words import OrderType, PyramidStatus, Side
from engine.policy.grid import LadderRefused, ladder
from engine.policy.pool import over_capital
from engine.policy.rules import bracket_refusal, foreign_market, group_rules, wishes_of
from engine.policy.sizing import Entry, capital_usd, shape_of

Legs = tuple[LegPlan, ...]


@record(frozen=True, slots=True)
class Drawn:
    """A pyramid that may be ordered. Without legs it waits for its instrument's rules."""

    pyramid: Pyramid
    rules: GroupRules


def entry_of(
    account: Account, signal: Signal, price: Decimal, group: Group | None, factor: Decimal
) -> Entry:
    """What the ladder of a signal is drawn for: the next pyramid of ``group``, or a first one."""
    index = len(group.pyramids) if group else 0
    shape = shape_of(account.settings, signal.symbol, signal.timeframe, index)
    return Entry(
        symbol=signal.symbol,
        timeframe=signal.timeframe,
        side=signal.side,
        index=index,
        price=price,
        size_factor=factor,
        stop=wishes_of(account.settings, signal, shape).stop,
        size=signal.size_hint,
        among=group.max_pyramids if group else None,
    )


def draw(
    account: Account,
    signal: Signal,
    entry: Entry,
    instrument: Instrument | None,
    at: datetime,
) -> Drawn | LadderRefused:
    """The pyramid of a signal and the rules of a group that opens with it, or why not."""
    shape = shape_of(account.settings, entry.symbol, entry.timeframe, entry.index)
    wishes = wishes_of(account.settings, signal, shape)
    refused = foreign_market(account, entry.symbol) or bracket_refusal(
        account.settings, entry.side, entry.price, wishes
    )
    if refused:
        return refused
    capital = capital_usd(account, entry, shape)
    if isinstance(capital, LadderRefused):
        return capital
    rules = group_rules(account.settings, at, wishes)
    if instrument is None and entry.index > 0:
        text = f"the rules of {entry.symbol} are not known right now; send the entry again"
        return LadderRefused("no_instrument", text)
    if instrument is None:
        rules = replace(rules, capital_usd=capital)
        return Drawn(_pyramid(signal, entry, at, ()), rules)
    legs = ladder_of(account, entry, capital, instrument)
    if isinstance(legs, LadderRefused):
        return legs
    over = over_capital(account, legs)
    if over:
        return LadderRefused("over_capital", over)
    return Drawn(_pyramid(signal, entry, at, legs), rules)


def ladder_of(
    account: Account, entry: Entry, capital: Decimal, instrument: Instrument
) -> Legs | LadderRefused:
    """The legs that ``capital`` USD buy by the rules of the instrument."""
    if not instrument.tradable:
        text = f"{entry.symbol} cannot be traded at the venue now"
        return LadderRefused("not_tradable", text)
    if entry.side is Side.SHORT and not instrument.shorts:
        text = f"{instrument.symbol} is a spot market here: it cannot be sold short."
        return LadderRefused("no_shorts", text)
    shape = shape_of(account.settings, entry.symbol, entry.timeframe, entry.index)
    first = OrderType(account.settings.orders.first_leg)
    return ladder(shape, entry.side, entry.price, capital, instrument, first)


def sketch(account: Account, entry: Entry, instrument: Instrument) -> Legs:
    """The ladder an entry would get now, for showing; empty where none can be drawn."""
    shape = shape_of(account.settings, entry.symbol, entry.timeframe, entry.index)
    capital = capital_usd(account, entry, shape)
    if isinstance(capital, LadderRefused):
        return ()
    legs = ladder_of(account, entry, capital, instrument)
    return () if isinstance(legs, LadderRefused) else legs


def leg_of(plan: LegPlan) -> Leg:
    """The leg of a pyramid as its ladder was drawn."""
    return Leg(
        index=plan.index,
        order_type=plan.order_type,
        price=plan.price,
        quantity=plan.quantity,
        gap_percent=plan.gap_percent,
        weight_percent=plan.weight_percent,
        tp_percent=plan.tp_percent,
        capital_usd=plan.capital_usd,
    )


def redraw(account: Account, group: Group, instrument: Instrument) -> Legs | LadderRefused:
    """The ladder of a group that waited for the rules of its instrument."""
    first = group.pyramids[0]
    entry = Entry(group.symbol, group.timeframe, group.side, first.index, first.entry_price)
    assert group.rules.capital_usd is not None, "a waiting group knows its capital"
    legs = ladder_of(account, entry, group.rules.capital_usd, instrument)
    if isinstance(legs, LadderRefused):
        return legs
    over = over_capital(account, legs)
    return LadderRefused("over_capital", over) if over else legs


def settled_rules(rules: GroupRules) -> GroupRules:
    """The rules of a group that waits no more."""
    drawn = replace(rules, capital_usd=None)
    return NO_RULES if drawn == NO_RULES else drawn


def _pyramid(signal: Signal, entry: Entry, at: datetime, legs: Legs) -> Pyramid:
    return Pyramid(
        index=entry.index,
        entry_price=entry.price,
        entry_at=at,
        signal_id=signal.id,
        status=PyramidStatus.PENDING,
        legs=tuple(leg_of(plan) for plan in legs),
        size_factor=entry.size_factor,
    )
