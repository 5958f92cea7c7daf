"""What a venue's answer means as a fact for the account's inbox, and the facts' keys."""

from __future__ import annotations

from decimal import Decimal

from engine.domain.events import (
    Fact,
    FeeConverted,
    FundingPaid,
    OrderAccepted,
    OrderCancelled,
    OrderFilled,
    OrderLost,
    OrderRefused,
    OrderUnclear,
    PriceCrossed,
)
from engine.store.port import InboxEntry, OutboxRow
from engine.venues.port import Accepted, Ended, FeePriced, Fill, FundingTaken, Refused, Report


def accepted(row: OutboxRow, answer: Accepted) -> InboxEntry:
    order_id = row.command.id
    fact = OrderAccepted(order_id, answer.venue_order_id, answer.margin_kept)
    return _entry(row, f"ack:{order_id}", fact)


def refused(row: OutboxRow, answer: Refused) -> InboxEntry:
    order_id = row.command.id
    fact = OrderRefused(order_id, answer.code, answer.text, answer.final, answer.retry_after)
    return _entry(row, f"refused:{order_id}", fact)


def lost(row: OutboxRow) -> InboxEntry:
    return _entry(row, f"lost:{row.command.id}", OrderLost(row.command.id))


def unclear(row: OutboxRow, tries: int) -> InboxEntry:
    return _entry(row, f"unclear:{row.command.id}", OrderUnclear(row.command.id, tries))


def cancelled(row: OutboxRow, order_id: str, filled: Decimal | None) -> InboxEntry:
    """``filled`` is the venue's final count in base units, None when it has none to give."""
    return _entry(row, f"cancelled:{order_id}", OrderCancelled(order_id, filled))


def reported(account_id: str, venue: str, report: Report) -> InboxEntry:
    """What the venue told by itself: a fill, an end, the worth of a fee, funding."""
    if isinstance(report, Ended):
        fact = OrderCancelled(report.order_id, report.filled_quantity)
        return InboxEntry(account_id, f"cancelled:{report.order_id}", fact)
    if isinstance(report, FeePriced):
        priced = FeeConverted(report.order_id, report.trade_id, report.fee_usd, report.rate)
        return InboxEntry(account_id, f"fee:{venue}:{report.trade_id}", priced)
    if isinstance(report, FundingTaken):
        paid = FundingPaid(report.symbol, report.amount_usd, report.at)
        return InboxEntry(account_id, f"funding:{venue}:{report.id}", paid)
    return InboxEntry(account_id, f"fill:{venue}:{report.trade_id}", _filled(report))


def crossed(account_id: str, fact: PriceCrossed) -> InboxEntry:
    return InboxEntry(account_id, f"cross:{fact.watch_id}:{fact.armed_seq}", fact)


def _filled(fill: Fill) -> OrderFilled:
    return OrderFilled(
        order_id=fill.order_id,
        trade_id=fill.trade_id,
        quantity=fill.quantity,
        price=fill.price,
        fee_usd=fill.fee_usd,
        fee_in_base=fill.fee_in_base,
        venue_time=fill.venue_time,
        fee_converted=fill.fee_converted,
        fee=fill.fee,
    )


def _entry(row: OutboxRow, key: str, fact: Fact) -> InboxEntry:
    return InboxEntry(row.account_id, key, fact, row.correlation_id)
