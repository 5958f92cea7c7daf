"""Money that comes after the fill: a fee that had no rate, and funding of perpetuals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from engine.decide.fills import FOREIGN, find_order, leg_of
from engine.decide.turn import Turn, with_leg, with_order
from engine.domain.changed import replace
from engine.domain.events import FeeConverted, FundingPaid
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.notices import NoticeKind, Outcome
from engine.domain.words import OrderPurpose
from engine.policy.lots import LotKey
from foundation.money import plain, usd

Key = TypeVar("Key")


def fee_converted(turn: Turn, fact: FeeConverted) -> Outcome:
    """Book what a fee was worth that counted as nothing until now."""
    found = find_order(turn, fact.order_id)
    if not found:
        return FOREIGN
    group, order = found
    group = with_order(group, replace(order, fee_usd=order.fee_usd + fact.fee_usd))
    if order.purpose is OrderPurpose.ENTRY:
        pyramid, leg = leg_of(group, order)
        parts: dict[LotKey, Decimal] = {(pyramid, leg.index): order.filled_quantity}
    else:
        parts = {(part.pyramid, part.leg): part.executed for part in order.allocations}
    for (pyramid, index), share in shares(fact.fee_usd, parts).items():
        leg = group.pyramids[pyramid].legs[index]
        fee, realised = leg.fee_usd + share, leg.realized_pnl_usd - share
        group = with_leg(group, pyramid, replace(leg, fee_usd=fee, realized_pnl_usd=realised))
    turn.put(group)
    text = f"A fee was worth {plain(fact.fee_usd)} USD; it is booked."
    return Outcome("done", "fee_booked", text, group.id)


def funding_paid(turn: Turn, fact: FundingPaid) -> Outcome:
    """Spread funding over the open lots of the symbol, by quantity."""
    groups = [
        group
        for group in turn.account.groups.values()
        if group.symbol == fact.symbol and group.open_quantity > 0
    ]
    paid = "received" if fact.amount_usd > 0 else "paid"
    text = f"Funding {paid} on {fact.symbol}: {plain(abs(fact.amount_usd))} USD."
    data = {"amount_usd": plain(fact.amount_usd)}
    turn.tell(NoticeKind.FUNDING_PAID, text, symbol=fact.symbol, data=data)
    if not groups:
        return Outcome("done", "no_position", f"{text} No open position here bears it.")
    whole = {group.id: group.open_quantity for group in groups}
    for group_id, amount in shares(fact.amount_usd, whole).items():
        turn.put(_funded(turn.group(group_id), amount))
    return Outcome("done", "funding_booked", text)


def _funded(group: Group, amount: Decimal) -> Group:
    lots = {(p.index, leg.index): leg.open_quantity for p, leg in group.legs}
    for (pyramid, index), share in shares(amount, lots).items():
        leg = group.pyramids[pyramid].legs[index]
        leg = replace(leg, realized_pnl_usd=leg.realized_pnl_usd + share)
        group = with_leg(group, pyramid, leg)
    return group


def shares(amount: Decimal, weights: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """``amount`` divided by weight; the last takes what rounding leaves, so nothing is lost."""
    heavy = {key: weight for key, weight in weights.items() if weight > 0} or dict(weights)
    total, left, out = sum(heavy.values(), ZERO), amount, {}
    for n, (key, weight) in enumerate(heavy.items(), start=1):
        share = left if n == len(heavy) or not total else usd(amount * weight / total)
        left -= share
        out[key] = share
    return out
