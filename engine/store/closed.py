"""What is kept for good when something is over: trades, executions, equity, risk actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from typing import Final

import orjson

from engine.domain.account import Account
from engine.domain.events import FeeConverted, OrderFilled
from engine.domain.group import Group
from engine.domain.leg import ZERO
from engine.domain.notices import Notice, NoticeKind
from engine.domain.orders import Order
from engine.domain.words import OrderPurpose
from engine.policy.drawdown import settled_usd
from engine.store.bulk import Row
from engine.store.codec import encode_strings
from engine.store.port import Decided
from foundation.money import plain

TRADE_COLUMNS: Final = (
    "account_id",
    "id",
    "symbol",
    "timeframe",
    "side",
    "opened_at",
    "closed_at",
    "pyramid_count",
    "quantity",
    "entry_price",
    "exit_price",
    "cost_usd",
    "proceeds_usd",
    "fees_usd",
    "realized_pnl_usd",
    "exit_reason",
    "source",
    "strategy",
    "strategy_version",
    "entries",
    "exits",
)
FILL_COLUMNS: Final = (
    ("account_id", "text"),
    ("order_id", "text"),
    ("trade_id", "text"),
    ("quantity", "numeric"),
    ("price", "numeric"),
    ("at", "timestamptz"),
    ("fee", "numeric"),
    ("fee_asset", "text"),
    ("fee_rate", "numeric"),
    ("fee_usd", "numeric"),
)
PRICED_COLUMNS: Final = (
    ("account_id", "text"),
    ("order_id", "text"),
    ("trade_id", "text"),
    ("fee_rate", "numeric"),
    ("fee_usd", "numeric"),
)
EQUITY_COLUMNS: Final = (
    ("account_id", "text"),
    ("at", "timestamptz"),
    ("equity_usd", "numeric"),
    ("settled_usd", "numeric"),
    ("realized_usd", "numeric"),
    ("open_groups", "integer"),
)
#: An average has endless digits; nobody reads more than these.
_SHOWN: Final = Context(prec=18)
_RISK: Final = (NoticeKind.RISK_REVIEWED, NoticeKind.RISK_ACTION)
#: Columns of their own; everything else a notice says of a plan are its figures.
_NOT_FIGURES: Final = frozenset({"action", "loser", "winners"})


def trade_row(account_id: str, group: Group) -> Row | None:
    """The trade a closed group was; None while it is open, and when it never held anything."""
    if not group.is_trade:
        return None
    legs = [leg for _, leg in group.legs]
    quantity = sum((leg.received for leg in legs), ZERO)
    cost = sum((leg.cost_usd for leg in legs), ZERO)
    closed = sum((leg.closed for leg in legs), ZERO)
    proceeds = sum((leg.proceeds_usd for leg in legs), ZERO)
    closed_at = group.closed_at or group.updated_at
    return (
        account_id,
        group.id,
        group.symbol,
        group.timeframe,
        group.side,
        group.created_at,
        max(closed_at, group.created_at),
        len(group.pyramids),
        quantity,
        _divided(cost, quantity),
        _divided(proceeds, closed) if closed > 0 else None,
        cost,
        proceeds,
        group.fees_usd,
        group.realized_pnl_usd,
        group.exit_reason,
        group.source,
        group.strategy,
        group.strategy_version,
        _orders(group, entries=True),
        _orders(group, entries=False),
    )


def _divided(whole: Decimal, by: Decimal) -> Decimal:
    return _SHOWN.divide(whole, by)


def _orders(group: Group, *, entries: bool) -> str:
    """The orders of one direction that executed, as a JSON list of objects of strings."""
    told = [
        _order(order)
        for order in group.orders.values()
        if order.filled_quantity > 0 and (order.purpose is OrderPurpose.ENTRY) is entries
    ]
    return orjson.dumps(told).decode()


def _order(order: Order) -> dict[str, str | None]:
    return {
        "order_id": order.id,
        "venue_order_id": order.venue_order_id,
        "purpose": order.purpose.value,
        "at": (order.closed_at or order.created_at).isoformat(),
        "price": plain(_divided(order.cost_usd, order.filled_quantity)),
        "quantity": plain(order.filled_quantity),
        "fee_usd": plain(order.fee_usd),
    }


def fill_rows(account_id: str, decided: Decided) -> Iterator[Row]:
    """The execution this event told of, when it is one of ours."""
    fact = decided.event.fact
    if isinstance(fact, OrderFilled) and decided.outcome.status == "done":
        yield (
            account_id,
            fact.order_id,
            fact.trade_id,
            fact.quantity,
            fact.price,
            fact.venue_time,
            fact.fee and fact.fee.amount,
            fact.fee and fact.fee.asset,
            fact.fee and fact.fee.rate,
            fact.fee_usd,
        )


def priced(account_id: str, decided: Decided, filled: list[Row]) -> Iterator[Row]:
    """What the fee of an execution was worth, for its row; one still in ``filled`` has it there."""
    fact = decided.event.fact
    if not isinstance(fact, FeeConverted):
        return
    key, worth = (account_id, fact.order_id, fact.trade_id), (fact.rate, fact.fee_usd)
    for n, row in enumerate(filled):
        if row[: len(key)] == key:
            filled[n] = (*row[: -len(worth)], *worth)
            return
    yield (*key, *worth)


def equity_rows(account: Account) -> Iterator[Row]:
    """Equity as the guard saw it last; nothing when it could not be told."""
    equity, settled = account.guard.equity_usd, settled_usd(account)
    if equity is not None and settled is not None:
        yield (
            account.id,
            account.last_at,
            equity,
            settled,
            account.guard.realized_usd,
            account.slots_taken,
        )


def risk_rows(account_id: str, decided: Decided) -> Iterator[Row]:
    """What the risk engine told of this event."""
    for notice in decided.notices:
        if notice.kind in _RISK:
            yield (
                account_id,
                decided.seq,
                decided.event.at,
                notice.kind,
                notice.data.get("action", ""),
                notice.data.get("loser") or notice.group_id,
                notice.symbol or notice.data.get("loser_symbol"),
                notice.data.get("winners", "[]"),
                encode_strings(_figures(notice)),
                notice.reason,
            )


def _figures(notice: Notice) -> Mapping[str, str]:
    return {name: text for name, text in notice.data.items() if name not in _NOT_FIGURES}
