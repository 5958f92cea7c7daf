"""Money that comes after the fill: a fee that had no rate, and funding of perpetuals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from engine.decide import guard
from engine.decide.fills import FOREIGN, find_order, leg_of
from engine.decide.recalling import there
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
    turn.book(group)
    text = f"A fee was worth {plain(fact.fee_usd)} USD; it is booked."
    return Outcome("done", "fee_booked", text, group.id)


def funding_paid(turn: Turn, fact: FundingPaid) -> Outcome:
    """Spread funding over what was held of the symbol when it was paid, by quantity.

    It may come minutes later, when a group that held has closed: it bears its share all the same.
    What no group we remember has held is the account's own; money is never dropped.
    """
    paid = "received" if fact.amount_usd > 0 else "paid"
    text = f"Funding {paid} on {fact.symbol}: {plain(abs(fact.amount_usd))} USD."
    data = {"amount_usd": plain(fact.amount_usd)}
    bearers = _bearers(turn, fact.symbol, fact.paid_at or turn.at)
    if not bearers:
        text += " No position we know of held it then: it is booked on the account."
        turn.tell(NoticeKind.FUNDING_UNCLAIMED, text, symbol=fact.symbol, data=data)
        guard.book(turn, fact.amount_usd)
        return Outcome("done", "booked_on_account", text)
    turn.tell(NoticeKind.FUNDING_PAID, text, symbol=fact.symbol, data=data)
    for group_id, amount in shares(fact.amount_usd, bearers).items():
        turn.book(_funded(turn.group(group_id), amount))
    return Outcome("done", "funding_booked", text)


def _bearers(turn: Turn, symbol: str, at: datetime) -> dict[str, Decimal]:
    """The groups that were there at a moment, with what they held then.

    An order that executed in part before and in part after is counted as after; when nothing
    else was held it was this, so groups count by all they bought.
    """
    groups = [g for g in turn.account.groups.values() if g.symbol == symbol and there(g, at)]
    held = {group.id: _held(group, at) for group in groups}
    if not any(quantity > 0 for quantity in held.values()):
        held = {group.id: group.filled_quantity for group in groups}
    return {group_id: quantity for group_id, quantity in held.items() if quantity > 0}


def _held(group: Group, at: datetime) -> Decimal:
    if group.closed_at is None and at >= group.updated_at:
        return group.open_quantity
    quantity = ZERO
    for order in group.orders.values():
        if (order.closed_at or order.created_at) <= at:
            entry = order.purpose is OrderPurpose.ENTRY
            quantity += order.filled_quantity if entry else -order.filled_quantity
    return quantity


def _funded(group: Group, amount: Decimal) -> Group:
    """Over the open lots; over all lots of a group that holds nothing any more."""
    lots = {(p.index, leg.index): leg.open_quantity for p, leg in group.legs}
    if not any(quantity > 0 for quantity in lots.values()):
        lots = {(p.index, leg.index): leg.received for p, leg in group.legs}
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
