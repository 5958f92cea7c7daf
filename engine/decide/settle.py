"""Settling: the status a group has earned by its orders and lots, up to closed."""

from __future__ import annotations

from decimal import Decimal

from engine.decide.exits import begin_exit
from engine.decide.turn import Turn, with_leg, with_pyramid
from engine.domain.changed import replace
from engine.domain.group import Group, Pyramid
from engine.domain.leg import ZERO
from engine.domain.notices import NoticeKind
from engine.domain.orders import Order
from engine.domain.words import (
    WORKING,
    ExitReason,
    GroupStatus,
    OrderPurpose,
    OrderStatus,
    PyramidStatus,
    moved_group,
    moved_pyramid,
)
from engine.policy.holdings import sellable
from engine.policy.lots import closed_elsewhere, is_dust
from foundation.money import floor_to_step, plain, usd


def settle(turn: Turn, group: Group) -> None:
    """Move pyramids and the group to where their legs and orders have brought them."""
    group = _settle_pyramids(group)
    turn.put(group)
    if group.status in (GroupStatus.WAITING, GroupStatus.CLOSED, GroupStatus.FAILED):
        return
    if group.status is GroupStatus.CLOSING:
        if not _at_rest(group):
            return
        if not flat(turn, group) and _gone(turn, group):
            write_off(turn, group)
            _close(turn, turn.group(group.id))
        elif flat(turn, group):
            _close(turn, group)
        return
    if _left_flat(turn, group):
        begin_exit(turn, group, _why_flat(group))
        return
    _settle_open(turn, group)


def _left_flat(turn: Turn, group: Group) -> bool:
    """Whether its reducers left nothing of it. A first small fill is a beginning, not an end."""
    if group.closed_quantity == 0 and not _entries_over(group):
        return False
    return group.filled_quantity > 0 and _reducers_at_rest(group) and flat(turn, group)


def flat(turn: Turn, group: Group) -> bool:
    """Nothing is held that could still be sold; dust is judged here, on the group."""
    quantity = group.open_quantity
    if quantity <= 0:
        return True
    instrument = turn.instrument(group.symbol)
    if instrument is None:
        return False
    # What the step leaves over can never be sold, so only the rest of it is judged.
    sellable = floor_to_step(quantity, instrument.step)
    return is_dust(sellable, worth_price(turn, group), instrument)


def _gone(turn: Turn, group: Group) -> bool:
    """The venue holds nothing of it any more that could be sold: somebody else has closed it."""
    if turn.account.short_at_venue.get(group.symbol, ZERO) <= 0:
        return False
    instrument = turn.instrument(group.symbol)
    if instrument is None:
        return False
    left = floor_to_step(sellable(turn.account, group), instrument.step)
    return is_dust(left, worth_price(turn, group), instrument)


def write_off(turn: Turn, group: Group) -> None:
    """Let go of what somebody else has closed, at cost: its price is not known to us."""
    missing = group.open_quantity
    for pyramid, leg in list(group.legs):
        group = with_leg(group, pyramid.index, closed_elsewhere(leg))
    turn.put(group)
    account = turn.account
    left = account.short_at_venue.get(group.symbol, ZERO) - missing
    short = {**account.short_at_venue, group.symbol: left}
    if left <= 0:
        del short[group.symbol]
    turn.account = replace(account, short_at_venue=short)
    text = f"{plain(missing)} of it were closed elsewhere; they count at what they cost."
    turn.tell(NoticeKind.EXTERNAL_TRADE, text, group, data={"missing": plain(missing)})


def worth_price(turn: Turn, group: Group) -> Decimal | None:
    """What a unit is worth when dust is judged: the market's price, else what it cost."""
    return turn.price(group.symbol) or group.average_entry


def _settle_open(turn: Turn, group: Group) -> None:
    if group.filled_quantity > 0:
        working = any(leg.status in WORKING for _, leg in group.legs)
        status = GroupStatus.PARTIALLY_FILLED if working else GroupStatus.ACTIVE
        if status is not group.status:
            turn.put(replace(group, status=moved_group(group.status, status)))
    elif not _entries_over(group):
        return
    elif any(leg.status is OrderStatus.FAILED for _, leg in group.legs):
        turn.put(replace(group, status=moved_group(group.status, GroupStatus.FAILED)))
        text = "None of its orders was taken by the venue; retry or close it."
        turn.tell(NoticeKind.GROUP_FAILED, text, group)
    else:
        begin_exit(turn, group, ExitReason.EXTERNAL)


def _settle_pyramids(group: Group) -> Group:
    for pyramid in group.pyramids:
        status = _pyramid_status(pyramid)
        if status is not pyramid.status:
            moved = replace(pyramid, status=moved_pyramid(pyramid.status, status))
            group = with_pyramid(group, moved)
    return group


def _pyramid_status(pyramid: Pyramid) -> PyramidStatus:
    states = {leg.status for leg in pyramid.legs}
    if not pyramid.legs:
        return pyramid.status
    if states == {OrderStatus.FILLED}:
        return PyramidStatus.FILLED
    if states <= {OrderStatus.CANCELLED, OrderStatus.FAILED, OrderStatus.FILLED}:
        return PyramidStatus.CANCELLED
    submitted = any(leg.submitted_at is not None for leg in pyramid.legs)
    return PyramidStatus.SUBMITTED if submitted else PyramidStatus.PENDING


def _entries_over(group: Group) -> bool:
    """No entry works or waits, and every fill the venue counted is booked."""
    working = any(leg.status in WORKING for _, leg in group.legs)
    return not working and _at_rest(group)


def _at_rest(group: Group) -> bool:
    return all(order.settled for order in group.orders.values())


def _reducers_at_rest(group: Group) -> bool:
    return all(order.settled for order in group.reducers)


def _why_flat(group: Group) -> ExitReason:
    last: Order | None = None
    for order in group.reducers:
        if order.filled_quantity > 0:
            last = order
    if last is not None and last.purpose is OrderPurpose.REDUCE:
        return group.reduce_reason or ExitReason.MANUAL
    if last is not None and last.purpose is OrderPurpose.STOP:
        return ExitReason.STOP
    return ExitReason.TARGET


def _close(turn: Turn, group: Group) -> None:
    status = moved_group(group.status, GroupStatus.CLOSED)
    closed = replace(group, status=status, closed_at=turn.at)
    turn.put(closed)
    reason = group.exit_reason or ExitReason.TARGET
    pnl = group.realized_pnl_usd
    exit_price = _average_exit(group)
    sign = "+" if pnl > 0 else ""
    text = (
        f"Closed by {reason.replace('_', ' ')}: {sign}{plain(usd(pnl))} USD realised."
        if group.filled_quantity > 0
        else f"Closed by {reason.replace('_', ' ')} before anything was filled."
    )
    turn.tell(
        NoticeKind.GROUP_CLOSED,
        text,
        closed,
        data={
            "exit_reason": reason.value,
            "realized_pnl_usd": plain(usd(pnl)),
            "fees_usd": plain(usd(group.fees_usd)),
            "exit_price": plain(usd(exit_price)) if exit_price is not None else "",
            "filled": plain(group.filled_quantity),
        },
    )
    if closed.is_trade:
        _trade_told(turn, closed, reason)


def _trade_told(turn: Turn, group: Group, reason: ExitReason) -> None:
    """The trade that goes into the books by this step; later corrections change its row alone."""
    seconds = int((turn.at - group.created_at).total_seconds())
    pnl = usd(group.realized_pnl_usd)
    sign = "+" if pnl > 0 else ""
    text = f"On the books as a trade: {sign}{plain(pnl)} USD in {seconds // 60} min."
    data = {
        "trade_id": group.id,
        "realized_pnl_usd": plain(pnl),
        "exit_reason": reason.value,
        "duration_seconds": str(seconds),
        "side": group.side.value,
        "timeframe": str(group.timeframe),
    }
    turn.tell(NoticeKind.TRADE_CLOSED, text, group, data=data)


def _average_exit(group: Group) -> Decimal | None:
    sold = group.closed_quantity
    proceeds = sum((leg.proceeds_usd for _, leg in group.legs), Decimal(0))
    return proceeds / sold if sold > 0 else None
