"""Stops: where a group's stop stands by its rules, its average and the best price seen.

Percentages are of the average (stop loss, break-even) or of the best price (trailing). The
tightest of them holds. Levels round towards the market, so that a stop never loses more than was
asked. Nothing here is remembered beside ``Group.stop``: a restart computes the same.
"""

from __future__ import annotations

from decimal import Decimal

from engine.domain.changed import replace
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.rules import Stop
from engine.domain.words import Side
from foundation.money import ceil_to_step, floor_to_step

HUNDRED = Decimal(100)
TENTH = Decimal("0.1")


def better(side: Side, one: Decimal, other: Decimal) -> Decimal:
    """The price that is better for a position."""
    return max(one, other) if side is Side.LONG else min(one, other)


def behind(side: Side, price: Decimal, percent: Decimal) -> Decimal:
    """``percent`` below a price for a long, above it for a short."""
    return price * (1 - side.sign * percent / HUNDRED)


def ahead(side: Side, price: Decimal, percent: Decimal) -> Decimal:
    """``percent`` above a price for a long, below it for a short."""
    return price * (1 + side.sign * percent / HUNDRED)


def step_percent(group: Group, distance: Decimal) -> Decimal:
    """How far the best price moves before what trails it follows: a tenth unless set."""
    return group.rules.trailing_step_percent or distance * TENTH


def has_stop(group: Group) -> bool:
    """Whether any rule may put a stop under this group."""
    rules = group.rules
    return any(
        rule is not None
        for rule in (
            rules.signal_stop,
            rules.stop_loss_percent,
            rules.trailing_stop_percent,
            rules.break_even_at_percent,
        )
    )


def placed(group: Group, tick: Decimal) -> Stop:
    """The stop as it should stand now; the same object when it stands right.

    The group holds an open position.
    """
    average = group.average_entry
    assert average is not None, "only what is held has a stop"
    best = average if group.stop.best_price is None else group.stop.best_price
    levels = [_rounded(group.side, level, tick) for level in _levels(group, average, best)]
    price: Decimal | None = None
    for level in levels:
        price = level if price is None else better(group.side, price, level)
    if price is not None and price <= 0:
        price = None
    stop = replace(group.stop, price=price, best_price=best)
    return group.stop if stop == group.stop else stop


def _levels(group: Group, average: Decimal, best: Decimal) -> list[Decimal]:
    rules, side, levels = group.rules, group.side, list[Decimal]()
    if rules.signal_stop is not None:
        levels.append(rules.signal_stop)
    elif rules.stop_loss_percent is not None:
        levels.append(behind(side, average, rules.stop_loss_percent))
    if rules.trailing_stop_percent is not None:
        levels.append(behind(side, best, rules.trailing_stop_percent))
    if group.stop.even:
        levels.append(break_even(group, average))
    return levels


def _rounded(side: Side, level: Decimal, tick: Decimal) -> Decimal:
    return ceil_to_step(level, tick) if side is Side.LONG else floor_to_step(level, tick)


def break_even(group: Group, average: Decimal) -> Decimal:
    """Where closing costs nothing: the average, the fee paid for entering and as much to leave."""
    filled = group.filled_quantity
    fees = sum((order.fee_usd for order in group.entry_orders), ZERO)
    each = fees / filled if filled else ZERO
    return average + group.side.sign * 2 * each


def even_at(group: Group) -> Decimal | None:
    """The price at which the stop moves to break-even, or None when it will not or has moved."""
    percent, average = group.rules.break_even_at_percent, group.average_entry
    if percent is None or average is None or group.stop.even:
        return None
    exact = ahead(group.side, average, percent)
    return better(group.side, exact, break_even(group, average))


def next_best(group: Group) -> Decimal | None:
    """The price at which a trailing stop moves next, or None when nothing trails."""
    distance, best = group.rules.trailing_stop_percent, group.stop.best_price
    if distance is None or best is None:
        return None
    return ahead(group.side, best, step_percent(group, distance))


def run_levels(group: Group, name: str) -> tuple[Decimal, Decimal] | None:
    """For a target that runs on: where it closes, and where its best price moves next."""
    best, distance = group.stop.running.get(name), group.rules.trailing_take_profit_percent
    if best is None or distance is None:
        return None
    further = ahead(group.side, best, step_percent(group, distance))
    return behind(group.side, best, distance), further
