"""Closing: reducers for lots whose target was hit, for a reduce, and for all that is left."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from engine.decide.cover import at_venue, resting_targets, uncovered
from engine.decide.ordering import reduce_by
from engine.decide.settle import worth_price
from engine.decide.turn import Turn
from engine.domain.changed import replace
from engine.domain.group import Group
from engine.domain.instrument import Instrument
from engine.domain.leg import ZERO
from engine.domain.orders import Allocation
from engine.domain.words import OrderPurpose
from engine.policy.lots import allocate_share, allocate_whole, is_dust, portions
from foundation import limits


def close_hit(turn: Turn, group: Group) -> None:
    """Close the lots whose own target was hit, in ladder order, as one order."""
    lots = at_venue(turn.account, group, uncovered(group, hit_only=True))
    instrument = rules_to_close(turn, group) if lots else None
    if instrument is None:
        return
    wanted = allocate_whole(lots, instrument.step)
    turn.put(_closed_at_market(turn, group, OrderPurpose.TAKE_PROFIT, wanted, instrument))


def close_reduced(turn: Turn, group: Group) -> None:
    """Close what a reduce wants closed, as soon as no resting target holds the lots."""
    if group.reduce_quantity <= 0 or any(resting_targets(group)):
        return
    instrument = rules_to_close(turn, group)
    if instrument is None:
        return
    lots = at_venue(turn.account, group, uncovered(group))
    wanted = allocate_share(lots, group.reduce_quantity, instrument.step)
    group = replace(group, reduce_quantity=ZERO)
    turn.put(_closed_at_market(turn, group, OrderPurpose.REDUCE, wanted, instrument))


def close_rest(turn: Turn, group: Group) -> None:
    """Close everything that no reducer closes already."""
    lots = at_venue(turn.account, group, uncovered(group))
    instrument = rules_to_close(turn, group) if lots else None
    if instrument is not None:
        wanted = allocate_whole(lots, instrument.step)
        turn.put(_closed_at_market(turn, group, OrderPurpose.EXIT, wanted, instrument))


def _closed_at_market(
    turn: Turn,
    group: Group,
    purpose: OrderPurpose,
    wanted: tuple[Allocation, ...],
    instrument: Instrument,
) -> Group:
    for parts in portions(wanted, instrument.max_quantity):
        if sellable(turn, group, parts, instrument):
            group = reduce_by(turn, group, purpose, parts)
    return group


def rules_to_close(turn: Turn, group: Group) -> Instrument | None:
    """The rules by which reducers may leave now, or None.

    While the rules are missing they are looked for again. Without keys nothing is sent: new keys
    have every group planned again.
    """
    if group.exit_retry_at is not None or turn.account.credentials_failed is not None:
        return None
    instrument = turn.instrument(group.symbol)
    if instrument is None:
        again = turn.at + timedelta(seconds=limits.WAITING_RECHECK_S)
        turn.put(replace(group, exit_retry_at=again))
    return instrument


def sellable(turn: Turn, group: Group, parts: Iterable[Allocation], instrument: Instrument) -> bool:
    """Whether the venue would take an order for these lots; less than that is dust for now."""
    quantity = sum((part.quantity for part in parts), ZERO)
    return not is_dust(quantity, worth_price(turn, group), instrument)
