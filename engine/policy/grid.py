"""The ladder: from settings, an entry price and capital to legs with prices and quantities.

Price of a leg: long ``entry * (1 + gap/100)``, short ``entry * (1 - gap/100)``, rounded to the
tick on the passive side (buy down, sell up). Quantity = leg capital / price, rounded down to the
step. A leg under the venue's minimum refuses the whole ladder, with the numbers and the fix.
"""

from __future__ import annotations

from decimal import Decimal

from engine.domain.choices.ladder import Ladder
from engine.domain.instrument import Instrument
from engine.domain.leg import LegPlan
from engine.domain.record import record
from engine.domain.words import OrderType, Side
from foundation.money import ceil_to_step, floor_to_step, plain, usd

HUNDRED = Decimal(100)
CENT = Decimal("0.01")
UNDER = ("under_min_quantity", "under_min_notional")
"""Refusals that more capital mends."""


@record(frozen=True, slots=True)
class LadderRefused:
    """Why no ladder could be drawn. ``code`` is stable, ``text`` names leg, numbers and fix."""

    code: str
    text: str
    leg: int | None = None


def leg_price(side: Side, entry: Decimal, gap_percent: Decimal, tick: Decimal) -> Decimal:
    """Limit price of a leg, on the passive side of its exact place."""
    exact = entry * (1 + side.sign * gap_percent / HUNDRED)
    return floor_to_step(exact, tick) if side is Side.LONG else ceil_to_step(exact, tick)


def ladder(
    shape: Ladder,
    side: Side,
    entry: Decimal,
    capital: Decimal,
    instrument: Instrument,
    first_leg: OrderType = OrderType.LIMIT,
) -> tuple[LegPlan, ...] | LadderRefused:
    """Every leg of one pyramid, or the reason why one of them cannot be ordered.

    ``capital`` in USD; a market ``first_leg`` has the price it is expected at.
    """
    if entry <= 0:
        return LadderRefused("bad_price", f"The entry price {plain(entry)} is not above zero.")
    legs: list[LegPlan] = []
    for index, leg in enumerate(shape):
        share = capital * leg.weight_percent / HUNDRED
        price = leg_price(side, entry, leg.gap_percent, instrument.tick)
        refused = _refusal(index, share, price, instrument)
        if refused is not None and refused.code in UNDER:
            least = plain(least_capital_usd(shape, side, entry, instrument))
            fix = f"raise the capital of an entry to {least} USD or use fewer legs"
            return LadderRefused(refused.code, f"{refused.text}; {fix}", index)
        if refused is not None:
            return refused
        quantity = floor_to_step(share / price, instrument.step)
        legs.append(
            LegPlan(
                index=index,
                order_type=first_leg if index == 0 else OrderType.LIMIT,
                price=price,
                quantity=quantity,
                gap_percent=leg.gap_percent,
                weight_percent=leg.weight_percent,
                tp_percent=leg.tp_percent,
                capital_usd=usd(price * quantity),
            )
        )
    return tuple(legs)


def least_capital_usd(shape: Ladder, side: Side, entry: Decimal, instrument: Instrument) -> Decimal:
    """The capital from which on no leg is under the venue's minimums, in whole cents."""
    least = Decimal(0)
    for leg in shape:
        price = leg_price(side, entry, leg.gap_percent, instrument.tick)
        if price <= 0:
            continue
        worth = ceil_to_step(instrument.min_notional / price, instrument.step)
        quantity = max(worth, ceil_to_step(instrument.min_quantity, instrument.step))
        needed = max(quantity, instrument.step) * price * HUNDRED / leg.weight_percent
        least = max(least, ceil_to_step(needed, CENT))
    return least


def _refusal(
    index: int, share: Decimal, price: Decimal, instrument: Instrument
) -> LadderRefused | None:
    """Why ``share`` USD cannot buy leg ``index`` at ``price``, or None when it can."""
    name = f"leg {index + 1}"
    if price <= 0:
        text = f"Leg {index + 1}: its price rounds to zero; the tick is {plain(instrument.tick)}."
        return LadderRefused("under_tick", text, index)
    quantity = floor_to_step(share / price, instrument.step)
    if instrument.max_quantity is not None and quantity > instrument.max_quantity:
        text = (
            f"{name}: {plain(usd(share))} USD buys {plain(quantity)} {instrument.base}, over the "
            f"maximum of {plain(instrument.max_quantity)} of an order of {instrument.symbol}; "
            f"lower the capital or use more legs"
        )
        return LadderRefused("over_max_quantity", text, index)
    if quantity < instrument.min_quantity or quantity <= 0:
        text = (
            f"{name}: {plain(usd(share))} USD buys {plain(quantity)} {instrument.base}, under the "
            f"minimum of {plain(instrument.min_quantity)}"
        )
        return LadderRefused("under_min_quantity", text, index)
    notional = quantity * price
    if notional < instrument.min_notional:
        text = (
            f"{name}: {plain(usd(notional))} USD is under the {plain(instrument.min_notional)} USD "
            f"minimum of {instrument.symbol}"
        )
        return LadderRefused("under_min_notional", text, index)
    return None
