"""Accounting by lot: every leg is a lot; fills make it, reducers close it, nothing is lost.

Conservation, kept by every booking: what the fills cost = cost of open lots + cost matched with
exits; realised = side * (proceeds - matched cost) - fees. A fee taken in the asset reduces what
was received and is expensed at the fill price, so it is counted once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from engine.domain.changed import replace
from engine.domain.events import OrderFilled
from engine.domain.instrument import Instrument
from engine.domain.leg import ZERO, Leg
from engine.domain.orders import Allocation
from engine.domain.record import record
from engine.domain.words import Side
from foundation.money import floor_to_step, usd

LotKey = tuple[int, int]
"""(pyramid index, leg index)."""


def book_entry(leg: Leg, fill: OrderFilled) -> Leg:
    """The leg after one execution of its entry order."""
    kept = fill.quantity - fill.fee_in_base
    return replace(
        leg,
        filled_quantity=leg.filled_quantity + fill.quantity,
        received=leg.received + kept,
        cost_usd=leg.cost_usd + kept * fill.price,
        fee_usd=leg.fee_usd + fill.fee_usd,
        realized_pnl_usd=leg.realized_pnl_usd - fill.fee_usd,
    )


def book_exit(leg: Leg, side: Side, quantity: Decimal, price: Decimal, fee_usd: Decimal) -> Leg:
    """The leg after ``quantity`` of its lot was closed at ``price``.

    The last part takes the whole remaining cost, so rounding never leaves a cent behind.
    """
    assert quantity <= leg.open_quantity, "closed beyond what was received"
    whole = quantity == leg.open_quantity
    cost = leg.open_cost_usd if whole else usd(leg.open_cost_usd * quantity / leg.open_quantity)
    proceeds = quantity * price
    return replace(
        leg,
        closed=leg.closed + quantity,
        closed_cost_usd=leg.closed_cost_usd + cost,
        proceeds_usd=leg.proceeds_usd + proceeds,
        fee_usd=leg.fee_usd + fee_usd,
        realized_pnl_usd=leg.realized_pnl_usd + side.sign * (proceeds - cost) - fee_usd,
    )


def closed_elsewhere(leg: Leg) -> Leg:
    """The leg without what is still open of it, closed by others at a price we do not know."""
    return replace(
        leg,
        closed=leg.received,
        closed_cost_usd=leg.cost_usd,
        proceeds_usd=leg.proceeds_usd + leg.open_cost_usd,
    )


@record(frozen=True, slots=True)
class Spread:
    """An execution given to lots. ``beyond`` is what no lot had left to close."""

    allocations: tuple[Allocation, ...]
    taken: Mapping[LotKey, Decimal]
    beyond: Decimal


def spread_fill(
    allocations: Sequence[Allocation], quantity: Decimal, held: Mapping[LotKey, Decimal]
) -> Spread:
    """Give an execution to the allocations in their order, each as far as its lot is held.

    ``held`` is what is open of every lot. What is executed beyond the allocations closes other
    lots, in the order of ``held``, as allocations of their own.
    """
    left, after, taken = quantity, [], dict[LotKey, Decimal]()
    for part in allocations:
        key = (part.pyramid, part.leg)
        open_of_it = held.get(key, ZERO) - taken.get(key, ZERO)
        take = max(min(part.quantity - part.executed, open_of_it, left), ZERO)
        if take > 0:
            left -= take
            taken[key] = taken.get(key, ZERO) + take
        after.append(replace(part, executed=part.executed + take) if take else part)
    for key, amount in held.items():
        take = min(amount - taken.get(key, ZERO), left)
        if take > 0:
            left -= take
            taken[key] = taken.get(key, ZERO) + take
            after.append(Allocation(*key, quantity=take, executed=take))
    return Spread(tuple(after), taken, left)


def allocate_whole(
    uncovered: Sequence[tuple[LotKey, Decimal]], step: Decimal
) -> tuple[Allocation, ...]:
    """Allocations that close lots as far as the step allows on their sum, in order.

    Dust smaller than the step stays with the last lots: it is judged on the group.
    """
    total = floor_to_step(sum((quantity for _, quantity in uncovered), ZERO), step)
    return _take(uncovered, total)


def allocate_share(
    uncovered: Sequence[tuple[LotKey, Decimal]], quantity: Decimal, step: Decimal
) -> tuple[Allocation, ...]:
    """Allocations that close ``quantity`` pro rata over the lots, the last taking the rest."""
    held = sum((amount for _, amount in uncovered), ZERO)
    wanted = floor_to_step(min(quantity, held), step)
    if wanted <= 0:
        return ()
    shares, left = [], wanted
    for key, amount in uncovered:
        share = min(floor_to_step(wanted * amount / held, step), amount, left)
        shares.append((key, share))
        left -= share
    return _with_rest(uncovered, shares, left)


def portions(
    parts: tuple[Allocation, ...], limit: Decimal | None
) -> tuple[tuple[Allocation, ...], ...]:
    """The allocations in orders of at most ``limit`` base units each, in the same sequence."""
    if limit is None or sum((part.quantity for part in parts), ZERO) <= limit:
        return (parts,) if parts else ()
    out: list[tuple[Allocation, ...]] = []
    now: list[Allocation] = []
    room = limit
    for part in parts:
        left = part.quantity
        while left > 0:
            take = min(left, room)
            now.append(replace(part, quantity=take))
            left, room = left - take, room - take
            if room == 0:
                out.append(tuple(now))
                now, room = [], limit
    return (*out, tuple(now)) if now else tuple(out)


def _with_rest(
    uncovered: Sequence[tuple[LotKey, Decimal]],
    shares: Sequence[tuple[LotKey, Decimal]],
    left: Decimal,
) -> tuple[Allocation, ...]:
    final = []
    for (key, share), (_, amount) in reversed(list(zip(shares, uncovered, strict=True))):
        more = min(amount - share, left)
        left -= more
        final.append((key, share + more))
    return tuple(Allocation(*key, quantity=q) for key, q in reversed(final) if q > 0)


def _take(uncovered: Sequence[tuple[LotKey, Decimal]], total: Decimal) -> tuple[Allocation, ...]:
    left, out = total, []
    for key, amount in uncovered:
        take = min(amount, left)
        left -= take
        if take > 0:
            out.append(Allocation(*key, quantity=take))
    return tuple(out)


def is_dust(quantity: Decimal, price: Decimal | None, instrument: Instrument) -> bool:
    """Too little for any order: under a step, the minimum quantity or the minimum notional."""
    if quantity < instrument.step or quantity < instrument.min_quantity:
        return True
    return price is not None and quantity * price < instrument.min_notional


def unrealized_usd(side: Side, quantity: Decimal, cost_usd: Decimal, price: Decimal) -> Decimal:
    """``(price - average) * quantity``, mirrored for a short; computed at read time only."""
    return side.sign * (price * quantity - cost_usd)
