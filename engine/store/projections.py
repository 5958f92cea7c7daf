"""What screens show of a group, worked out once when it changes; and how loud a notice is."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import Final, Literal

from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.notices import SCOPE, Notice, NoticeKind
from engine.domain.record import record
from engine.domain.words import WORKING, OrderStatus, Side, TakeProfitMode, TradingState

Severity = Literal["info", "notice", "critical"]

#: An average has endless digits; nobody reads more than these.
_SHOWN: Final = Context(prec=18)

_QUIET = frozenset(
    {
        NoticeKind.SIGNAL_RECEIVED,
        NoticeKind.OFFER_DECIDED,
        NoticeKind.TRADE_CLOSED,
        NoticeKind.ORDER_SUBMITTED,
        NoticeKind.ORDER_ACCEPTED,
        NoticeKind.ORDER_CANCELLED,
        NoticeKind.SETTINGS_CHANGED,
        NoticeKind.STOP_MOVED,
        NoticeKind.RISK_REVIEWED,
        NoticeKind.FUNDING_PAID,
        NoticeKind.WEBHOOK_TEST,
    }
)
_LOUD = frozenset(
    {
        NoticeKind.ORDER_FAILED,
        NoticeKind.GROUP_FAILED,
        NoticeKind.GUARD_TRIGGERED,
        NoticeKind.EQUITY_JUMPED,
        NoticeKind.CREDENTIALS,
        NoticeKind.ORDER_UNCLEAR,
        NoticeKind.NOT_COMPARED,
    }
)


@record(frozen=True, slots=True)
class GroupSummary:
    """Columns of a group that are derived from its parts; field order is column order."""

    pyramid_count: int
    legs_filled: int
    legs_total: int
    base_entry_price: Decimal | None
    weighted_avg_price: Decimal | None
    invested_usd: Decimal
    open_quantity: Decimal
    filled_quantity: Decimal
    closed_quantity: Decimal
    realized_pnl_usd: Decimal
    fees_usd: Decimal
    next_tp_price: Decimal | None
    next_entry_price: Decimal | None


def summary(group: Group) -> GroupSummary:
    """Everything a list row needs that is not a field of the group itself."""
    legs = [leg for _, leg in group.legs]
    return GroupSummary(
        pyramid_count=len(group.pyramids),
        legs_filled=sum(leg.status is OrderStatus.FILLED for leg in legs),
        legs_total=len(legs),
        base_entry_price=group.pyramids[0].entry_price if group.pyramids else None,
        weighted_avg_price=average_entry(group),
        invested_usd=group.invested_usd,
        open_quantity=group.open_quantity,
        filled_quantity=group.filled_quantity,
        closed_quantity=group.closed_quantity,
        realized_pnl_usd=group.realized_pnl_usd,
        fees_usd=group.fees_usd,
        next_tp_price=_next_target(group),
        next_entry_price=_next_entry(group),
    )


def average_entry(group: Group) -> Decimal | None:
    """Average price of what is held or, of a flat group, of all that was bought."""
    quantity, cost = group.open_quantity, group.invested_usd
    if quantity <= 0:
        quantity = sum((leg.received for _, leg in group.legs), ZERO)
        cost = sum((leg.cost_usd for _, leg in group.legs), ZERO)
    return _SHOWN.divide(cost, quantity) if quantity > 0 else None


def severity(notice: Notice) -> Severity:
    """How loud a notice is told: ``critical`` wants a person, ``info`` only fills the log."""
    if notice.kind in _LOUD or notice.data.get("state") == TradingState.HALTED:
        return "critical"
    routine = notice.data.get(SCOPE) == "engine" and notice.data["state"] != "stalled"
    return "info" if routine or notice.kind in _QUIET else "notice"


def _next_target(group: Group) -> Decimal | None:
    """The target the price meets first."""
    if group.tp_mode is TakeProfitMode.AGGREGATE:
        return group.tp_price
    targets = [leg.tp_price for _, leg in group.legs if leg.tp_price and leg.open_quantity > 0]
    return _nearest(targets, upwards=group.side is Side.LONG)


def _next_entry(group: Group) -> Decimal | None:
    """The price of the entry leg that the market meets first on its way against us."""
    entries = [leg.price for _, leg in group.legs if leg.status in WORKING]
    return _nearest(entries, upwards=group.side is Side.SHORT)


def _nearest(prices: list[Decimal], *, upwards: bool) -> Decimal | None:
    if not prices:
        return None
    return min(prices) if upwards else max(prices)
